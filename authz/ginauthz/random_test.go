package ginauthz_test

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

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Requests to random routes, 399,000 with GATEHOUSE_FULL=1 and a hundredth of that
// without. A handler runs only if a gin engine with the same routes runs it and its
// own requirement is met by this caller; there is one decision per request; nobody
// learns which routes there are.
func TestRandomRoutes(t *testing.T) {
	const requests = 70
	sites := 57
	if os.Getenv("GATEHOUSE_FULL") != "" {
		sites = 5700
	}
	counts := map[string]int{}
	for seed := range uint64(sites) {
		site := newRandomSite(rand.New(rand.NewPCG(seed, 3)))
		for range requests {
			site.try(t, seed, counts)
		}
	}
	t.Logf("%d requests: %v", sites*requests, counts)
	for _, outcome := range []string{"ran", "public", "401", "403", "404", "405"} {
		if counts[outcome] == 0 {
			t.Errorf("none of the requests was %s: the test does not reach that", outcome)
		}
	}
}

// A randomSite is an engine with random routes and requirements, beside one that has
// the same routes and no requirements.
type randomSite struct {
	random *rand.Rand
	routes *ginauthz.Routes
	engine *gin.Engine
	plain  *gin.Engine
	rules  map[string]authz.Requirement // by method and pattern
	paths  []string

	caller    *claims.Identity
	values    map[string]string // of the plain router's match
	ran       []string
	decisions []authz.Decision
}

func newRandomSite(random *rand.Rand) *randomSite {
	s := &randomSite{random: random, engine: gin.New(), plain: gin.New(), rules: map[string]authz.Requirement{}}
	s.routes = ginauthz.New(s.engine, &authz.Guard{
		Identifier: by(func(*http.Request) (*claims.Identity, error) { return s.caller, nil }),
		OnDecision: func(_ *http.Request, d authz.Decision) { s.decisions = append(s.decisions, d) },
	}, nil)
	s.setFlags(s.engine, s.plain)
	for range 2 + random.IntN(10) {
		method, path := s.method(), s.path()
		name := method + " " + path
		s.rules[name] = s.requirement()
		if panics(func() { s.routes.Handle(method, path, s.rules[name], s.handler(name)) }) {
			continue // gin cannot have it beside the others
		}
		s.paths = append(s.paths, path)
		s.plain.Handle(method, path, s.handler(name))
	}
	return s
}

// setFlags chooses how both look for paths.
func (s *randomSite) setFlags(engines ...*gin.Engine) {
	raw, escaped, unescape, extra := s.random.IntN(3) == 0, s.random.IntN(4) == 0, s.random.IntN(3) > 0, s.random.IntN(4) == 0
	for _, e := range engines {
		e.UseRawPath, e.UseEscapedPath, e.UnescapePathValues, e.RemoveExtraSlash = raw, escaped, unescape, extra
	}
}

func (s *randomSite) handler(name string) gin.HandlerFunc {
	return func(c *gin.Context) {
		s.ran = append(s.ran, name)
		s.values = map[string]string{"p0": c.Param("p0"), "p1": c.Param("p1")}
	}
}

func pick(random *rand.Rand, of ...string) string { return of[random.IntN(len(of))] }

func (s *randomSite) method() string {
	return pick(s.random, "GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "DELETE")
}

func (s *randomSite) path() string {
	path := ""
	for i := range 1 + s.random.IntN(3) {
		name := fmt.Sprint("p", i)
		path += "/" + pick(s.random, "a", "b", "A", "a%2Fb", "ab", `a\:b`, ":"+name, ":"+name, "v:"+name)
	}
	return path + pick(s.random, "", "", "", "/", "/*rest")
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

func (s *randomSite) request() *http.Request {
	path := strings.NewReplacer(`\:`, ":", ":p0", pick(s.random, "a", "b"), ":p1", pick(s.random, "a", "%61"), ":p2", pick(s.random, "a", "a/b"),
		"*rest", pick(s.random, "", "a", "a/b")).Replace(pick(s.random, s.paths...))
	for range s.random.IntN(6) - 3 {
		path += pick(s.random, "/", "/", "/", "/", "/", "/", "//", "/../", "/%2F")
		path += pick(s.random, "a", "a", "b", "A", "a%2Fb", "%61", "ab", "va", "", "..", "%00", ":p0", "é", "*")
	}
	path += pick(s.random, "", "", "", "", "", "", "/", "?q=/a", ";x")
	u, err := url.Parse("http://host" + path)
	if err != nil || s.random.IntN(20) == 0 {
		u = &url.URL{Path: path}
	}
	return &http.Request{
		Method: pick(s.random, "GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "DELETE", "PROPFIND", "get", ""),
		URL:    &url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery},
		Host:   "h.example", RequestURI: path,
		Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

func (s *randomSite) try(t *testing.T, seed uint64, counts map[string]int) {
	t.Helper()
	scopes := pick(s.random, "nobody", "", "read", "write", "read write admin")
	s.caller = nil
	if scopes != "nobody" {
		id, err := claims.NewIdentity(claims.JWT, map[string]any{"sub": "ada", "scope": scopes})
		if err != nil {
			t.Fatal(err)
		}
		s.caller = id
	}
	r := s.request()
	describe := fmt.Sprintf("seed %d, %s: %s %q (raw %q)", seed, scopes, r.Method, r.URL.Path, r.URL.RawPath)

	s.ran = nil
	s.plain.ServeHTTP(httptest.NewRecorder(), r.Clone(r.Context()))
	matched := slices.Clone(s.ran)
	if rule, req, ok := s.routes.Find(r); ok != (len(matched) == 1) || ok && req != s.rules[matched[0]] {
		t.Fatalf("%s: Find says %v, gin runs %q", describe, rule, matched)
	}
	met := len(matched) == 1 && s.meets(matched[0], r)

	s.ran, s.decisions = nil, nil
	w := httptest.NewRecorder()
	s.routes.ServeHTTP(w, r)
	if len(s.decisions) != 1 {
		t.Fatalf("%s: %d decisions", describe, len(s.decisions))
	}
	switch {
	case met != (len(s.ran) == 1), met && s.ran[0] != matched[0]:
		t.Fatalf("%s: ran %q, gin %q, met %t", describe, s.ran, matched, met)
	case w.Code >= 500:
		t.Fatalf("%s: status %d", describe, w.Code)
	case s.caller == nil && !met && (w.Code != 401 || w.Header().Get("Allow") != ""):
		t.Fatalf("%s: status %d, header %v", describe, w.Code, w.Header())
	case (s.decisions[0].Result == authz.Granted) != met:
		t.Fatalf("%s: decided %s, met %t", describe, s.decisions[0].Result, met)
	}
	switch {
	case met && s.rules[matched[0]] == authz.Public():
		counts["public"]++
	case met:
		counts["ran"]++
	default:
		counts[fmt.Sprint(w.Code)]++
	}
}

// meets asks the requirement with the parameters that gin found.
func (s *randomSite) meets(pattern string, r *http.Request) bool {
	req := s.rules[pattern]
	if req == authz.Public() {
		return true
	}
	asked := r.Clone(r.Context())
	for name, value := range s.values {
		asked.SetPathValue(name, value)
	}
	return s.caller != nil && req.Check(asked, s.caller) == nil
}
