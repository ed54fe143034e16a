package scan

// Skip reads one value of any kind and returns its span in the text, white
// space around it excluded. The value is validated to its last byte.
func (s *Scanner) Skip() (start, end int) {
	s.space()
	start = s.pos
	s.advance(skip(s.data, s.pos, s.depth))
	if s.bad {
		return 0, 0
	}
	return start, s.pos
}

// skip returns where the value at i ends, or ^offset of where it is malformed.
// It and what it calls pass positions along rather than keep them in a Scanner,
// which would cost a store each.
func skip(data []byte, i, depth int) int {
	if i < 0 || i >= len(data) {
		return failed(i)
	}
	switch data[i] {
	case '"':
		_, end := readText(data, i)
		return end
	case '{':
		return skipObject(data, i, depth+1)
	case '[':
		return skipArray(data, i, depth+1)
	case 't':
		return skipLiteral(data, i, "true")
	case 'f':
		return skipLiteral(data, i, "false")
	case 'n':
		return skipLiteral(data, i, "null")
	}
	return skipNumber(data, i)
}

// skipObject recurses through skip rather than keeps a stack of its own: the
// goroutine's grows as needed, and depth bounds it.
func skipObject(data []byte, i, depth int) int {
	if depth > maxDepth {
		return ^i
	}
	i = space(data, i+1)
	if at(data, i) == '}' {
		return i + 1
	}
	for {
		if at(data, i) != '"' {
			return ^i
		}
		_, end := readText(data, i)
		if end < 0 {
			return end
		}
		if i = space(data, end); at(data, i) != ':' {
			return ^i
		}
		if i = skip(data, space(data, i+1), depth); i < 0 {
			return i
		}
		switch i = space(data, i); at(data, i) {
		case '}':
			return i + 1
		case ',':
			i = space(data, i+1)
		default:
			return ^i
		}
	}
}

func skipArray(data []byte, i, depth int) int {
	if depth > maxDepth {
		return ^i
	}
	i = space(data, i+1)
	if at(data, i) == ']' {
		return i + 1
	}
	for {
		if i = skip(data, i, depth); i < 0 {
			return i
		}
		switch i = space(data, i); at(data, i) {
		case ']':
			return i + 1
		case ',':
			i = space(data, i+1)
		default:
			return ^i
		}
	}
}

func skipLiteral(data []byte, i int, word string) int {
	if len(data)-i < len(word) || string(data[i:i+len(word)]) != word {
		return ^i
	}
	return i + len(word)
}

// skipNumber follows RFC 8259, section 6.
func skipNumber(data []byte, i int) int {
	if at(data, i) == '-' {
		i++
	}
	if at(data, i) == '0' {
		i++
	} else if i = skipDigits(data, i); i < 0 {
		return i
	}
	if at(data, i) == '.' {
		if i = skipDigits(data, i+1); i < 0 {
			return i
		}
	}
	if c := at(data, i); c == 'e' || c == 'E' {
		i++
		if c := at(data, i); c == '+' || c == '-' {
			i++
		}
		return skipDigits(data, i)
	}
	return i
}

func skipDigits(data []byte, i int) int {
	start := i
	for '0' <= at(data, i) && at(data, i) <= '9' {
		i++
	}
	if i == start {
		return ^i
	}
	return i
}

// at returns a byte of data, and 0 behind its end, which nothing expects.
func at(data []byte, i int) byte {
	if uint(i) < uint(len(data)) {
		return data[i]
	}
	return 0
}
