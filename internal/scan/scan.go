// Package scan reads a JSON text once, front to back, without reflection and
// without allocating: it validates what it passes (RFC 8259) and answers with
// positions in the text, so that nothing is decoded until somebody asks.
//
// It accepts exactly the texts that encoding/json accepts, its limit of 10,000
// nested values included, and decodes strings as encoding/json does: invalid
// UTF-8 and lone surrogates become U+FFFD.
package scan

import (
	"math"
	"strconv"
)

const (
	maxDepth = 10000 // encoding/json's limit, which keeps hostile nesting off the stack
	maxEnter = 64    // one bit each in Scanner.objects
)

// SyntaxError reports where a text stops being JSON. It holds no part of the
// text.
type SyntaxError struct {
	Offset int // in bytes from the start of the text
}

func (e *SyntaxError) Error() string {
	return "syntax error at offset " + strconv.Itoa(e.Offset)
}

// Scanner is a position in a JSON text. The first error sticks: from then on
// Kind is 0, Next is false, and every other method does nothing. A Scanner does
// not change or keep the text beyond its own life; it is not safe for
// concurrent use.
type Scanner struct {
	data    []byte
	pos     int // len(data) after an error, so that nothing reads on
	depth   int
	objects uint64 // the containers entered, the innermost lowest: 1 for an object
	first   bool   // a container was entered and nothing in it was read yet
	bad     bool
	badAt   int
}

// New returns a Scanner at the start of data. A text of 2 GB or more counts as
// malformed from its start.
func New(data []byte) Scanner {
	s := Scanner{data: data}
	if len(data) > math.MaxInt32 {
		s.fail(0)
	}
	return s
}

// Err returns nil, or a *SyntaxError with the place of the first mistake.
func (s *Scanner) Err() error {
	if !s.bad {
		return nil
	}
	return &SyntaxError{Offset: s.badAt}
}

// End returns an error unless everything was read and only white space is left.
func (s *Scanner) End() error {
	s.space()
	if s.pos < len(s.data) || s.depth > 0 {
		s.fail(s.pos)
	}
	return s.Err()
}

func (s *Scanner) fail(at int) {
	if !s.bad {
		s.bad, s.badAt = true, at
	}
	s.pos = len(s.data)
}

// advance goes to where a value ends, or fails where skip says.
func (s *Scanner) advance(end int) {
	if end < 0 {
		s.fail(^end)
		return
	}
	s.pos = end
}

// next reports whether c comes next, white space apart, and leaves it unread.
func (s *Scanner) next(c byte) bool {
	s.space()
	return s.pos < len(s.data) && s.data[s.pos] == c
}

func (s *Scanner) space() { s.pos = space(s.data, s.pos) }

// space returns where the white space at i ends. Events hold none: what passes
// over it is kept out of what is inlined.
func space(data []byte, i int) int {
	if i < len(data) && data[i] <= ' ' {
		return longSpace(data, i)
	}
	return i
}

func longSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

var kinds = [256]byte{
	'{': '{', '[': '[', '"': '"', 't': 't', 'f': 'f', 'n': 'n', '-': '0',
	'0': '0', '1': '0', '2': '0', '3': '0', '4': '0', '5': '0', '6': '0', '7': '0', '8': '0', '9': '0',
}

// Kind returns what comes next by its first byte: '{', '[', '"', 't', 'f', 'n',
// '0' for any number, and 0 where no value begins.
func (s *Scanner) Kind() byte {
	s.space()
	if s.pos == len(s.data) {
		return 0
	}
	return kinds[s.data[s.pos]]
}

// Enter reads the opening byte of an object or array. Its members are then read
// by calling Next before each, until Next is false. At most 64 containers can be
// inside each other this way; Skip passes any that are deeper.
func (s *Scanner) Enter() {
	c := s.Kind()
	if c != '{' && c != '[' || s.depth == maxEnter {
		s.fail(s.pos)
		return
	}
	s.pos++
	s.depth++
	s.objects <<= 1
	if c == '{' {
		s.objects |= 1
	}
	s.first = true
}

// Next reports whether the container entered last has another member, and reads
// the comma before it or the closing byte behind the last.
func (s *Scanner) Next() bool {
	s.space()
	if s.pos == len(s.data) || s.depth == 0 {
		s.fail(s.pos)
		return false
	}
	closing := byte(']')
	if s.objects&1 == 1 {
		closing = '}'
	}
	first := s.first
	s.first = false
	switch c := s.data[s.pos]; {
	case c == closing:
		s.pos++
		s.depth--
		s.objects >>= 1
		return false
	case first:
		return true
	case c == ',':
		s.pos++
		return true
	}
	s.fail(s.pos)
	return false
}

// Name reads the name of an object's member and the colon behind it.
func (s *Scanner) Name() Text {
	t := s.String()
	if !s.next(':') {
		s.fail(s.pos)
		return Text{}
	}
	s.pos++
	return t
}
