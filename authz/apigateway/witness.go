package apigateway

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// witness is a path that stands for all those which the rules cannot tell from it.
type witness struct {
	segments []string
	slash    bool // at the end
}

func (w witness) path() string {
	path := "/" + strings.Join(w.segments, "/")
	if w.slash && len(w.segments) > 0 {
		path += "/"
	}
	return path
}

// maxWitnesses bounds the time for patterns that overlap at many depths.
const maxWitnesses = 100_000

var errTooManyWitnesses = errors.New("apigateway: the patterns overlap in too many ways to be compared; use fewer parameters in the first segments")

// walker enumerates witnesses: it walks all patterns at once and branches on the
// literals that those patterns have which are still possible, and on one value that
// none of them has.
type walker struct {
	patterns []pattern
	longTail bool // a last parameter may take slashes, as Echo's does
	found    []witness
	err      error
}

// witnesses returns all of them, and for each literal two neighbors, longer and
// shorter by a character.
func witnesses(patterns []pattern, longTail bool) ([]witness, error) {
	w := &walker{patterns: patterns, longTail: longTail}
	all := make([]int, len(patterns))
	for i := range all {
		all[i] = i
	}
	w.walk(nil, all, 0)
	for _, p := range patterns {
		w.neighbors(p)
	}
	slices.SortFunc(w.found, func(a, b witness) int { return strings.Compare(a.path(), b.path()) })
	w.found = slices.CompactFunc(w.found, func(a, b witness) bool { return a.path() == b.path() })
	return w.found, w.err
}

func (w *walker) emit(segments []string) {
	w.found = append(w.found, witness{segments, false})
	if len(segments) > 0 {
		w.found = append(w.found, witness{segments, true})
	}
	if len(w.found) > maxWitnesses {
		w.err = errTooManyWitnesses
	}
}

// walk adds the paths that begin with these segments. alive are the patterns that
// may take more; beyond counts the segments since the last of them ended, of which
// two are looked at.
func (w *walker) walk(segments []string, alive []int, beyond int) {
	w.emit(segments)
	if beyond == 2 || w.err != nil {
		return
	}
	depth := len(segments)
	for _, value := range w.values(alive, depth) {
		var next []int
		longer := false
		for _, i := range alive {
			takes, more := w.takes(w.patterns[i], depth, value)
			if takes {
				next = append(next, i)
			}
			longer = longer || more
		}
		after := beyond + 1
		if longer {
			after = 0
		}
		w.walk(append(slices.Clip(segments), value), next, after)
	}
}

// values are the segments that alive patterns tell apart at a depth.
func (w *walker) values(alive []int, depth int) []string {
	values := []string{fresh(depth)}
	for _, i := range alive {
		parts := w.patterns[i].parts
		if depth >= len(parts) {
			continue
		}
		switch s := parts[depth]; s.kind {
		case fixed:
			values = append(values, s.text)
		case mixed:
			values = append(values, mixedSamples(s.text)...)
		case named:
			values = append(values, w.patterns[i].restricted...)
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// takes reports whether a pattern may take a path with this segment, and whether
// one of its own parts did.
func (w *walker) takes(p pattern, depth int, value string) (takes, more bool) {
	if depth >= len(p.parts) {
		last := len(p.parts) - 1
		long := w.longTail && last >= 0 && p.parts[last].kind != fixed && p.tail == tailNone
		return p.tail == tailSubtree || long, false
	}
	s := p.parts[depth]
	return s.kind != fixed || s.text == value, s.kind != fixed || s.text == value
}

// neighbors adds the paths that miss a literal by a character.
func (w *walker) neighbors(p pattern) {
	path := p.sample("")
	for i, s := range p.parts {
		if s.kind != fixed || s.text == "" {
			continue
		}
		_, last := utf8.DecodeLastRuneInString(s.text)
		for _, near := range []string{s.text + "x", s.text[:len(s.text)-last]} {
			if near == "" {
				continue
			}
			missed := slices.Clone(path)
			missed[i] = near
			w.emit(missed)
		}
	}
}
