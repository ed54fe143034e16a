package adapter

import (
	"slices"
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
	plainHTTP bool   // X-Forwarded-Proto is http
	sized     bool   // the event has a Content-Length
	traced    bool   // the runtime gave the invocation a trace header
	wrong     string // the member of the event that makes it no request; "": none

	reply []byte // of a handler that has come to an end
	err   error
	lent  bool // another goroutine still works with this
	buffers
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// taken returns what serve has left.
func (s *scratch) taken() (reply []byte, err error) {
	reply, err = s.reply, s.err
	s.reply, s.err = nil, nil
	return reply, err
}

// free hands the memory on, without what was in it.
func (s *scratch) free() {
	if s.lent {
		return
	}
	f := &s.fields
	if cap(s.arena) > maxArena || cap(s.head) > maxArena || cap(s.content) > maxContent || cap(f.unescaped) > maxContent ||
		cap(f.headers)+cap(f.multiHeaders)+cap(f.query)+cap(f.multiQuery)+cap(f.cookies) > maxFields {
		return
	}
	f.reset()
	s.buffers = buffers{head: s.head[:0], content: s.content[:0]}
	s.reply, s.err = nil, nil
	scratches.Put(s)
}

// reserve makes room in the arena at once for an event with a large head, which
// would otherwise grow it again and again, and reports whether the head is larger
// than net/http's server takes. Of such a head nothing is used.
func (s *scratch) reserve(src *source) (tooLarge bool) {
	f := &s.fields
	if len(f.data)-len(f.body) <= cap(s.arena) { // as in most events
		return false
	}
	query := src.rawQuery.Len() + max(lengthOf(f.query), lengthOf(f.multiQuery))
	size := src.path.Len() + query + max(lengthOf(f.headers), lengthOf(f.multiHeaders))
	for _, c := range f.cookies {
		size += c.Len()
	}
	if size > maxHead {
		f.headers, f.multiHeaders, f.cookies = f.headers[:0], f.multiHeaders[:0], f.cookies[:0]
		f.query, f.multiQuery = f.query[:0], f.multiQuery[:0]
		src.path, src.rawQuery = scan.Text{}, scan.Text{}
		return true
	}
	if size > maxArena { // escaped, each byte takes three, and the path is there decoded as well
		context := int(f.context.span.end - f.context.span.start)
		s.arena = slices.Grow(s.arena, size+3*src.path.Len()+2*query+context)
	}
	return false
}

func lengthOf(pairs []pair) (n int) {
	for _, p := range pairs {
		n += p.name.Len() + p.value.Len()
	}
	return n
}

// blame notes the member of the event that makes it no request. The first counts.
func (s *scratch) blame(member string) {
	if s.wrong == "" {
		s.wrong = member
	}
}

// blameHeader names a header of the common kind, and never one that may be data.
func (s *scratch) blameHeader(name []byte) {
	const longest = 40
	if len(name) <= longest {
		s.blame("the header " + string(name))
		return
	}
	s.blame("a header's value")
}

// copy decodes a text of the event into the arena.
func (s *scratch) copy(t scan.Text) span {
	start := len(s.arena)
	s.arena = t.Append(s.arena, s.fields.data)
	return s.since(start)
}

func (s *scratch) append(text string) span {
	start := len(s.arena)
	s.arena = append(s.arena, text...)
	return s.since(start)
}

func (s *scratch) appendRaw(raw []byte) span {
	start := len(s.arena)
	s.arena = append(s.arena, raw...)
	return s.since(start)
}

// since returns the part of the arena from start on.
func (s *scratch) since(start int) span { return span{int32(start), int32(len(s.arena))} }
