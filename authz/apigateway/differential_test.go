package apigateway_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

// full reports whether the long tables run: GATEHOUSE_FULL=1.
func full() bool { return os.Getenv("GATEHOUSE_FULL") != "" }

func many(small, all int) int {
	if full() {
		return all
	}
	return small
}

// identifier knows the callers of one issuer.
func identifier() authz.Identifier {
	return claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})
}

var literals = []string{"a", "b", "ab", "a1", "users", "user", "me", "~me", "x.y", "v-1"}

// randomPattern returns a pattern of net/http.
func randomPattern(rnd *rand.Rand) string {
	var b strings.Builder
	for i := range rnd.IntN(4) {
		if rnd.IntN(3) == 0 {
			fmt.Fprintf(&b, "/{p%d}", i)
		} else {
			b.WriteString("/" + literals[rnd.IntN(len(literals))])
		}
	}
	switch end := rnd.IntN(8); {
	case end == 0:
		b.WriteString("/")
	case end == 1:
		b.WriteString("/{$}")
	case end == 2:
		b.WriteString("/{rest...}")
	case b.Len() == 0:
		b.WriteString("/{$}")
	}
	method := []string{"", "GET ", "GET ", "POST ", "PUT ", "DELETE ", "HEAD ", "OPTIONS ", "PROPFIND "}[rnd.IntN(9)]
	host := []string{"", "", "", "", "", "", "", "one.example"}[rnd.IntN(8)]
	return method + host + b.String()
}

func randomRequirement(rnd *rand.Rand) authz.Requirement {
	scope := func() string { return string(rune('a' + rnd.IntN(6))) }
	switch rnd.IntN(8) {
	case 0, 1:
		return authz.Public()
	case 2:
		return authz.Authenticated()
	case 3:
		return authz.AllScopes(scope(), scope())
	case 4:
		return authz.AnyScope(scope(), scope())
	case 5:
		return authz.All(authz.Groups("staff"), authz.Scope(scope()))
	case 6:
		return authz.Any(authz.Groups("staff"), authz.Scope(scope()))
	}
	return authz.Scope(scope())
}

// randomMux returns a Mux with some rules; those that conflict are left out.
func randomMux(rnd *rand.Rand) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: identifier()})
	for range 2 + rnd.IntN(14) {
		register(mux, randomPattern(rnd), randomRequirement(rnd))
	}
	if len(mux.Policy().Rules) == 0 {
		register(mux, "GET /a", authz.Public())
	}
	return mux
}

func register(mux *authz.Mux, pattern string, req authz.Requirement) {
	defer func() { _ = recover() }() // ServeMux says no to conflicts
	mux.HandleFunc(pattern, req, func(http.ResponseWriter, *http.Request) {})
}

// randomRequest is a request for something like what some pattern takes.
func randomRequest(rnd *rand.Rand, policy authz.Policy) *http.Request {
	pattern := policy.Rules[rnd.IntN(len(policy.Rules))].Pattern
	host, path := "api.example", pattern
	if i := strings.IndexByte(pattern, '/'); i > 0 {
		host, path = pattern[:i], pattern[i:]
	}
	segments := strings.Split(path[1:], "/")
	for i, s := range segments {
		if strings.ContainsAny(s, "{:*") || rnd.IntN(6) == 0 {
			segments[i] = append(slices.Clone(literals), "z9", "7", "a_b", "abc")[rnd.IntN(len(literals)+4)]
		}
	}
	for rnd.IntN(5) == 0 {
		segments = append(segments, literals[rnd.IntN(len(literals))])
	}
	if len(segments) > 1 && rnd.IntN(8) == 0 {
		segments = segments[:len(segments)-1]
	}
	path = "/" + strings.Join(slices.DeleteFunc(segments, func(s string) bool { return s == "" }), "/")
	if rnd.IntN(4) == 0 && path != "/" {
		path += "/"
	}
	method := []string{"GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"}[rnd.IntN(9)]
	return &http.Request{Method: method, Host: host, URL: &url.URL{Path: path}, RequestURI: path, Header: http.Header{}}
}

// A model of API Gateway that shares nothing with the package: routes as regular
// expressions, and the questions that AWS leaves open as flags.
type model struct {
	routes      []modelRoute
	methodFirst bool
	slash       string // counts, more, ignored, literal
}

type modelRoute struct {
	apigateway.Route
	method  string
	path    *regexp.Regexp
	weights string // one letter for each segment; the smaller text is preferred
}

