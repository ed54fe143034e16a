package scan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Text is a JSON string in the scanned text: where it stands between its
// quotes, and how long it is once decoded. The zero Text is the empty string.
// It is kept to three words of a register each, since every request passes a
// hundred of them along.
type Text struct {
	Start, End int32
	size       int32 // decoded, in bytes; ^size if the span is not UTF-8
}

// Literal returns the span of a number or other literal as a Text.
func Literal(start, end int) Text {
	return Text{int32(start), int32(end), int32(end - start)}
}

// Len returns the length of the decoded text in bytes.
func (t Text) Len() int {
	if t.size < 0 {
		return int(^t.size)
	}
	return int(t.size)
}

// Plain reports whether the bytes of the span are the decoded text: an escape
// sequence is always longer than what it stands for.
func (t Text) Plain() bool { return t.size == t.End-t.Start }

// Valid reports whether the span is UTF-8.
func (t Text) Valid() bool { return t.size >= 0 }

// Each mask has one bit pattern in all eight bytes of a word.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// special marks the bytes of a word that end a run of ordinary characters in a
// JSON string: the quote, the backslash and control characters. Only the lowest
// mark is exact (a borrow can add marks above it), and only it is used.
func special(w uint64) uint64 {
	quote, backslash := w^'"'*ones, w^'\\'*ones
	return ((w - ' '*ones) | (quote - ones) | (backslash - ones)) & ^w & highs
}

// String reads a string value.
func (s *Scanner) String() Text {
	if !s.next('"') {
		s.fail(s.pos)
		return Text{}
	}
	t, end := readText(s.data, s.pos)
	s.advance(end)
	return t
}

// readText reads the string whose opening quote is at i, and returns where it
// ends: as for skip, ^offset if it is malformed. Most strings hold no escape
// and nothing beyond ASCII.
func readText(data []byte, i int) (t Text, end int) {
	start := i + 1
	var seen uint64 // all words or-ed, to tell ASCII from the rest
	for i = start; i+8 <= len(data); i += 8 {
		w := binary.LittleEndian.Uint64(data[i:])
		m := special(w)
		if m == 0 {
			seen |= w
			continue
		}
		n := bits.TrailingZeros64(m) &^ 7
		i += n / 8
		if data[i] != '"' || (seen|w&(1<<n-1))&highs != 0 {
			break
		}
		return Literal(start, i), i + 1
	}
	return readAnyText(data, start)
}

// readAnyText is readText for all strings, from behind the opening quote.
func readAnyText(data []byte, start int) (t Text, end int) {
	i, shrunk := start, 0
	var seen byte // all bytes or-ed
scan:
	for {
		n, high := ordinary(data[i:])
		i, seen = i+n, seen|high
		if i == len(data) {
			break
		}
		for stop := min(i+near, len(data)); i < stop; i++ {
			c := data[i]
			if escapeLen[c] == 0 {
				seen |= c
				continue
			}
			if c != '\\' {
				break scan
			}
			if i+1 < len(data) && shortEscapes[data[i+1]] != 0 {
				i, shrunk = i+1, shrunk+1
				continue
			}
			_, from, size := unescape(data[i:])
			if from == 0 {
				break scan
			}
			i, shrunk = i+from-1, shrunk+from-size
		}
	}
	if i >= len(data) || data[i] != '"' {
		return Text{}, ^min(i, len(data))
	}
	t = Text{int32(start), int32(i), int32(i - start - shrunk)}
	if seen >= utf8.RuneSelf {
		t.validate(data)
	}
	return t, i + 1
}

// validate corrects what was assumed of a text with bytes beyond ASCII.
func (t *Text) validate(data []byte) {
	if utf8.Valid(data[t.Start:t.End]) {
		return
	}
	t.size = -1
	t.size = int32(^len(t.Append(nil, data)))
}

// Raw returns the bytes of the text as they stand in data, escapes included.
func (t Text) Raw(data []byte) []byte { return data[t.Start:t.End] }

// Bytes returns the decoded text: a part of data where that is the same.
func (t Text) Bytes(data []byte) []byte {
	if t.Plain() {
		return t.Raw(data)
	}
	return t.Append(make([]byte, 0, t.Len()), data)
}

