package cors

import (
	"iter"
	"net/http"
	"slices"
	"strings"
)

// asked knows what a preflight may ask for. Browsers compare by themselves; this is
// for the line that says what they found.
type asked struct {
	methods, headers []string // nil: all
}

func newAsked(config Config) (a asked) {
	if !slices.Contains(config.AllowMethods, "*") {
		a.methods = append(slices.Clone(safelistedMethods), config.AllowMethods...)
	}
	if !slices.Contains(config.AllowHeaders, "*") {
		a.headers = append([]string{}, config.AllowHeaders...)
	}
	return a
}

// maxAsked bounds how many names of one preflight are compared.
const maxAsked = 64

// problem says what a preflight asks for in vain, "" if nothing. Other names than
// the two that most APIs need may be anything, and are not repeated.
func (a *asked) problem(h http.Header) string {
	if a.headers != nil {
		other := false
		for name := range namesOf(h["Access-Control-Request-Headers"]) {
			switch {
			case containsFold(a.headers, name):
			case strings.EqualFold(name, authorization):
				return "the preflight asks for Authorization, which is not in AllowHeaders"
			case strings.EqualFold(name, "Content-Type"):
				return "the preflight asks for Content-Type, which is not in AllowHeaders"
			default:
				other = true
			}
		}
		if other {
			return "the preflight asks for a header that is not in AllowHeaders"
		}
	}
	if a.methods != nil && !slices.Contains(a.methods, h["Access-Control-Request-Method"][0]) {
		return "the preflight asks for a method that is not in AllowMethods"
	}
	return ""
}

// namesOf yields the first names of a list that may come in several lines.
func namesOf(lines []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		n := 0
		for _, line := range lines {
			for name := range strings.SplitSeq(line, ",") {
				if name = strings.TrimSpace(name); name == "" {
					continue
				}
				if n++; n > maxAsked || !yield(name) {
					return
				}
			}
		}
	}
}
