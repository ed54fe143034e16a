package notes

import (
	"context"
	"slices"
	"strings"
	"sync"
)

// Memory is a Store that keeps notes in the memory of the process. The zero Memory is empty
// and ready to use.
type Memory struct {
	mu    sync.RWMutex
	notes map[string][]Note  // by owner, in the order of IDs
	once  map[[2]string]Note // by owner and once
}

// Add adds a note to the owner's.
func (m *Memory) Add(_ context.Context, owner string, n Note, once string) (Note, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.notes == nil {
		m.notes, m.once = make(map[string][]Note), make(map[[2]string]Note)
	}
	if once != "" {
		if first, ok := m.once[[2]string{owner, once}]; ok {
			return Repeated(first, n)
		}
		m.once[[2]string{owner, once}] = n
	}
	own := m.notes[owner]
	i, _ := search(own, n.ID)
	m.notes[owner] = slices.Insert(own, i, n)
	return n, nil
}

// Get returns a note, or ErrNotFound.
func (m *Memory) Get(_ context.Context, owner, id string) (Note, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	own := m.notes[owner]
	if i, ok := search(own, id); ok {
		return own[i], nil
	}
	return Note{}, ErrNotFound
}

// List returns at most limit of the owner's notes with an ID below before.
func (m *Memory) List(_ context.Context, owner, before string, limit int) ([]Note, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	own := m.notes[owner]
	if before != "" {
		end, _ := search(own, before)
		own = own[:end]
	}
	page := slices.Clone(own[max(0, len(own)-limit):])
	slices.Reverse(page)
	return page, nil
}

// search returns the index of the note with this ID, or where it would be.
func search(notes []Note, id string) (int, bool) {
	return slices.BinarySearchFunc(notes, id, func(n Note, id string) int { return strings.Compare(n.ID, id) })
}
