package scan

import "encoding/binary"

const hexDigits = "0123456789abcdef"

// escapeLen holds how many bytes a byte takes inside a JSON string, 0 for those
// that stand for themselves.
var escapeLen = [256]uint8{
	0: 6, 1: 6, 2: 6, 3: 6, 4: 6, 5: 6, 6: 6, 7: 6, 8: 2, 9: 2, 10: 2, 11: 6, 12: 2, 13: 2, 14: 6, 15: 6,
	16: 6, 17: 6, 18: 6, 19: 6, 20: 6, 21: 6, 22: 6, 23: 6, 24: 6, 25: 6, 26: 6, 27: 6, 28: 6, 29: 6, 30: 6, 31: 6,
	'"': 2, '\\': 2,
}

var shortEscape = [...]byte{'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r', '"': '"', '\\': '\\'}

// AppendString appends text as a JSON string, quotes included. The text is
// taken to be UTF-8: only what RFC 8259 demands is escaped.
func AppendString[T string | []byte](dst []byte, text T) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(text); {
		for stop := min(i+near, len(text)); i < stop; i++ {
			if c := text[i]; escapeLen[c] == 0 {
				dst = append(dst, c)
			} else {
				dst = appendEscape(dst, c)
			}
		}
		for ; i+8 <= len(text); i += 8 {
			w := word(text, i)
			if special(w) != 0 {
				break
			}
			dst = binary.LittleEndian.AppendUint64(dst, w)
		}
	}
	return append(dst, '"')
}

// word loads eight bytes; the compiler makes one load of it.
func word[T string | []byte](text T, i int) uint64 {
	_ = text[i+7]
	return uint64(text[i]) | uint64(text[i+1])<<8 | uint64(text[i+2])<<16 | uint64(text[i+3])<<24 |
		uint64(text[i+4])<<32 | uint64(text[i+5])<<40 | uint64(text[i+6])<<48 | uint64(text[i+7])<<56
}

func appendEscape(dst []byte, c byte) []byte {
	if escapeLen[c] == 2 {
		return append(dst, '\\', shortEscape[c])
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
