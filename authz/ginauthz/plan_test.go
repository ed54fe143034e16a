package ginauthz_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

var planLiterals = []string{"a", "b", "ab", "a1", "users", "user", "me", "~me", "x.y", "v-1"}

// randomPath returns a pattern of gin's.
func randomPath(rnd *rand.Rand) string {
	var b strings.Builder
	for i := range rnd.IntN(4) {
		switch rnd.IntN(12) {
		case 0, 1, 2:
			fmt.Fprintf(&b, "/:p%d", i)
		case 3:
			fmt.Fprintf(&b, "/v:p%d", i)
		default:
			b.WriteString("/" + planLiterals[rnd.IntN(len(planLiterals))])
		}
	}
	switch rnd.IntN(10) {
	case 0:
		b.WriteString("/")
	case 1, 2:
		b.WriteString("/*rest")
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

func randomRequirement(rnd *rand.Rand) authz.Requirement {
	scope := func() string { return string(rune('a' + rnd.IntN(6))) }
	switch rnd.IntN(7) {
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
	}
	return authz.Scope(scope())
}

func randomRoutes(rnd *rand.Rand) *ginauthz.Routes {
	identifier := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})
	r := ginauthz.New(gin.New(), &authz.Guard{Identifier: identifier}, nil)
	methods := []string{"GET", "GET", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"}
	for range 2 + rnd.IntN(14) {
		addRandom(r, methods[rnd.IntN(len(methods))], randomPath(rnd), randomRequirement(rnd))
	}
	if len(r.Policy().Rules) == 0 {
		addRandom(r, "GET", "/a", authz.Public())
	}
	return r
}

func addRandom(r *ginauthz.Routes, method, path string, req authz.Requirement) {
	defer func() { _ = recover() }() // two routes in one place are refused
	r.Handle(method, path, req, named)
}

// randomPlanRequest is a request for something like what some route takes.
func randomPlanRequest(rnd *rand.Rand, policy authz.Policy) *http.Request {
	path := policy.Rules[rnd.IntN(len(policy.Rules))].Pattern
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, s := range segments {
		if strings.ContainsAny(s, ":*") || rnd.IntN(6) == 0 {
			segments[i] = append(slices.Clone(planLiterals), "z9", "7", "v7", "abc", "v")[rnd.IntN(len(planLiterals)+5)]
		}
	}
	for rnd.IntN(4) == 0 {
		segments = append(segments, planLiterals[rnd.IntN(len(planLiterals))])
	}
	path = "/" + strings.Join(slices.DeleteFunc(segments, func(s string) bool { return s == "" }), "/")
	if rnd.IntN(4) == 0 && path != "/" {
		path += "/"
	}
	method := []string{"GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"}[rnd.IntN(9)]
	return &http.Request{Method: method, Host: "api.example", URL: &url.URL{Path: path}}
}

// However AWS reads what it leaves open, the routes planned for gin's refuse no
// request that the code grants and leave none open that it protects, unless a
// Problem said so about the rule. GATEHOUSE_FULL=1 runs the long table.
func TestPlanAgainstRandomRoutes(t *testing.T) {
	policies, requests := 30, 100
	if os.Getenv("GATEHOUSE_FULL") != "" {
		policies, requests = 400, 400
	}
	var rules, routes, asked, problems, announced, silent int
	for seed := range policies {
		rnd := rand.New(rand.NewPCG(uint64(seed), 2))
		r := randomRoutes(rnd)
		opts := &apigateway.Options{}
		switch seed % 3 {
		case 1:
			opts.CORS = &cors.Config{AllowOrigins: []string{"https://app.example"}}
		case 2:
			opts.CORS = &cors.Config{AllowOrigins: []string{"https://app.example"}, Owner: cors.OwnerGateway}
		}
		plan, err := apigateway.New(r, opts)
		if err != nil {
			t.Fatalf("seed %d: %v\n%v", seed, err, r.Policy())
		}
		rules, routes, problems = rules+len(r.Policy().Rules), routes+len(plan.Routes), problems+len(plan.Problems)
		var batch []*http.Request
		for range requests {
			batch = append(batch, randomPlanRequest(rnd, r.Policy()))
		}
		asked += len(batch)
		wrong, err := plan.Verify(r, batch...)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wrong {
			if slices.ContainsFunc(plan.Problems, func(p apigateway.Problem) bool { return p.Rule == w.Rule }) {
				announced++
				continue
			}
			if silent++; silent < 4 {
				t.Errorf("seed %d: %v, and no Problem says so\n%v\n%v", seed, w, r.Policy(), plan)
			}
		}
	}
	t.Logf("%d policies, %d rules, %d routes, %d problems; %d requests under every reading: %d rules with disagreements that were announced, %d silent",
		policies, rules, routes, problems, asked, announced, silent)
}
