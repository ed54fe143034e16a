package authz_test

import (
	"flag"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

var update = flag.Bool("update", false, "write testdata/policy.golden")

func policyMux(reversed bool) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{
		Identifier: always(nil),
		Every:      authz.TokenUse("access"),
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
	trust := claims.Trust{Sources: []claims.Source{claims.Verified}, Issuers: []string{"https://issuer.example"}}
	nobody := func(*http.Request) (*claims.Identity, error) { return nil, nil }
	tests := []struct {
		identifier authz.Identifier
		want       string
		trust      claims.Trust
	}{
		{nil, "none; claims.FromContext: nobody unless something outside the Guard put a caller there", claims.Trust{}},
		{authz.IdentifierFunc("ours", claims.Trust{}, nobody), "ours", claims.Trust{}},
		{authz.IdentifierFunc("ours", trust, nobody), "ours; verified token; issuer https://issuer.example", trust},
		{claims.MustNew(claims.Config{Sources: []claims.Source{claims.JWT}, Issuers: trust.Issuers}),
			"JWT authorizer; issuer https://issuer.example", claims.Trust{Sources: []claims.Source{claims.JWT}, Issuers: trust.Issuers}},
	}
	for _, test := range tests {
		policy := authz.NewMux(&authz.Guard{Identifier: test.identifier}).Policy()
		if policy.Identity != test.want || !strings.HasPrefix(policy.String(), "identity: "+test.want+"\n") {
			t.Errorf("identity %q, want %q; policy\n%s", policy.Identity, test.want, policy)
		}
		if diff := cmp.Diff(test.trust, policy.Trust); diff != "" {
			t.Errorf("%s: trust (-want +got):\n%s", test.want, diff)
		}
	}
}

func TestPolicyIsACopy(t *testing.T) {
	mux := policyMux(false)
	mux.Policy().Rules[0].Requirement = "public"
	if diff := cmp.Diff(policyMux(false).Policy(), mux.Policy()); diff != "" {
		t.Error(diff)
	}
}
