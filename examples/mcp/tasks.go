package mcp

import (
	"context"
	"slices"
	"sync"
	"unicode/utf8"
)

const (
	maxTasks = 100 // of one owner, in a Memory
	maxTitle = 200 // characters
)

// Tasks keeps each caller's tasks. owner is the claims.Identity.Key of a caller whose
// scope was checked. An error that is no Refusal is logged, and not told to the
// client. Tasks must be safe for concurrent use.
type Tasks interface {
	List(ctx context.Context, owner string) ([]string, error)
	Add(ctx context.Context, owner, title string) error
}

// Refusal is an error that the client is told.
type Refusal string

// Error returns the text.
func (r Refusal) Error() string { return string(r) }

// Memory keeps tasks while the process lives. The zero Memory is empty. It is safe
// for concurrent use.
type Memory struct {
	mu    sync.Mutex
	tasks map[string][]string
}

// List returns the titles of the owner's tasks, oldest first.
func (m *Memory) List(_ context.Context, owner string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.tasks[owner]), nil
}

// Add adds a task, unless its title is empty or too long, or the owner has too many.
func (m *Memory) Add(_ context.Context, owner, title string) error {
	if n := utf8.RuneCountInString(title); n == 0 || n > maxTitle {
		return Refusal("a title has 1 to 200 characters")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.tasks[owner]) >= maxTasks {
		return Refusal("there are 100 tasks already")
	}
	if m.tasks == nil {
		m.tasks = map[string][]string{}
	}
	m.tasks[owner] = append(m.tasks[owner], title)
	return nil
}