// In returns the decoded text as a string, given the scanned text as one: a part
// of it where that is the same, so that nothing is copied.
func (t Text) In(scanned string) string {
	raw := scanned[t.Start:t.End]
	if t.Plain() {
		return raw
	}
	data := []byte(raw)
	moved := Text{0, int32(len(data)), t.size}
	return string(moved.Append(make([]byte, 0, t.Len()), data))
}

// Cut cuts a text in two around the byte at i of its span, which is not part of
// an escape sequence.
func (t Text) Cut(data []byte, i int) (before, after Text) {
	at := int(t.Start) + i
	before, after = Literal(int(t.Start), at), Literal(at+1, int(t.End))
	if !t.Plain() {
		before.measure(data)
		after.measure(data)
	}
	return before, after
}

// measure decodes to learn the size.
func (t *Text) measure(data []byte) {
	valid := utf8.Valid(t.Raw(data))
	t.size = -1 // not plain
	t.size = int32(len(t.Append(nil, data)))
	if !valid {
		t.size = ^t.size
	}
}

// Is reports whether the decoded text equals name, to the letter.
func (t Text) Is(data []byte, name string) bool {
	return t.Len() == len(name) && string(t.Bytes(data)) == name
}

// Append appends the decoded text to dst.
func (t Text) Append(dst, data []byte) []byte {
	if t.Plain() {
		return append(dst, t.Raw(data)...)
	}
	for src := t.Raw(data); len(src) > 0; {
		r, from, _ := character(src)
		if r < 0 {
			dst = append(dst, src[:from]...)
		} else {
			dst = utf8.AppendRune(dst, r)
		}
		src = src[from:]
	}
	return dst
}

// character reads one character of a string's raw bytes: r is -1 where the from
// bytes stand for themselves; size is what the character takes in UTF-8.
func character(src []byte) (r rune, from, size int) {
	if src[0] == '\\' {
		return unescape(src)
	}
	if src[0] < utf8.RuneSelf {
		return -1, 1, 1
	}
	r, n := utf8.DecodeRune(src)
	if r == utf8.RuneError && n == 1 {
		return utf8.RuneError, 1, len("\uFFFD")
	}
	return -1, n, n
}

// shortEscapes holds what a backslash and one character stand for, 0 where that
// is not an escape sequence.
var shortEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape reads the escape sequence at the start of src (RFC 8259, section 7),
// a surrogate pair as one. A malformed sequence has from 0; a lone surrogate is
// U+FFFD, as for encoding/json.
func unescape(src []byte) (r rune, from, size int) {
	if len(src) < 2 {
		return 0, 0, 0
	}
	if c := shortEscapes[src[1]]; c != 0 {
		return rune(c), 2, 1
	}
	if src[1] != 'u' {
		return 0, 0, 0
	}
	return unescapeUnicode(src)
}

func unescapeUnicode(src []byte) (r rune, from, size int) {
	r, from = hex4(src), 6
	if r < 0 {
		return 0, 0, 0
	}
	if utf16.IsSurrogate(r) {
		low := rune(-1)
		if len(src) > 6 && src[6] == '\\' {
			low = hex4(src[6:])
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			from = 12
		}
	}
	return r, from, utf8.RuneLen(r)
}

// hex4 returns the value of \uXXXX at the start of src, or -1.
func hex4(src []byte) rune {
	if len(src) < 6 || src[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range src[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// near is how many bytes behind a special one are looked at one by one before
// the search goes on in words: where quotes and escapes are dense, as in JSON
// inside JSON, a search in words would pay its start again and again.
const near = 24

// ordinary returns how many whole words at the start of data hold only
// characters that stand for themselves, and all their bytes or-ed.
func ordinary(data []byte) (n int, seen byte) {
	var all uint64
	for ; n+8 <= len(data); n += 8 {
		w := binary.LittleEndian.Uint64(data[n:])
		if special(w) != 0 {
			break
		}
		all |= w
	}
	if all&highs != 0 {
		seen = utf8.RuneSelf
	}
	return n, seen
}
