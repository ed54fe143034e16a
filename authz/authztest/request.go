package authztest

import (
	"cmp"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
)

// fillings are tried in turn for the parameters of a pattern, which may have to
// match a regular expression. The last one leaves the pattern as it is: where one
// router has a parameter, another has text.
var fillings = []string{"1", "a", "a1", "2006", "2006-01-02", "00000000-0000-4000-8000-000000000000", ""}

// requests yields requests that may match a route, in the syntax of net/http, Echo,
// chi or gin.
func requests(method, pattern string) iter.Seq[*http.Request] {
	return func(yield func(*http.Request) bool) {
		host, path := splitHost(pattern)
		for filled, values := range paths(path) {
			r := newRequest(method, filled)
			r.Host = cmp.Or(host, r.Host)
			for name, value := range values {
				r.SetPathValue(name, value)
			}
			if !yield(r) {
				return
			}
		}
	}
}

// paths yields a pattern's path with each filling and the values of its
// parameters. What ends in a slash may be a tree without a page of its own.
func paths(pattern string) iter.Seq2[string, map[string]string] {
	return func(yield func(string, map[string]string) bool) {
		for _, filling := range fillings {
			path, values := pattern, map[string]string{}
			if filling != "" {
				path = fill(pattern, filling, values)
			}
			if !yield(path, values) || strings.HasSuffix(path, "/") && !yield(path+"1", values) {
				return
			}
		}
	}
}

// newRequest is a GET for rules of every method, and for those whose method is no
// client's, such as Echo's not-found routes.
func newRequest(method, path string) *http.Request {
	if method == "" || strings.Contains(method, "_") {
		method = http.MethodGet
	}
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path = path
	r.RequestURI = r.URL.RequestURI()
	return r
}

func splitHost(pattern string) (host, path string) {
	if i := strings.IndexByte(pattern, '/'); i > 0 {
		return pattern[:i], pattern[i:]
	}
	return "", pattern
}

// fill replaces the parameters of a path: {name}, {name...}, {name:expression},
// :name, *name, * and net/http's {$}. It notes the value of each name.
func fill(path, value string, values map[string]string) string {
	var b strings.Builder
	for path != "" {
		var name string
		switch path[0] {
		case '{':
			name, path = cutBraces(path)
			name, _, _ = strings.Cut(name, ":")
			name = strings.TrimSuffix(name, "...")
			if name == "$" {
				continue
			}
		case ':', '*':
			end := strings.IndexByte(path, '/')
			if end < 0 {
				end = len(path)
			}
			name, path = cmp.Or(path[1:end], path[:1]), path[end:]
		default:
			b.WriteByte(path[0])
			path = path[1:]
			continue
		}
		b.WriteString(value)
		values[name] = value
	}
	return b.String()
}

// cutBraces returns what stands between path's first brace and the one that closes
// it, and the rest. A regular expression may hold braces in pairs.
func cutBraces(path string) (inside, rest string) {
	depth := 0
	for i := range len(path) {
		switch path[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return path[1:i], path[i+1:]
		}
	}
	return path[1:], ""
}
