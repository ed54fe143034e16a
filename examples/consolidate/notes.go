// Package consolidate is one API twice: as three typed functions, one for each route
// of the gateway, and as one function for all of them. docs/one-function.md has the
// way from the former to the latter, route by route.
package consolidate

import (
	"strconv"
	"sync"
)

// Notes are everybody's notes. They stand for the table that both versions share. The
// zero Notes are empty; all methods may be called concurrently.
type Notes struct {
	mu  sync.Mutex
	all map[string][]string // by owner
}

// Add keeps a note and returns its ID.
func (n *Notes) Add(owner, text string) (id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.all == nil {
		n.all = make(map[string][]string)
	}
	n.all[owner] = append(n.all[owner], text)
	return strconv.Itoa(len(n.all[owner]))
}

// List returns the owner's notes, oldest first.
func (n *Notes) List(owner string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string{}, n.all[owner]...)
}

// Get returns a note of the owner's, and false if there is none.
func (n *Notes) Get(owner, id string) (text string, ok bool) {
	i, err := strconv.Atoi(id)
	all := n.List(owner)
	if err != nil || i < 1 || i > len(all) {
		return "", false
	}
	return all[i-1], true
}
