package authz_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Requests to random policies, 298,000 with GATEHOUSE_FULL=1 and a hundredth of
// that without. A handler runs only if http.ServeMux with the same patterns runs
// it and its own requirement is met by this caller; there is one decision per
// request; nobody learns which routes there are.
func TestRandomPolicies(t *testing.T) {
	const requests = 100
	policies := 30
	if os.Getenv("GATEHOUSE_FULL") != "" {
		policies = 2980
	}
	counts := map[string]int{}
	for seed := range uint64(policies) {
		site := newRandomSite(t, rand.New(rand.NewPCG(seed, 1)))
		for range requests {
			site.try(t, seed, counts)
		}
	}
	t.Logf("%d requests: %v", policies*requests, counts)
	for _, outcome := range []string{"ran", "403", "401", "404", "405", "redirected", "public"} {
		if counts[outcome] == 0 {
			t.Errorf("none of the requests was %s: the test does not reach that", outcome)
		}
	}
}

// A randomSite is a Mux with a random policy, beside a ServeMux that has the
// same patterns and no policy.
type randomSite struct {
	random *rand.Rand
	mux    *authz.Mux
	plain  *http.ServeMux
	rules  map[string]authz.Requirement // by pattern
	paths  []string                     // of the patterns

	caller    *claims.Identity
	ran       []string // patterns of the handlers that ran
	decisions []authz.Decision
}

func newRandomSite(t *testing.T, random *rand.Rand) *randomSite {
	s := &randomSite{random: random, plain: http.NewServeMux(), rules: map[string]authz.Requirement{}}
	s.mux = authz.NewMux(&authz.Guard{
		Identifier: by(func(*http.Request) (*claims.Identity, error) { return s.caller, nil }),
		OnDecision: func(_ *http.Request, d authz.Decision) { s.decisions = append(s.decisions, d) },
	})
	for range 2 + random.IntN(10) {
		pattern, req := s.pattern(), s.requirement()
		h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { s.ran = append(s.ran, pattern) })
		if panics(func() { s.plain.Handle(pattern, h) }) != nil {
			continue // it conflicts with another
		}
		s.mux.Handle(pattern, req, h)
		s.rules[pattern] = req
		s.paths = append(s.paths, pattern[strings.Index(pattern, "/"):])
	}
	return s
}

func pick(random *rand.Rand, of ...string) string { return of[random.IntN(len(of))] }

func (s *randomSite) pattern() string {
	method := pick(s.random, "", "", "GET ", "GET ", "POST ", "HEAD ", "OPTIONS ", "CONNECT ", "PROPFIND ")
	path := pick(s.random, "", "", "", "h.example", "i.example")
	for i := range 1 + s.random.IntN(3) {
		path += "/" + pick(s.random, "a", "b", "A", "a%2Fb", "{p"+fmt.Sprint(i)+"}")
	}
	return method + path + pick(s.random, "", "", "", "/", "/{$}", "/{rest...}")
}

func (s *randomSite) requirement() authz.Requirement {
	switch s.random.IntN(6) {
	case 0:
		return authz.Public()
	case 1:
		return authz.Authenticated()
	case 2:
		return authz.AllScopes("read", "write")
	case 3:
		return authz.Any(authz.Scope("admin"), authz.Func("p0 is a", func(r *http.Request, _ *claims.Identity) error {
			if r.PathValue("p0") != "a" {
				return &authz.Error{Status: 404}
			}
			return nil
		}))
	}
	return authz.Scope(pick(s.random, "read", "write", "admin"))
}

