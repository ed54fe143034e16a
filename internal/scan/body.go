package scan

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// Body reads the string at i, which may be megabytes long. A string without
// escapes, such as one in base64, is found by searching for its end. It is a part
// of data and has not been checked: until CheckBody was called, it may hold any
// byte but a quote or a backslash. Any other string is decoded, into buffer if
// that is large enough, in the same pass that finds its end.
func Body(buffer, data []byte, i int) (body []byte, checked bool, next int) {
	if at(data, i) != '"' {
		return nil, true, ^i
	}
	start := i + 1
	n := bytes.IndexByte(data[start:], '"')
	if n >= 0 && bytes.IndexByte(data[start:start+n], '\\') < 0 {
		return data[start : start+n], false, start + n + 1
	}
	body, next = decode(buffer, data, start)
	return body, true, next
}

// CheckBody validates a body that Body has not, and replaces in it what is not
// UTF-8, as in every other string. It returns a *SyntaxError for a control
// character, with its offset in the body.
func CheckBody(body []byte) ([]byte, error) {
	n, high := ordinary(body)
	for ; n < len(body); n++ {
		if body[n] < ' ' {
			return nil, &SyntaxError{Offset: n}
		}
		high |= body[n]
	}
	if high >= utf8.RuneSelf {
		body = valid(body)
	}
	return body, nil
}

// valid replaces each byte that is not UTF-8 by U+FFFD.
func valid(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	whole := make([]byte, 0, len(text)+2*utf8.UTFMax)
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		whole = utf8.AppendRune(whole, r)
		text = text[n:]
	}
	return whole
}

// decode reads a string from behind its opening quote. What a string stands for
// is never longer than itself, so that the text's rest bounds it.
func decode(buffer, data []byte, i int) (decoded []byte, next int) {
	out := slices.Grow(buffer[:0], len(data)-i)[:len(data)-i]
	j := 0
	var seen byte
	for i < len(data) {
		n, high := copyOrdinary(out[j:], data[i:])
		i, j, seen = i+n, j+n, seen|high
		for stop := min(i+near, len(data)); i < stop; i++ {
			c := data[i]
			if escapeLen[c] == 0 {
				out[j] = c
				seen |= c
				j++
				continue
			}
			if c == '"' {
				if seen >= utf8.RuneSelf {
					return valid(out[:j]), i + 1
				}
				return out[:j], i + 1
			}
			if c != '\\' {
				return nil, ^i
			}
			if i+1 < len(data) && shortEscapes[data[i+1]] != 0 {
				i++
				out[j] = shortEscapes[data[i]]
				j++
				continue
			}
			r, from, _ := unescape(data[i:])
			if from == 0 {
				return nil, ^i
			}
			j += utf8.EncodeRune(out[j:], r)
			i += from - 1
		}
	}
	return nil, ^i
}

// copyOrdinary copies what ordinary counts.
func copyOrdinary(dst, src []byte) (n int, seen byte) {
	var all uint64
	for ; n+8 <= len(src) && n+8 <= len(dst); n += 8 {
		w := binary.LittleEndian.Uint64(src[n:])
		if special(w) != 0 {
			break
		}
		binary.LittleEndian.PutUint64(dst[n:], w)
		all |= w
	}
	if all&highs != 0 {
		seen = utf8.RuneSelf
	}
	return n, seen
}
