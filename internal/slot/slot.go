// Package slot is the one private place in an invocation's context where a
// package above adapter keeps what it parsed from the event, so that the
// parsing happens once per request and adapter need not know what is kept.
package slot

import "sync"

// Key is the context key whose value is the invocation's *Slot.
type Key struct{}

// Slot holds one value per invocation. The zero Slot is empty and ready for
// use; it is safe for concurrent use.
type Slot struct {
	once  sync.Once
	value any
}

// Load returns the kept value, calling parse for it the first time. Every
// later call returns that first value, whatever its parse would give.
func (s *Slot) Load(parse func() any) any {
	s.once.Do(func() { s.value = parse() })
	return s.value
}
