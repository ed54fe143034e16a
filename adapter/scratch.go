package adapter

import (
	"sync"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// scratch is memory that one invocation works in and the next may use again.
// Nothing that a handler can reach is part of it.
type scratch struct {
	fields    fields
	arena     []byte // becomes the one string that a request's strings are parts of
	lines     []line
	name      span // of the header line read last
	host      span
	https     bool
	plainHTTP bool // X-Forwarded-Proto is http
	buffers
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

const (
	// maxArena and maxFields bound what is kept for the next invocation: a
	// request rarely has more than API Gateway's 10 KB of headers.
	maxArena  = 64 << 10
	maxFields = 1 << 10

	// maxContent keeps the memory of any body that can come or be sent, since
	// making it anew costs more than all else about a large one.
	maxContent = 8 << 20
)

// free hands the memory on, without what was in it.
func (s *scratch) free() {
	f := &s.fields
	if cap(s.arena) > maxArena || cap(s.head) > maxArena || cap(s.content) > maxContent || cap(f.unescaped) > maxContent ||
		cap(f.headers)+cap(f.multiHeaders)+cap(f.query)+cap(f.multiQuery)+cap(f.cookies) > maxFields {
		return
	}
	f.reset()
	scratches.Put(s)
}

// copy decodes a text of the event into the arena.
func (s *scratch) copy(t scan.Text) span {
	start := len(s.arena)
	s.arena = t.Append(s.arena, s.fields.data)
	return span{start, len(s.arena)}
}

func (s *scratch) append(text string) span {
	start := len(s.arena)
	s.arena = append(s.arena, text...)
	return span{start, len(s.arena)}
}

func (s *scratch) appendRaw(raw []byte) span {
	start := len(s.arena)
	s.arena = append(s.arena, raw...)
	return span{start, len(s.arena)}
}
