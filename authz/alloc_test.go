package authz_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

type granted struct {
	name  string
	guard *authz.Guard
	req   authz.Requirement
}

// grantedDecisions are decisions by built-in requirements, about alice or about
// nobody.
func grantedDecisions(alice *claims.Identity) []granted {
	who := always(alice)
	told := 0
	count := func(*http.Request, authz.Decision) { told++ }
	return []granted{
		{"public, known", &authz.Guard{Identifier: who}, authz.Public()},
		{"authenticated", &authz.Guard{Identifier: who}, authz.Authenticated()},
		{"scope", &authz.Guard{Identifier: who}, authz.Scope("c")},
		{"last of any", &authz.Guard{Identifier: who}, authz.AnyScope("x", "y", "c")},
		{"all, nested", &authz.Guard{Identifier: who}, authz.All(authz.Scope("a"), authz.Any(authz.Scope("x"), authz.Authenticated()))},
		{"every, source, access token", &authz.Guard{Identifier: who, Every: authz.AccessToken()}, authz.Source(claims.JWT)},
		{"scope, OnDecision", &authz.Guard{Identifier: who, OnDecision: count}, authz.Scope("c")},
		{"a report date", &authz.Guard{Identifier: who, OnDecision: count, ReportUntil: time.Now().Add(time.Hour)}, authz.AllScopes("a", "c")},
	}
}

// The request that carries the caller to the handler costs two allocations; the
// decision itself none, as shows where the context carries the caller already.
func TestGrantedDecisionAllocatesOnlyTheRequestServed(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	alice := caller(t, "a b c")
	r := request("GET", "/", "Bearer abc.def.ghi")
	carrying := r.WithContext(claims.NewContext(r.Context(), alice))
	allocations := func(t *testing.T, r *http.Request, test granted) float64 {
		return testing.AllocsPerRun(100, func() {
			if _, err := test.guard.Check(r, test.req); err != nil {
				t.Fatal(err)
			}
		})
	}
	for _, test := range grantedDecisions(alice) {
		t.Run(test.name, func(t *testing.T) {
			if got := allocations(t, carrying, test); got != 0 {
				t.Errorf("the decision: %v allocations, want 0", got)
			}
			if got := allocations(t, r, test); got != 2 {
				t.Errorf("with the request served: %v allocations, want 2", got)
			}
		})
	}
	nobody := granted{"public, nobody", &authz.Guard{Identifier: always(nil)}, authz.Public()}
	if got := allocations(t, r, nobody); got != 0 {
		t.Errorf("%s: %v allocations, want 0", nobody.name, got)
	}
}

func BenchmarkCheck(b *testing.B) {
	alice := caller(b, "a b c")
	r := request("GET", "/", "Bearer abc.def.ghi")
	for _, bench := range grantedDecisions(alice) {
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

// A writer that costs nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) WriteHeader(int)             {}
func (d discard) Write(p []byte) (int, error) { return len(p), nil }

// A Mux costs what ServeMux does and the request that carries the caller.
func TestMuxAllocatesWhatServeMuxDoes(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	mux, plain := authz.NewMux(&authz.Guard{Identifier: always(caller(t, "read"))}), http.NewServeMux()
	for _, pattern := range []string{"GET /notes", "GET /notes/{id}", "GET /files/{path...}"} {
		mux.Handle(pattern, authz.Scope("read"), h)
		plain.Handle(pattern, h)
	}
	for _, path := range []string{"/notes", "/notes/1", "/files/a/b/c"} {
		r, w := request("GET", path, "Bearer a"), discard{http.Header{}}
		got := testing.AllocsPerRun(100, func() { mux.ServeHTTP(w, r) })
		want := testing.AllocsPerRun(100, func() { plain.ServeHTTP(w, r) }) + 2
		if got > want {
			t.Errorf("%s: %v allocations, want %v", path, got, want)
		}
	}
}

func BenchmarkMux(b *testing.B) {
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	mux := authz.NewMux(&authz.Guard{Identifier: always(caller(b, "read"))})
	for _, pattern := range []string{"GET /hello", "GET /profile", "POST /notes", "GET /notes", "GET /notes/{id}"} {
		mux.Handle(pattern, authz.Scope("read"), h)
	}
	for _, path := range []string{"/notes", "/notes/1"} {
		b.Run(path, func(b *testing.B) {
			r, w := request("GET", path, "Bearer a"), discard{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				mux.ServeHTTP(w, r)
			}
		})
	}
}
