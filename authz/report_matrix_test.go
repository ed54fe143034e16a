package authz_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Kinds of requirements, as a report-only Guard treats them: of what is missing
// only misses pass.
type kind struct {
	name   string
	req    authz.Requirement
	missed bool // by a caller without anything; else refused
}

func kinds() []kind {
	fn := func(name string, err error) authz.Requirement {
		return authz.Func(name, func(*http.Request, *claims.Identity) error { return err })
	}
	return []kind{
		{"Scope", authz.Scope("write"), true},
		{"Groups", authz.Groups("admin"), true},
		{"Claim", authz.Claim("tenant", "acme"), true},
		{"ClaimPath", authz.ClaimPath([]string{"realm", "roles"}, "admin"), true},
		{"TokenUse", authz.TokenUse("access"), true},
		{"AccessToken", authz.AccessToken(), true},
		{"AllScopes", authz.AllScopes("write", "more"), true},
		{"AnyScope", authz.AnyScope("write", "more"), true},
		{"Source", authz.Source(claims.SigV4), false},
		{"Func", authz.Func("owner", func(_ *http.Request, id *claims.Identity) error {
			if id.Subject == "ada" {
				return nil
			}
			return errors.New("not the owner")
		}), false},
		{"a Func that agrees", fn("agrees", nil), false},
		{"a Func that fails", fn("database", errors.New("database is down")), false},
		{"a Func that says 404", fn("hides", &authz.Error{Status: 404}), false},
		{"somebody's own", foreign{authz.Scope("write")}, false},
		{"Authenticated", authz.Authenticated(), false},
	}
}

// foreign asks a built-in requirement, but is none itself.
type foreign struct{ authz.Requirement }

// Every pair of requirements, combined in each way, for each caller: a request
// that passes while refusals are only reported would be granted, or lacks
// nothing but what plain misses say. A Func's no always wins.
func TestReportOnlyAsksEveryPart(t *testing.T) {
	callers := map[string]*claims.Identity{
		"everything": identityFrom(t, claims.Verified, map[string]any{"sub": "ada", "scope": "write more", "cognito:groups": []string{"admin"}, "tenant": "acme",
			"realm": map[string]any{"roles": []any{"admin"}}}),
		"nothing":                  identityFrom(t, claims.Verified, map[string]any{"sub": "bob", "token_use": "id"}),
		"the scope":                identityFrom(t, claims.Verified, map[string]any{"sub": "bob", "scope": "write", "token_use": "id"}),
		"somebody's note, no more": identityFrom(t, claims.Verified, map[string]any{"sub": "ada", "token_use": "id"}),
	}
	none := func(*http.Request, authz.Decision) {}
	tried := 0
	for who, id := range callers {
		for _, a := range kinds() {
			for _, b := range kinds() {
				for how, make := range map[string]func() (g authz.Guard, req authz.Requirement){
					"All":            func() (authz.Guard, authz.Requirement) { return authz.Guard{}, authz.All(a.req, b.req) },
					"Any":            func() (authz.Guard, authz.Requirement) { return authz.Guard{}, authz.Any(a.req, b.req) },
					"Every":          func() (authz.Guard, authz.Requirement) { return authz.Guard{Every: a.req}, b.req },
					"Any inside All": func() (authz.Guard, authz.Requirement) { return authz.Guard{}, authz.All(authz.Any(a.req), b.req) },
					"All inside Any": func() (authz.Guard, authz.Requirement) { return authz.Guard{}, authz.Any(authz.All(a.req), b.req) },
					"Every, as a sum": func() (authz.Guard, authz.Requirement) {
						return authz.Guard{Every: authz.All(a.req, b.req)}, authz.Authenticated()
					},
				} {
					enforcing, req := make()
					enforcing.Identifier = always(id)
					_, refused := enforcing.Check(request("GET", "/"), req)

					reporting, _ := make()
					reporting.Identifier, reporting.OnDecision, reporting.ReportUntil = always(id), none, time.Now().Add(time.Hour)
					_, stillRefused := reporting.Check(request("GET", "/"), req)

					want := refused != nil && (no(a, id) || no(b, id))
					if (stillRefused != nil) != want {
						t.Errorf("%s of %s and %s for a caller with %s: enforced %v, reported %v, want a refusal: %t",
							how, a.name, b.name, who, refused, stillRefused, want)
					}
					tried++
				}
			}
		}
	}
	if tried != len(callers)*len(kinds())*len(kinds())*6 {
		t.Errorf("%d combinations tried", tried)
	}
}

// no reports whether the requirement says no by more than a miss.
func no(k kind, id *claims.Identity) bool {
	return !k.missed && k.req.Check(request("GET", "/"), id) != nil
}

// A list that cannot be read may hold what is required or not: nobody knows, so
// it does not pass.
func TestReportOnlyRefusesWhatCannotBeRead(t *testing.T) {
	unread := identity(t, map[string]any{"cognito:groups": "[admin]", "roles": "[admin]", "realm": "map[roles:[admin]]"})
	for _, req := range []authz.Requirement{
		authz.Groups("admin"),
		authz.Claim("roles", "admin"),
		authz.ClaimPath([]string{"realm", "roles"}, "admin"),
		authz.All(authz.Scope("write"), authz.Groups("admin")),
		authz.Any(authz.Scope("write"), authz.Groups("admin")),
	} {
		var d authz.Decision
		g := &authz.Guard{Identifier: always(unread), ReportUntil: time.Now().Add(time.Hour),
			OnDecision: func(_ *http.Request, told authz.Decision) { d = told }}
		if _, err := g.Check(request("GET", "/"), req); err == nil || !d.Enforced {
			t.Errorf("%s: error %v, enforced %t; want it refused", req, err, d.Enforced)
		}
	}
}

// Nobody is asked twice, reporting or not.
func TestReportOnlyAsksOnce(t *testing.T) {
	asked := 0
	owner := authz.Func("owner", func(*http.Request, *claims.Identity) error { asked++; return nil })
	for _, req := range []authz.Requirement{owner, authz.All(authz.Scope("x"), owner), authz.Any(authz.Scope("x"), authz.All(owner, authz.Scope("y")))} {
		asked = 0
		g := &authz.Guard{Identifier: always(caller(t, "")), ReportUntil: time.Now().Add(time.Hour), OnDecision: func(*http.Request, authz.Decision) {}}
		if _, err := g.Check(request("GET", "/"), req); err != nil || asked != 1 {
			t.Errorf("%s: asked %d times, error %v; want once and let through", req, asked, err)
		}
	}
}

func TestReportOnlyPanicsLetNobodyThrough(t *testing.T) {
	g := &authz.Guard{Identifier: always(caller(t, "")), ReportUntil: time.Now().Add(time.Hour), OnDecision: func(*http.Request, authz.Decision) {}}
	h := &spy{}
	panicked := panics(func() {
		serve(g.Require(authz.All(authz.Scope("x"), dying(func() { panic("x") })))(h), request("GET", "/"))
	})
	if panicked == nil || h.ran {
		t.Errorf("panicked with %v, handler ran: %t", panicked, h.ran)
	}
}
