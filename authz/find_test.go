package authz_test

import (
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
)

func TestFindNamesTheRuleThatDecides(t *testing.T) {
	mux := site(always(nil))
	tests := []struct {
		method, target string
		want           string // method, pattern and requirement; empty: no match
	}{
		{"GET", "/admin", "GET /admin scope admin"},
		{"HEAD", "/admin", "GET /admin scope admin"},
		{"POST", "/admin", ""},
		{"GET", "/admin/tree/x/y", " /admin/tree/ scope admin"},
		{"GET", "/admin/tree", ""}, // ServeMux redirects
		{"GET", "/public/a", "GET /public/{rest...} public"},
		{"GET", "//admin", ""},
		{"GET", "http://host.example/only", "GET host.example/only scope admin"},
		{"GET", "http://other.example/only", "GET /only scope read"},
		{"GET", "/nowhere", ""},
		{"OPTIONS", "*", ""},
	}
	for _, test := range tests {
		rule, req, ok := mux.Find(request(test.method, test.target))
		got := ""
		if ok {
			got = rule.Method + " " + rule.Pattern + " " + req.String()
		}
		if got != test.want || ok && rule.Requirement != req.String() {
			t.Errorf("%s %s: got %q, want %q", test.method, test.target, got, test.want)
		}
	}
	if panics(func() { mux.Handle("GET /later", authz.Authenticated(), named("later")) }) != nil {
		t.Error("Find ended registration")
	}
}

func TestFindDoesNotTouchTheRequest(t *testing.T) {
	mux := site(always(nil))
	r := request("GET", "/notes/1")
	r.Pattern = "/outer/"
	mux.Find(r)
	if r.Pattern != "/outer/" || r.PathValue("id") != "" {
		t.Errorf("pattern %q, id %q", r.Pattern, r.PathValue("id"))
	}
}

// A generated server registers its routes itself, as oapi-codegen's does.
func TestMuxWithRequirementsByPattern(t *testing.T) {
	mux := authz.NewMux(&authz.Guard{Identifier: always(caller(t, "read"))})
	var generated interface {
		HandleFunc(string, func(http.ResponseWriter, *http.Request))
		http.Handler
	} = mux.With(map[string]authz.Requirement{
		"GET /notes":  authz.Scope("read"),
		"POST /notes": authz.Scope("write"),
	})
	generated.HandleFunc("GET /notes", named("list").ServeHTTP)
	generated.HandleFunc("POST /notes", named("create").ServeHTTP)
	for method, want := range map[string]int{"GET": 200, "POST": 403} {
		if res := serve(generated, request(method, "/notes")); res.StatusCode != want {
			t.Errorf("%s: status %d, want %d", method, res.StatusCode, want)
		}
	}
	if got := len(mux.Policy().Rules); got != 2 {
		t.Errorf("%d rules in the policy, want 2", got)
	}
}

func TestMuxGuard(t *testing.T) {
	g := &authz.Guard{Realm: "notes"}
	if got := authz.NewMux(g).Guard(); got != g {
		t.Errorf("%p, want the Guard that NewMux was given, %p", got, g)
	}
	if authz.NewMux(nil).Guard() == nil {
		t.Error("a nil Guard, want the zero Guard")
	}
}
