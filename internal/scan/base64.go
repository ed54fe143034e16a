package scan

import (
	"encoding/base64"
	"encoding/binary"
	"sync"
)

// Bodies travel in base64 (RFC 4648, section 4), and on large ones its coder is
// most of an invocation's time. These tables take two characters, or three
// bytes, at a step, about twice as fast as encoding/base64. They are made when
// the first large body comes, so that a cold start does not wait for them.

// wideFrom is the size in decoded bytes from which the tables pay.
const wideFrom = 4096

// encodePairs holds, for 12 bits, the two characters that stand for them.
var encodePairs = sync.OnceValue(func() *[1 << 12]uint16 {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var t [1 << 12]uint16
	for i := range t {
		t[i] = uint16(alphabet[i>>6]) | uint16(alphabet[i&63])<<8
	}
	return &t
})

// AppendBase64 appends src in base64 with padding.
func AppendBase64(dst, src []byte) []byte {
	if len(src) < wideFrom {
		return base64.StdEncoding.AppendEncode(dst, src)
	}
	pairs, start := encodePairs(), len(dst)
	whole := len(src) / 6 * 6
	size := base64.StdEncoding.EncodedLen(len(src))
	if cap(dst)-start < size {
		dst = append(make([]byte, 0, start+size), dst...)
	}
	out := dst[start : start+whole/3*4]
	for in := src[:whole]; len(in) >= 6 && len(out) >= 8; in, out = in[6:], out[8:] {
		v := uint64(in[0])<<40 | uint64(in[1])<<32 | uint64(in[2])<<24 | uint64(in[3])<<16 | uint64(in[4])<<8 | uint64(in[5])
		binary.LittleEndian.PutUint64(out, uint64(pairs[v>>36])|uint64(pairs[v>>24&0xFFF])<<16|
			uint64(pairs[v>>12&0xFFF])<<32|uint64(pairs[v&0xFFF])<<48)
	}
	return base64.StdEncoding.AppendEncode(dst[:start+whole/3*4], src[whole:])
}

// invalidBase64 marks a character outside the alphabet: none of the 24 bits
// that four characters give reaches it.
const invalidBase64 = 1 << 31

type decodeTables [4][256]uint32

// decodeQuads holds, for each place in a group of four, what a character adds
// to the group's three bytes.
var decodeQuads = sync.OnceValue(func() *decodeTables {
	var t decodeTables
	for place := range t {
		for c := range t[place] {
			t[place][c] = invalidBase64
		}
	}
	for v := range uint32(64) {
		c := base64.StdEncoding.EncodeToString([]byte{byte(v << 2)})[0]
		for place := range t {
			t[place][c] = v << (18 - 6*place)
		}
	}
	return &t
})

// DecodeBase64 decodes src, whole groups of four characters without padding,
// into dst, which has room for them. It returns false where a character is
// outside the alphabet; what dst then holds is undefined.
func DecodeBase64(dst, src []byte) bool {
	if len(src) < wideFrom {
		// encoding/base64 passes over line ends: they do not count as
		// characters, so that fewer bytes come out.
		n, err := base64.StdEncoding.Decode(dst, src)
		return err == nil && n == len(src)/4*3
	}
	t := decodeQuads()
	for len(src) >= 8 && len(dst) >= 8 {
		a := t[0][src[0]] | t[1][src[1]] | t[2][src[2]] | t[3][src[3]]
		b := t[0][src[4]] | t[1][src[5]] | t[2][src[6]] | t[3][src[7]]
		if (a|b)&invalidBase64 != 0 {
			return false
		}
		// Two of the eight bytes are written again by the next step.
		binary.BigEndian.PutUint64(dst, uint64(a)<<40|uint64(b)<<16)
		src, dst = src[8:], dst[6:]
	}
	n, err := base64.StdEncoding.Decode(dst, src)
	return err == nil && n == len(src)/4*3
}
