package adapter

import (
	"bytes"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// names answers whether a list holds a name. Events have both maps of headers,
// and of parameters, in the same order, so that the search begins where the last
// name was found. What that does not find quickly is looked up in a set, so that
// the work grows with the event and not with its square.
type names struct {
	list []pair
	data []byte
	fold bool // names that differ in case only are the same

	next   int
	misses int
	set    map[string]bool // nil until it pays
	key    []byte
}

// searched is how many names are looked at for one, and maxMisses how often in
// vain, before there is a set.
const (
	searched  = 32
	maxMisses = 16
)

func (n *names) has(name scan.Text) bool {
	if len(n.list) == 0 {
		return false
	}
	if n.set == nil {
		if found, sure := n.search(name); sure {
			return found
		}
		n.index()
	}
	return n.set[string(n.decode(name))]
}

// search is not sure if the list is long, or names have to be decoded.
func (n *names) search(name scan.Text) (found, sure bool) {
	for range min(len(n.list), searched) {
		if n.next == len(n.list) {
			n.next = 0
		}
		other := n.list[n.next].name
		if other.Len() == name.Len() {
			if !other.Plain() || !name.Plain() {
				return false, false
			}
			x, y := other.Raw(n.data), name.Raw(n.data)
			if bytes.Equal(x, y) || n.fold && bytes.EqualFold(x, y) {
				return true, true
			}
		}
		n.next++
	}
	n.misses++
	return false, len(n.list) <= searched && n.misses <= maxMisses
}

func (n *names) index() {
	n.set = make(map[string]bool, len(n.list))
	for i, p := range n.list {
		if i == 0 || p.name != n.list[i-1].name {
			n.set[string(n.decode(p.name))] = true
		}
	}
}

// decode returns a name as the set has it, until the next call.
func (n *names) decode(name scan.Text) []byte {
	n.key = name.Append(n.key[:0], n.data)
	if n.fold {
		for i, c := range n.key {
			if 'A' <= c && c <= 'Z' {
				n.key[i] = c + ('a' - 'A')
			}
		}
	}
	return n.key
}
