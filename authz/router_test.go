package authz_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
)

func TestUnknownRouteIsForKnownCallers(t *testing.T) {
	for who, want := range map[string]struct {
		status  int // 0: may know
		outcome authz.Result
	}{
		"nobody": {401, authz.Refused},
		"user":   {0, authz.NoRoute},
	} {
		t.Run(who, func(t *testing.T) {
			var got []authz.Decision
			g := &authz.Guard{
				Identifier: always(nil),
				OnDecision: func(_ *http.Request, d authz.Decision) { got = append(got, d) },
			}
			if who == "user" {
				g.Identifier = always(caller(t, "read"))
			}
			r := request("GET", "/nowhere")
			r.Pattern = "GET /of/an/outer/router"
			_, err := g.Check(r, authz.UnknownRoute())
			var refusal *authz.Error
			if errors.As(err, &refusal) != (want.status != 0) || refusal != nil && refusal.Status != want.status {
				t.Errorf("got %v, want status %d", err, want.status)
			}
			if len(got) != 1 || got[0].Result != want.outcome || got[0].Route != "" {
				t.Errorf("decisions %+v, want one with outcome %q and no route", got, want.outcome)
			}
		})
	}
}

// An answer that somebody else writes must carry what Allow's would.
func TestChallenge(t *testing.T) {
	g := &authz.Guard{Realm: "notes"}
	tests := []struct {
		name string
		err  authz.Error
		want http.Header
	}{
		{"no token", authz.Error{Status: 401}, http.Header{
			"Cache-Control":    {"no-store"},
			"Www-Authenticate": {`Bearer realm="notes"`},
		}},
		{"too few scopes", authz.Error{Status: 403, Code: "insufficient_scope", Scopes: []string{"write"}}, http.Header{
			"Cache-Control":    {"no-store"},
			"Www-Authenticate": {`Bearer realm="notes", error="insufficient_scope", scope="write"`},
		}},
		{"no keys", authz.Error{Status: 503, RetryAfter: 3 * time.Second}, http.Header{
			"Cache-Control": {"no-store"},
			"Retry-After":   {"3"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := http.Header{"Cache-Control": {"public"}}
			g.Challenge(got, &test.err)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