// request is one that a client can send, or that something around the Mux can
// make of it. Its path begins with a segment that is not empty: Go 1.26's
// PathValue panics for CONNECT to //b at the pattern /{p0}/.
func (s *randomSite) request() *http.Request {
	path := s.matchingPath()
	for range s.random.IntN(6) - 3 {
		path += pick(s.random, "/", "/", "/", "//", "/./", "/../", "/%2e%2e/", "/%2F")
		path += pick(s.random, "a", "b", "A", "a%2Fb", "%61", "", "..", ".", "x", "%00", "{p0}", "é")
	}
	path += pick(s.random, "", "", "", "", "", "", "/", "//", "/..", "?q=/a", ";x")
	u, err := url.Parse("http://host" + path)
	if err != nil || s.random.IntN(20) == 0 {
		u = &url.URL{Path: path}
	}
	host := pick(s.random, "h.example", "h.example:443", "i.example", "H.example", "x.example", "")
	return &http.Request{
		Method: pick(s.random, "GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "CONNECT", "PROPFIND", "get", "", "DELETE"),
		URL:    &url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}, Host: host,
		RequestURI: pick(s.random, path, path, path, path, path, path, path, path, path, path, path, path, path, path, "*"),
		Header:     http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

// matchingPath is one that some pattern matches.
func (s *randomSite) matchingPath() string {
	return strings.NewReplacer("{$}", "", "{p0}", pick(s.random, "a", "b"), "{p1}", pick(s.random, "a", "%61"),
		"{p2}", pick(s.random, "a", "a%2Fb"), "{rest...}", pick(s.random, "", "a", "a/b")).Replace(pick(s.random, s.paths...))
}

func (s *randomSite) try(t *testing.T, seed uint64, counts map[string]int) {
	t.Helper()
	scopes := pick(s.random, "nobody", "", "read", "write", "read write admin")
	s.caller = nil
	if scopes != "nobody" {
		s.caller = caller(t, scopes)
	}
	r := s.request()
	describe := fmt.Sprintf("seed %d, %s: %s %q (raw %q), host %q, URI %q", seed, scopes, r.Method, r.URL.Path, r.URL.RawPath, r.Host, r.RequestURI)

	clone := r.Clone(r.Context())
	s.ran = nil
	s.plain.ServeHTTP(httptest.NewRecorder(), clone)
	matched := slices.Clone(s.ran)
	if rule, req, ok := s.mux.Find(r); ok != (len(matched) == 1) || ok && req != s.rules[matched[0]] {
		t.Fatalf("%s: Find says %v, ServeMux runs %q", describe, rule, matched)
	}

	s.ran, s.decisions = nil, nil
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	if len(s.decisions) != 1 {
		t.Fatalf("%s: %d decisions", describe, len(s.decisions))
	}
	met := len(matched) == 1 && s.meets(s.rules[matched[0]], clone)
	switch {
	case met != (len(s.ran) == 1), met && s.ran[0] != matched[0]:
		t.Fatalf("%s: ran %q, ServeMux %q, met %t", describe, s.ran, matched, met)
	case w.Code >= 500:
		t.Fatalf("%s: status %d", describe, w.Code)
	case s.caller == nil && !met && (w.Code != 401 || w.Header().Get("Location") != "" || w.Header().Get("Allow") != ""):
		t.Fatalf("%s: status %d, header %v", describe, w.Code, w.Header())
	case (s.decisions[0].Result == authz.Granted) != met:
		t.Fatalf("%s: decided %s, met %t", describe, s.decisions[0].Result, met)
	}
	count(counts, met, s.rules, matched, w)
}

func (s *randomSite) meets(req authz.Requirement, r *http.Request) bool {
	if req == authz.Public() {
		return true
	}
	return s.caller != nil && req.Check(r, s.caller) == nil
}

func count(counts map[string]int, met bool, rules map[string]authz.Requirement, matched []string, w *httptest.ResponseRecorder) {
	switch {
	case met && rules[matched[0]] == authz.Public():
		counts["public"]++
	case met:
		counts["ran"]++
	case w.Code/100 == 3:
		counts["redirected"]++
	default:
		counts[strings.TrimSpace(fmt.Sprint(w.Code))]++
	}
}
