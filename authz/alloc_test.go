package authz_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

type granted struct {
	name  string
	guard *authz.Guard
	req   authz.Requirement
	want  float64 // allocations: 2 for the request that carries the caller
}

func grantedDecisions(tb testing.TB) []granted {
	alice := always(caller(tb, "a b c"))
	told := 0
	count := func(*http.Request, authz.Decision) { told++ }
	fn := authz.Func("f", func(*http.Request, *claims.Identity) error { return nil })
	return []granted{
		{"public, nobody", &authz.Guard{Identifier: always(nil)}, authz.Public(), 2},
		{"public, known", &authz.Guard{Identifier: alice}, authz.Public(), 2},
		{"authenticated", &authz.Guard{Identifier: alice}, authz.Authenticated(), 2},
		{"scope", &authz.Guard{Identifier: alice}, authz.Scope("c"), 2},
		{"scope, from the context", &authz.Guard{}, authz.Scope("c"), 0},
		{"last of any", &authz.Guard{Identifier: alice}, authz.AnyScope("x", "y", "c"), 2},
		{"all, nested", &authz.Guard{Identifier: alice}, authz.All(authz.Scope("a"), authz.Any(authz.Scope("x"), fn)), 2},
		{"every, source, token use", &authz.Guard{Identifier: alice, Every: authz.TokenUse("access")}, authz.Source(claims.JWT), 2},
		{"scope, OnDecision", &authz.Guard{Identifier: alice, OnDecision: count}, authz.Scope("c"), 2},
	}
}

func grantedRequest(tb testing.TB) *http.Request {
	r := request("GET", "/", "Bearer abc.def.ghi")
	return r.WithContext(claims.NewContext(r.Context(), caller(tb, "a b c")))
}

func TestGrantedDecisionAllocatesOnlyTheRequestServed(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	r := grantedRequest(t)
	for _, test := range grantedDecisions(t) {
		t.Run(test.name, func(t *testing.T) {
			got := testing.AllocsPerRun(100, func() {
				if _, err := test.guard.Check(r, test.req); err != nil {
					t.Fatal(err)
				}
			})
			if got != test.want {
				t.Errorf("%v allocations, want %v", got, test.want)
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	r := grantedRequest(b)
	for _, bench := range grantedDecisions(b) {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bench.guard.Check(r, bench.req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMux(b *testing.B) {
	mux := site(always(caller(b, "read")))
	r := request("GET", "/notes/1", "Bearer abc.def.ghi")
	b.ReportAllocs()
	for b.Loop() {
		mux.ServeHTTP(httptest.NewRecorder(), r)
	}
}
