package echoauthz_test

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

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Requests to random routes, 399,000 with GATEHOUSE_FULL=1 and a hundredth of
// that without. A handler runs only if an Echo with the same routes runs it and
// its own requirement is met by this caller; there is one decision per request;
// nobody learns which routes there are.
func TestRandomRoutes(t *testing.T) {
	const requests = 70
	sites := 57
	if os.Getenv("GATEHOUSE_FULL") != "" {
		sites = 5700
	}
	counts := map[string]int{}
	for seed := range uint64(sites) {
		site := newRandomSite(rand.New(rand.NewPCG(seed, 2)))
		for range requests {
			site.try(t, seed, counts)
		}
	}
	t.Logf("%d requests: %v", sites*requests, counts)
	for _, outcome := range []string{"ran", "public", "204", "401", "403", "404", "405", "foreign"} {
		if counts[outcome] == 0 {
			t.Errorf("none of the requests was %s: the test does not reach that", outcome)
		}
	}
}

// A randomSite is an Echo with random routes and requirements, beside one that
// has the same routes and no requirements.
type randomSite struct {
	random *rand.Rand
	echo   *echo.Echo
	routes *echoauthz.Routes
	plain  *echo.Echo
	rules  map[string]authz.Requirement // by method, host and path; nil: registered behind the Routes' back
	paths  []string

	caller    *claims.Identity
	ran       []string
	decisions []authz.Decision
}

func newRandomSite(random *rand.Rand) *randomSite {
	s := &randomSite{random: random, echo: echo.New(), plain: echo.New(), rules: map[string]authz.Requirement{}}
	s.routes = echoauthz.New(s.echo, &authz.Guard{
		Identifier: by(func(*http.Request) (*claims.Identity, error) { return s.caller, nil }),
		OnDecision: func(_ *http.Request, d authz.Decision) { s.decisions = append(s.decisions, d) },
	}, nil)
	hosts := map[string]*echo.Group{}
	for range 2 + random.IntN(10) {
		method, host, path := s.method(), pick(random, "", "", "", "h.example"), s.path()
		route := method + " " + host + path
		add := s.routes.Add
		if host != "" {
			add = s.routes.Host(host, authz.Public()).Add
		}
		if _, taken := s.rules[route]; taken || panics(func() { add(method, path, s.enter(route), s.handler(route)) }) {
			continue // Echo would replace another route by it, or a name is there twice
		}
		s.paths = append(s.paths, path)
		if host == "" {
			s.plain.Add(method, path, s.handler(route))
			continue
		}
		if hosts[host] == nil {
			hosts[host] = s.plain.Host(host)
		}
		hosts[host].Add(method, path, s.handler(route))
	}
	if random.IntN(2) == 0 {
		s.rules["GET /foreign"] = nil
		s.echo.GET("/foreign", s.handler("GET /foreign"))
		s.plain.GET("/foreign", s.handler("GET /foreign"))
	}
	return s
}

// enter chooses a requirement for a route.
func (s *randomSite) enter(route string) authz.Requirement {
	s.rules[route] = s.requirement()
	return s.rules[route]
}

func (s *randomSite) handler(route string) echo.HandlerFunc {
	return func(c echo.Context) error {
		s.ran = append(s.ran, route)
		return c.NoContent(http.StatusOK)
	}
}

func pick(random *rand.Rand, of ...string) string { return of[random.IntN(len(of))] }

