package authz_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func TestReportUntilLetsOnlyKnownCallersPass(t *testing.T) {
	answering := func(status int) authz.Requirement {
		return authz.Func("f", func(*http.Request, *claims.Identity) error { return &authz.Error{Status: status} })
	}
	alice := caller(t, "a")
	tests := []struct {
		name string
		id   *claims.Identity
		err  error
		req  authz.Requirement
		want bool // let through, and recorded as not enforced
	}{
		{"a known caller without the scope", alice, nil, authz.Scope("b"), true},
		{"a known caller without the group", alice, nil, authz.Groups("g"), true},
		{"nobody", nil, nil, authz.Scope("b"), false},
		{"an expired caller", identity(t, map[string]any{"exp": 1}), nil, authz.Scope("b"), false},
		{"Identify says 403", nil, &authz.Error{Status: 403}, authz.Scope("b"), false},
		{"keys are unavailable", nil, &authz.Error{Status: 503}, authz.Scope("b"), false},
		{"no rule", alice, nil, nil, false},
		{"a requirement says 401", alice, nil, answering(401), false},
		{"a requirement says 404", alice, nil, answering(404), false},
		{"a requirement says 500", alice, nil, answering(500), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var d authz.Decision
			g := &authz.Guard{
				Identifier:  by(func(*http.Request) (*claims.Identity, error) { return test.id, test.err }),
				ReportUntil: time.Now().Add(time.Hour),
				OnDecision:  func(_ *http.Request, told authz.Decision) { d = told },
			}
			r, err := g.Check(request("GET", "/"), test.req)
			if passed := err == nil; passed != test.want {
				t.Errorf("got %v; let through: want %t", err, test.want)
			}
			if err == nil {
				if id, _ := claims.FromContext(r.Context()); id != test.id {
					t.Errorf("the request carries %v, want the caller", id)
				}
			}
			if d.Result != authz.Refused || d.Enforced == test.want || d.Err == nil {
				t.Errorf("decision = %+v; want a refusal, enforced: %t", d, !test.want)
			}
		})
	}
}

func TestReportUntilEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &authz.Guard{
			Identifier:  always(caller(t, "a")),
			ReportUntil: time.Now().Add(time.Minute),
			OnDecision:  func(*http.Request, authz.Decision) {},
		}
		if _, err := g.Check(request("GET", "/"), authz.Scope("b")); err != nil {
			t.Errorf("a minute before: %v", err)
		}
		time.Sleep(time.Minute)
		if _, err := g.Check(request("GET", "/"), authz.Scope("b")); err == nil {
			t.Error("at that time: let through")
		}
	})
}

func TestReportUntilNeedsAReader(t *testing.T) {
	g := &authz.Guard{Identifier: always(caller(t, "a")), ReportUntil: time.Now().Add(time.Hour)}
	if panics(func() { authz.NewMux(g) }) == nil || panics(func() { g.Require(authz.Scope("b")) }) == nil {
		t.Error("no panic")
	}
	if _, err := g.Check(request("GET", "/"), authz.Scope("b")); err == nil {
		t.Error("let through with nobody to tell")
	}
}

func TestReportUntilIsInThePolicy(t *testing.T) {
	g := &authz.Guard{
		ReportUntil: time.Date(2030, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)),
		OnDecision:  func(*http.Request, authz.Decision) {},
	}
	const want = "only recorded until 2030-01-02T02:04:05Z"
	if got := authz.NewMux(g).Policy().String(); !strings.Contains(got, want) {
		t.Errorf("policy %q does not say %q", got, want)
	}
}

func TestSubjectHash(t *testing.T) {
	alice, key := caller(t, "a"), []byte("secret")
	decide := func(id *claims.Identity) (d authz.Decision) {
		g := &authz.Guard{Identifier: always(id), OnDecision: func(_ *http.Request, told authz.Decision) { d = told }}
		g.Check(request("GET", "/"), authz.Public())
		return d
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(alice.Key()))
	if got, want := decide(alice).SubjectHash(key), hex.EncodeToString(mac.Sum(nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if decide(alice).SubjectHash(key) == decide(alice).SubjectHash([]byte("other")) {
		t.Error("the key makes no difference")
	}
	if got := decide(nil).SubjectHash(key) + decide(alice).SubjectHash(nil); got != "" {
		t.Errorf("nobody, and no key: got %q, want nothing", got)
	}
}

func TestReportedCallerReachesTheHandler(t *testing.T) {
	alice := caller(t, "a")
	h := &spy{}
	g := &authz.Guard{
		Identifier:  always(alice),
		ReportUntil: time.Now().Add(time.Hour),
		OnDecision: func(_ *http.Request, d authz.Decision) {
			var refusal *authz.Error
			if !errors.As(d.Err, &refusal) || refusal.Status != 403 {
				t.Errorf("Err = %v, want the 403 that would have been", d.Err)
			}
		},
	}
	if serve(g.Require(authz.Scope("b"))(h), request("GET", "/")); !h.ran || h.caller != alice {
		t.Errorf("handler ran: %t for %v", h.ran, h.caller)
	}
}
