package console

import (
	"slices"
	"unicode/utf8"
)

// kept is the beginning of a body, and how long it is.
type kept struct {
	text []byte
	size int64
}

func (k *kept) add(b []byte) {
	k.size += int64(len(b))
	if room := bodyKept - len(k.text); room > 0 {
		k.text = append(k.text, b[:min(room, len(b))]...)
	}
}

// message is what may be shown of the body.
func (k *kept) message() message {
	m := message{Size: k.size}
	text := k.text
	cut := int64(len(text)) < k.size
	if cut {
		text = wholeRunes(text)
	}
	if !utf8.Valid(text) || slices.Contains(text, 0) {
		m.Note = "not text"
		return m
	}
	m.Body = redact(string(text))
	if cut {
		m.Note = "the beginning"
	}
	return m
}

// wholeRunes leaves a rune out that the end of the text cuts off.
func wholeRunes(text []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if tail := text[len(text)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return text[:len(text)-i]
			}
			break
		}
	}
	return text
}

// clip bounds a text before anything is looked for in it.
func clip(text string, size int) string {
	if len(text) <= size {
		return text
	}
	return string(wholeRunes([]byte(text[:size]))) + "…"
}