func (s *randomSite) method() string {
	return pick(s.random, "GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "DELETE", "PROPFIND", "LIST", echo.RouteNotFound)
}

func (s *randomSite) path() string {
	path := ""
	for i := range 1 + s.random.IntN(3) {
		path += "/" + pick(s.random, "a", "b", "A", "a%2Fb", "ab", ":p"+fmt.Sprint(i), "v:p"+fmt.Sprint(i))
	}
	return path + pick(s.random, "", "", "", "/", "/*")
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
	path := strings.NewReplacer(":p0", pick(s.random, "a", "b"), ":p1", pick(s.random, "a", "%61"), ":p2", pick(s.random, "a", "a/b"),
		"*", pick(s.random, "", "a", "a/b")).Replace(pick(s.random, s.paths...))
	for range s.random.IntN(6) - 3 {
		path += pick(s.random, "/", "/", "/", "/", "/", "/", "//", "/../", "/%2F")
		path += pick(s.random, "a", "a", "b", "A", "a%2Fb", "%61", "ab", "va", "", "..", "%00", ":p0", "é", "*")
	}
	path += pick(s.random, "", "", "", "", "", "", "/", "?q=/a", ";x")
	if s.random.IntN(30) == 0 {
		path = "/foreign"
	}
	u, err := url.Parse("http://host" + path)
	if err != nil || s.random.IntN(20) == 0 {
		u = &url.URL{Path: path}
	}
	return &http.Request{
		Method: pick(s.random, "GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "DELETE", "PROPFIND", "LIST", "get", "", echo.RouteNotFound),
		URL:    &url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery},
		Host:   pick(s.random, "h.example", "h.example:443", "H.example", "x.example", ""), RequestURI: path,
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
	describe := fmt.Sprintf("seed %d, %s: %s %q (raw %q), host %q", seed, scopes, r.Method, r.URL.Path, r.URL.RawPath, r.Host)

	var met bool
	s.ran = nil
	s.plain.ServeHTTP(httptest.NewRecorder(), r.Clone(r.Context()))
	matched := slices.Clone(s.ran)
	foreign := len(matched) == 1 && s.rules[matched[0]] == nil
	if rule, req, ok := s.routes.Find(r); ok != (len(matched) == 1 && !foreign) || ok && req != s.rules[matched[0]] {
		t.Fatalf("%s: Find says %v, Echo runs %q", describe, rule, matched)
	}

	s.ran, s.decisions = nil, nil
	w := httptest.NewRecorder()
	s.echo.ServeHTTP(w, r)
	if len(s.decisions) != 1 {
		t.Fatalf("%s: %d decisions", describe, len(s.decisions))
	}
	if len(matched) == 1 && !foreign {
		met = s.meets(matched[0], r)
	}
	switch {
	case met != (len(s.ran) == 1), met && s.ran[0] != matched[0]:
		t.Fatalf("%s: ran %q, Echo %q, met %t", describe, s.ran, matched, met)
	case w.Code >= 500:
		t.Fatalf("%s: status %d", describe, w.Code)
	case s.caller == nil && !met && (w.Code != 401 || w.Header().Get("Allow") != ""):
		t.Fatalf("%s: status %d, header %v", describe, w.Code, w.Header())
	case foreign && w.Code != 401 && w.Code != 403:
		t.Fatalf("%s: status %d from a route without a rule", describe, w.Code)
	case (s.decisions[0].Result == authz.Granted) != met:
		t.Fatalf("%s: decided %s, met %t", describe, s.decisions[0].Result, met)
	}
	switch {
	case met && s.rules[matched[0]] == authz.Public():
		counts["public"]++
	case met:
		counts["ran"]++
	case foreign:
		counts["foreign"]++
	default:
		counts[fmt.Sprint(w.Code)]++
	}
}

// meets asks the requirement with the parameters that Echo finds.
func (s *randomSite) meets(route string, r *http.Request) bool {
	req := s.rules[route]
	if req == authz.Public() {
		return true
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(route[strings.Index(route, " "):], " "), "/")
	router := s.plain.Router()
	if host != "" {
		router = s.plain.Routers()[host]
	}
	c := s.plain.NewContext(r, nil)
	router.Find(r.Method, echo.GetPath(r), c)
	asked := r.Clone(r.Context())
	for _, name := range c.ParamNames() {
		asked.SetPathValue(name, c.Param(name))
	}
	return s.caller != nil && req.Check(asked, s.caller) == nil
}
