package scan

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"
)

// maxDistinct is how many containers inside each other Distinct looks into.
const maxDistinct = 64

// Distinct is Skip for readers to whom a member name that occurs twice makes an
// object unreadable: ok reports whether the names differ in every object of the
// value at i. It is false also for more than 64 nested containers, and has no
// meaning for a malformed value.
func Distinct(data []byte, i int) (next int, ok bool) { return distinct(data, i, 1) }

// distinct reads the value at i, which would be the depth-th container.
func distinct(data []byte, i, depth int) (next int, ok bool) {
	kind := Kind(data, i)
	switch {
	case kind != '{' && kind != '[':
		return Skip(data, i), true
	case depth > maxDistinct:
		return Skip(data, i), false
	case kind == '[':
		return distinctArray(data, i, depth)
	}
	return distinctObject(data, i, depth)
}

func distinctArray(data []byte, i, depth int) (next int, ok bool) {
	ok = true
	i, more := FirstElement(data, i)
	for more {
		differ := true
		i, differ = distinct(data, i, depth+1)
		ok = ok && differ
		i, more = NextElement(data, i)
	}
	return i, ok
}

func distinctObject(data []byte, i, depth int) (next int, ok bool) {
	var few [12]Text
	names := few[:0]
	ok = true
	name, i, more := First(data, i)
	for more {
		names = append(names, name)
		differ := true
		i, differ = distinct(data, i, depth+1)
		ok = ok && differ
		name, i, more = Next(data, i)
	}
	return i, ok && Differ(data, names)
}

// Differ reports whether these texts of data all differ once decoded.
func Differ(data []byte, names []Text) bool {
	if len(names) > 64 {
		return differ(data, names)
	}
	var seen uint64 // one bit for each name: only equal bits can be equal names
	for i, name := range names {
		text := name.Bytes(data)
		bit := uint64(1) << (hash(text) >> 58)
		if seen&bit != 0 && among(data, names[:i], text) {
			return false
		}
		seen |= bit
	}
	return true
}

func among(data []byte, names []Text, text []byte) bool {
	for _, name := range names {
		if name.Len() == len(text) && string(name.Bytes(data)) == string(text) {
			return true
		}
	}
	return false
}

// differ is Differ for so many names that comparing them one by one would take
// time with the square of their number. Sums that are equal by chance would only
// refuse what differs; nobody can choose names for it, since the seed is random.
func differ(data []byte, names []Text) bool {
	seed := maphash.MakeSeed()
	sums := make([]uint64, len(names))
	for i, name := range names {
		sums[i] = maphash.Bytes(seed, name.Bytes(data))
	}
	slices.Sort(sums)
	return len(slices.Compact(sums)) == len(names)
}

// hash is for the filter of Differ alone: names that collide cost a comparison.
func hash(text []byte) uint64 {
	h := uint64(len(text))
	if n := len(text); n >= 8 {
		h ^= binary.LittleEndian.Uint64(text) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(text[n-8:]), 23)
	} else {
		for _, c := range text {
			h = h<<8 | uint64(c)
		}
	}
	return h * 0x9E3779B97F4A7C15 // 2^64 by the golden ratio
}
