package scan

import "math"

// The functions below are the Scanner's work without a Scanner, for the one
// caller that every request waits for: a position goes in and the next comes
// out, in registers. ^offset is that of a malformed text, which all of them hand
// on, so that it is enough to look at the last.

// First reads the name of an object's first member and returns it with the
// place of its value. If there is none, ok is false and next lies behind the
// object.
func First(data []byte, i int) (name Text, next int, ok bool) {
	if i >= 0 && at(data, i) != '{' {
		i = ^i
	}
	return member(data, i, true)
}

// Next does so for the member behind the value that ends at i.
func Next(data []byte, i int) (name Text, next int, ok bool) { return member(data, i, false) }

func member(data []byte, i int, first bool) (name Text, next int, ok bool) {
	if i < 0 {
		return Text{}, i, false
	}
	if first {
		i++
	}
	i = space(data, i)
	if at(data, i) == '}' {
		return Text{}, i + 1, false
	}
	if !first {
		if at(data, i) != ',' {
			return Text{}, ^i, false
		}
		i = space(data, i+1)
	}
	if at(data, i) != '"' {
		return Text{}, ^i, false
	}
	if name, i = readText(data, i); i < 0 {
		return Text{}, i, false
	}
	if i = space(data, i); at(data, i) != ':' {
		return Text{}, ^i, false
	}
	return name, space(data, i+1), true
}

// FirstElement returns the place of an array's first element, as First does.
func FirstElement(data []byte, i int) (next int, ok bool) {
	if i < 0 || at(data, i) != '[' {
		return failed(i), false
	}
	if i = space(data, i+1); at(data, i) == ']' {
		return i + 1, false
	}
	return i, true
}

// NextElement returns the place of the element behind the one that ends at i.
func NextElement(data []byte, i int) (next int, ok bool) {
	if i < 0 {
		return i, false
	}
	switch i = space(data, i); at(data, i) {
	case ',':
		return space(data, i+1), true
	case ']':
		return i + 1, false
	}
	return ^i, false
}

// Start returns the place of a text's one value. A text of 2 GB or more counts
// as malformed.
func Start(data []byte) int {
	if len(data) > math.MaxInt32 {
		return ^0
	}
	return space(data, 0)
}

// End returns nil if the value that ends at i is the whole text, and a
// *SyntaxError if it is not or was malformed.
func End(data []byte, i int) error {
	if i >= 0 {
		if i = space(data, i); i == len(data) {
			return nil
		}
		i = ^i
	}
	return &SyntaxError{Offset: ^i}
}

// Kind is Scanner.Kind for the value at i.
func Kind(data []byte, i int) byte { return kinds[at(data, i)] }

// String reads the string at i.
func String(data []byte, i int) (t Text, next int) {
	if at(data, i) != '"' {
		return Text{}, ^i
	}
	return readText(data, i)
}

// Skip returns where the value at i ends. It may stand in a container or two.
func Skip(data []byte, i int) (next int) { return skip(data, i, 2) }

func failed(i int) int {
	if i < 0 {
		return i
	}
	return ^i
}