func newModel(routes []apigateway.Route, methodFirst bool, slash string) model {
	m := model{methodFirst: methodFirst, slash: slash}
	for _, r := range routes {
		method, path, _ := strings.Cut(r.Key, " ")
		re, weights := "^", "0"
		for s := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
			switch {
			case s == "":
			case strings.HasSuffix(s, "+}") && slash == "counts":
				re, weights = re+"/.*", "1"+weights[1:]+"c"
			case strings.HasSuffix(s, "+}"):
				re, weights = re+"/.+", "1"+weights[1:]+"c"
			case strings.HasSuffix(s, "}"):
				re, weights = re+"/[^/]+", weights+"b"
			default:
				re, weights = re+"/"+regexp.QuoteMeta(s), weights+"a"
			}
		}
		if path == "/" {
			re = "^/"
		}
		if slash == "literal" && strings.HasSuffix(weights, "a") {
			re += "/?"
		}
		m.routes = append(m.routes, modelRoute{r, method, regexp.MustCompile(re + "$"), weights})
	}
	return m
}

// find returns the route for a request, nil for none.
func (m model) find(method, path string) *modelRoute {
	if m.slash == "ignored" && path != "/" {
		path = strings.TrimSuffix(path, "/")
	}
	var best *modelRoute
	for i, r := range m.routes {
		if r.method != method && r.method != "ANY" || path == "/" && r.path.String() != "^/$" || !r.path.MatchString(path) {
			continue
		}
		if best == nil || m.rank(r, method) < m.rank(*best, method) {
			best = &m.routes[i]
		}
	}
	return best
}

func (m model) rank(r modelRoute, method string) string {
	exact := "1"
	if r.method == method {
		exact = "0"
	}
	if m.methodFirst {
		return exact + r.weights
	}
	return r.weights + exact
}

// outcome says what is wrong with a route for a rule, "" for nothing.
func outcome(rule authz.Rule, matched bool, r *modelRoute) string {
	switch {
	case !matched:
		return ""
	case r == nil:
		return "refused: no route"
	case rule.Gate.Public && r.Auth != apigateway.None:
		return "refused: a token is asked for"
	case !rule.Gate.Public && r.Auth == apigateway.None:
		return "open"
	case len(r.Scopes) > 0 && len(rule.Gate.Scopes) == 0 && !rule.Gate.Public:
		return "refused: scopes are asked for"
	}
	for _, s := range rule.Gate.Scopes {
		if len(r.Scopes) > 0 && !slices.Contains(r.Scopes, s) {
			return "refused: other scopes are asked for"
		}
	}
	return ""
}

// However AWS reads what it leaves open: no request that the code grants is refused
// by the planned routes, and none that the code protects is open, unless a Problem
// said so about the rule.
func TestPlanAgainstRandomPolicies(t *testing.T) {
	policies, requests := many(40, 400), many(120, 400)
	var asked, silent, announced, rules, routes int
	for seed := range policies {
		rnd := rand.New(rand.NewPCG(uint64(seed), 1))
		mux := randomMux(rnd)
		opts := &apigateway.Options{}
		switch seed % 3 {
		case 1:
			opts.CORS = &cors.Config{AllowOrigins: []string{"https://app.example"}}
		case 2:
			opts.CORS = &cors.Config{AllowOrigins: []string{"https://app.example"}, Owner: cors.OwnerGateway}
		}
		plan, err := apigateway.New(mux, opts)
		if err != nil {
			t.Fatalf("seed %d: %v\n%v", seed, err, mux.Policy())
		}
		rules, routes = rules+len(mux.Policy().Rules), routes+len(plan.Routes)
		var models []model
		for _, slash := range []string{"counts", "more", "ignored", "literal"} {
			models = append(models, newModel(plan.Routes, false, slash), newModel(plan.Routes, true, slash))
		}
		for range requests {
			r := randomRequest(rnd, mux.Policy())
			rule, _, matched := mux.Find(r)
			if r.Method == "OPTIONS" && opts.CORS != nil && (opts.CORS.Owner == cors.OwnerGateway || !rule.Gate.Public) {
				continue // CORS's own affair
			}
			if r.Method == "PROPFIND" && rule.Method == "" && seed%3 == 2 {
				continue // no ANY routes, as a note says
			}
			for _, m := range models {
				asked++
				wrong := outcome(rule, matched, m.find(r.Method, r.URL.Path))
				switch {
				case wrong == "":
				case said(plan, rule):
					announced++
				default:
					silent++
					t.Errorf("seed %d: %s %s%s (rule %q, method first %v, slash %s): %s, and no Problem says so\n%v\n%v",
						seed, r.Method, r.Host, r.URL.Path, rule.Method+" "+rule.Pattern, m.methodFirst, m.slash, wrong, mux.Policy(), plan)
				}
			}
			if silent > 3 {
				t.FailNow()
			}
		}
	}
	t.Logf("%d policies, %d rules, %d routes; %d comparisons, %d disagreements announced, %d silent", policies, rules, routes, asked, announced, silent)
}

// said reports whether the plan has a Problem about a rule.
func said(plan *apigateway.Plan, rule authz.Rule) bool {
	return slices.ContainsFunc(plan.Problems, func(p apigateway.Problem) bool {
		return p.Rule == strings.TrimSpace(rule.Method+" "+rule.Pattern)
	})
}
