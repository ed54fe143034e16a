package authz_test

import (
	"flag"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

var update = flag.Bool("update", false, "write testdata/policy.golden")

func policyMux(reversed bool) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{
		Identify: always(nil),
		Every:    authz.TokenUse("access"),
	})
	owner := authz.Func("owns the note", func(*http.Request, *claims.Identity) error { return nil })
	routes := []struct {
		pattern string
		req     authz.Requirement
	}{
		{"GET /hello", authz.Public()},
		{"POST /notes", authz.Scope("notes/write")},
		{"GET  /notes", authz.AnyScope("notes/read", "notes/write")},
		{"DELETE /notes/{id}", authz.All(authz.Scope("notes/write"), authz.Any(owner, authz.Groups("admin")))},
		{"GET\tadmin.example.com/notes", authz.Groups("admin", "support")},
		{"/metrics", authz.Source(claims.SigV4)},
	}
	if reversed {
		slices.Reverse(routes)
	}
	for _, route := range routes {
		mux.Handle(route.pattern, route.req, http.NotFoundHandler())
	}
	return mux
}

func TestPolicyIsReadable(t *testing.T) {
	const golden = "testdata/policy.golden"
	got := policyMux(false).Policy().String()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("policy (-want +got), -update accepts it:\n%s", diff)
	}
}

func TestPolicyDoesNotDependOnTheOrderOfRegistration(t *testing.T) {
	if diff := cmp.Diff(policyMux(false).Policy(), policyMux(true).Policy()); diff != "" {
		t.Error(diff)
	}
}

func TestPolicySaysWhoIdentifies(t *testing.T) {
	if got, want := authz.NewMux(nil).Policy().Identity, "claims.FromContext"; got != want {
		t.Errorf("without Identify: %q, want %q", got, want)
	}
	if got, want := policyMux(false).Policy().Identity, "Guard.Identify"; got != want {
		t.Errorf("with Identify: %q, want %q", got, want)
	}
}

func TestPolicyIsACopy(t *testing.T) {
	mux := policyMux(false)
	mux.Policy().Rules[0].Requirement = "public"
	if diff := cmp.Diff(policyMux(false).Policy(), mux.Policy()); diff != "" {
		t.Error(diff)
	}
}
