package apigateway

import (
	"net/url"
	"strings"
)

// reading is one way in which API Gateway may match requests with routes. Its
// documentation settles neither of these three questions, so a plan must hold
// whatever the answers are.
type reading struct {
	methodFirst bool // a route of the exact method before all ANY routes, whatever their paths
	slash       slash
	view        view
}

// slash is what a slash at the end of a request's path means.
type slash int

const (
	// slashCounts: /x/ has one more segment than /x, an empty one, which only a
	// greedy parameter takes.
	slashCounts slash = iota
	// slashNeedsMore: the same, but a greedy parameter does not take an empty
	// rest either. adapter/gateway reads HTTP APIs so.
	slashNeedsMore
	// slashIgnored: /x/ is /x.
	slashIgnored
	// slashIgnoredAfterLiteral: /x/ is /x, but /x/7/ does not match /x/{id}. REST APIs
	// were seen to do so.
	slashIgnoredAfterLiteral
	slashes
)

// trim returns the path that a request's is read as.
func (s slash) trim(path string) string {
	if s == slashCounts || s == slashNeedsMore || path == "/" {
		return path
	}
	return strings.TrimSuffix(path, "/")
}

// view is what of the path is compared with the routes.
type view int

const (
	viewSent      view = iota // the path as it was sent
	viewDecoded               // the decoded path, in which %2F separates segments
	viewSegmented             // each segment decoded by itself
	views
)

// readings are all of them, plain those that can differ for a path without a
// percent sign.
var readings, plain = func() (all, few []reading) {
	for v := range views {
		for s := range slashes {
			for _, m := range []bool{false, true} {
				all = append(all, reading{m, s, v})
			}
		}
	}
	return all, all[:2*int(slashes)]
}()

// readingsOf returns the readings that can differ for this path.
func readingsOf(path string) []reading {
	if strings.Contains(path, "%") {
		return readings
	}
	return plain
}

// segments cuts the path of a request, still percent-encoded, at its slashes.
func (v view) segments(path string) []string {
	if v == viewDecoded {
		path = unescape(path)
	}
	cut := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if v == viewSegmented {
		for i := range cut {
			cut[i] = unescape(cut[i])
		}
	}
	return cut
}

// unescape undoes percent-encoding; text with an invalid escape stays as it is.
func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// takes reports whether a route with this template takes the path. The root is
// a single empty segment.
func (t template) takes(path []string, s slash) bool {
	if len(path) == 1 && path[0] == "" {
		return len(t) == 0
	}
	ends := path[len(path)-1] == ""
	if ends && s == slashIgnored {
		path, ends = path[:len(path)-1], false
	}
	for i, seg := range t {
		if i >= len(path) {
			return false
		}
		switch {
		case seg.kind == greedy:
			return path[i] != "" || i < len(path)-1 || s == slashCounts
		case path[i] == "":
			return false
		case seg.kind == literal && path[i] != seg.text:
			return false
		}
	}
	if ends && s == slashIgnoredAfterLiteral && len(path) == len(t)+1 {
		return len(t) > 0 && t[len(t)-1].kind == literal
	}
	return len(path) == len(t)
}

// compare orders templates that take the same path, the one that API Gateway
// prefers first: full matches before greedy ones (documented), literals before
// parameters, from the left (reported).
func (t template) compare(u template) int {
	if t.isGreedy() != u.isGreedy() {
		if u.isGreedy() {
			return -1
		}
		return 1
	}
	for i := range min(len(t), len(u)) {
		if c := int(t[i].kind - u[i].kind); c != 0 {
			return c
		}
	}
	return len(u) - len(t) // the longer of two greedy ones
}
