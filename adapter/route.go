package adapter

import (
	"net/http"
	"path"
	"strings"
)

// Route returns a handler that serves h, an http.ServeMux, and leaves the pattern that
// matched for Outcome.Route and AccessLog. It is for a ServeMux behind middleware that hands
// on a copy of the request, such as otelhttp, where no one else could see it; it stands
// directly around the ServeMux. The rule of a Guard comes first, so that an authz.Mux
// needs no Route. Outside an invocation, and without Options.Done or Options.Fail, Route
// only serves h. It panics if h is nil.
func Route(h http.Handler) http.Handler {
	if h == nil {
		panic("adapter: Route of a nil Handler")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if record, ok := r.Context().Value(attrsKey{}).(*record); ok && record != nil {
			defer func() { record.notePattern(matched(r)) }() // also of a handler that panics
		}
		h.ServeHTTP(w, r)
	})
}

func (a *addedAttrs) notePattern(pattern string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.taken {
		a.pattern = pattern
	}
}

// noted is what Route has left, "" if nothing.
func (a *addedAttrs) noted() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pattern
}

// pattern returns what http.ServeMux left in the request, or in the copy that Route
// saw, "" if nothing.
func (x *exchange) pattern() string {
	if x.record != nil {
		if noted := x.record.noted(); noted != "" {
			return noted
		}
	}
	if r := x.served(); r != nil {
		return matched(r)
	}
	return ""
}

// matched returns the pattern that http.ServeMux left in a request. Where it
// redirects to the path with a slash at the end, it may leave that path, which is
// the client's and not a pattern: Go 1.25 for any method, Go 1.26 for CONNECT.
func matched(r *http.Request) string {
	if r.URL == nil {
		return ""
	}
	clean := path.Clean("/" + r.URL.Path)
	if clean != "/" && strings.HasSuffix(r.URL.Path, "/") {
		clean += "/" // which was %2F
	}
	if r.Pattern == clean+"/" {
		return ""
	}
	return r.Pattern
}
