package claims

import (
	"slices"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// usualMembers is more than an access or ID token of Cognito's holds.
const usualMembers = 24

// members are those of one JSON object, by where they stand in a text, so that
// nothing is decoded or copied until it is asked for. Their names differ.
type members struct {
	text   string // all spans are of it
	names  []scan.Text
	values []value

	fewNames  [usualMembers]scan.Text
	fewValues [usualMembers]value
}

// of makes the zero members those of a text, none of which is read yet.
func (m *members) of(text string) *members {
	m.text, m.names, m.values = text, m.fewNames[:0], m.fewValues[:0]
	return m
}

func (m *members) add(name scan.Text, v value) {
	m.names, m.values = append(m.names, name), append(m.values, v)
}

// addText adds a member that is a string, and to the text what it says.
func (m *members) addText(name, v string) {
	start := len(m.text)
	m.text += name + v
	middle := start + len(name)
	m.add(scan.Literal(start, middle), value{scan.Literal(middle, len(m.text)), '"'})
}

// read reads the JSON object at i of data, which is the text as bytes, and
// returns where it ends. A name that occurs twice, at any depth, makes it
// unreadable: readers of the same token might disagree on what it says.
func (m *members) read(data []byte, i int) (next int, err error) {
	m.names, m.values = m.names[:0], m.values[:0]
	if scan.Kind(data, i) != '{' {
		return i, errNotObject
	}
	distinct := true
	name, i, ok := scan.First(data, i)
	for ok {
		differ := true
		i, differ = m.readMember(data, name, i)
		distinct = distinct && differ
		name, i, ok = scan.Next(data, i)
	}
	switch {
	case i < 0:
		return i, errMalformed
	case !distinct || !scan.Differ(data, m.names):
		return i, errDuplicate
	case len(m.names) == 0:
		return i, errNoClaims
	}
	return i, nil
}

// readMember adds the member whose value is at i. It returns where that ends and
// whether all names in it differ.
func (m *members) readMember(data []byte, name scan.Text, i int) (next int, distinct bool) {
	if k := scan.Kind(data, i); k == '{' || k == '[' {
		next, distinct = scan.Distinct(data, i)
		m.add(name, value{scan.Literal(i, next), k})
		return next, distinct
	}
	v, next := readValue(data, i)
	m.add(name, v)
	return next, true
}

// lookup returns a member's value by its exact name, the zero value for none.
func (m *members) lookup(name string) value {
	for i, n := range m.names {
		if n.Len() == len(name) && n.In(m.text) == name {
			return m.values[i]
		}
	}
	return value{}
}

// A claimSet is what a source says of the caller. A null claim is none.
type claimSet struct {
	members *members // nil: no claims
	renames []rename // nil: the members are the claims; else these alone are
}

// A rename says which member is which claim.
type rename struct{ claim, member string }

// same renames nothing: it leaves out what it does not name.
func same(names ...string) []rename {
	renames := make([]rename, len(names))
	for i, name := range names {
		renames[i] = rename{name, name}
	}
	return renames
}

// readClaims reads a text that is one JSON object.
func readClaims(text string) (claimSet, error) {
	return readClaimBytes(text, []byte(text))
}

// readClaimBytes is readClaims for a caller who has the text as bytes, too.
func readClaimBytes(text string, data []byte) (claimSet, error) {
	m := new(members).of(text)
	next, err := m.read(data, scan.Start(data))
	if err == nil && scan.End(data, next) != nil {
		err = errMalformed
	}
	if err != nil {
		return claimSet{}, err
	}
	return claimSet{members: m}, nil
}

// size returns how many claims there may be, and at one of them; its value is
// zero or null if there is none.
func (s claimSet) size() int {
	switch {
	case s.members == nil:
		return 0
	case s.renames != nil:
		return len(s.renames)
	}
	return len(s.members.names)
}

func (s claimSet) at(i int) (name string, v value) {
	if s.renames != nil {
		return s.renames[i].claim, s.members.lookup(s.renames[i].member)
	}
	return s.members.names[i].In(s.members.text), s.members.values[i]
}

// get returns the value of a claim by its exact name, the zero value for none.
func (s claimSet) get(name string) value {
	if s.members == nil {
		return value{}
	}
	if s.renames != nil {
		i := slices.IndexFunc(s.renames, func(r rename) bool { return r.claim == name })
		if i < 0 {
			return value{}
		}
		name = s.renames[i].member
	}
	return s.members.lookup(name)
}

// find returns a claim by its exact name.
func (s claimSet) find(name string) (claim, bool) {
	v := s.get(name)
	if !v.present() {
		return claim{}, false
	}
	return v.claim(s.members.text), true
}

// str returns a claim that is a string, and "" for any other.
func (s claimSet) str(name string) string {
	v := s.get(name)
	if v.kind != '"' {
		return ""
	}
	return v.span.In(s.members.text)
}

// either returns the first of two names for the same thing.
func (s claimSet) either(name, other string) string {
	if text := s.str(name); text != "" {
		return text
	}
	return s.str(other)
}

func (s claimSet) hasAny(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return s.get(name).present() })
}

// some reports whether f holds for one of the claims.
func (s claimSet) some(f func(value) bool) bool {
	for i := range s.size() {
		if _, v := s.at(i); f(v) {
			return true
		}
	}
	return false
}
