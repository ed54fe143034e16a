package authz_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func TestHandlerSeesTheIdentityDecidedOn(t *testing.T) {
	alice, mallory := caller(t, "a"), caller(t, "a b")
	stale := identity(t, map[string]any{"exp": time.Now().Add(-time.Hour).Unix()})
	tests := []struct {
		name     string
		identify authz.Identifier
		req      authz.Requirement
		want     *claims.Identity
	}{
		{"a known caller", always(alice), authz.Scope("a"), alice},
		{"a known caller on a public route", always(alice), authz.Public(), alice},
		{"nobody on a public route", always(nil), authz.Public(), nil},
		{"an error on a public route", failing(errors.New("x")), authz.Public(), nil},
		{"an expired identity on a public route", always(stale), authz.Public(), nil},
		{"what the context says, without an Identifier", nil, authz.Scope("b"), mallory},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := &authz.Guard{Identifier: test.identify}
			h := &spy{}
			r := request("GET", "/")
			r = r.WithContext(claims.NewContext(r.Context(), mallory)) // not to be believed
			if res := serve(g.Require(test.req)(h), r); res.StatusCode != 200 || !h.ran {
				t.Fatalf("status %d, handler ran: %t", res.StatusCode, h.ran)
			}
			if h.caller != test.want {
				t.Errorf("handler sees %v, want %v", h.caller, test.want)
			}
		})
	}
}

func TestTwoTokensMakeNobodyOnPublicRoutes(t *testing.T) {
	g := &authz.Guard{Identifier: always(caller(t, "a"))}
	h := &spy{}
	serve(g.Require(authz.Public())(h), request("GET", "/", "Bearer a", "Bearer b"))
	if !h.ran || h.caller != nil {
		t.Errorf("handler ran: %t, for %v; want true, for nobody", h.ran, h.caller)
	}
}

// Refuse can log who was refused: the caller if one is known.
func TestRefuseSeesTheCaller(t *testing.T) {
	alice := caller(t, "a")
	var seen *claims.Identity
	g := &authz.Guard{Identifier: always(alice), Refuse: func(_ http.ResponseWriter, r *http.Request, _ *authz.Error) {
		seen, _ = claims.FromContext(r.Context())
	}}
	g.Allow(httptest.NewRecorder(), request("GET", "/"), authz.Scope("b"))
	if seen != alice {
		t.Errorf("got %v, want the caller", seen)
	}
}

func TestCheckReturnsTheRequestWithItsCallerOrTheRefusal(t *testing.T) {
	alice := caller(t, "a")
	g := &authz.Guard{Identifier: always(alice)}
	r, err := g.Check(request("GET", "/"), authz.Scope("a"))
	if err != nil {
		t.Fatal("met:", err)
	}
	if id, _ := claims.FromContext(r.Context()); id != alice {
		t.Errorf("met: the request carries %v, want the caller", id)
	}
	r, err = g.Check(request("GET", "/"), authz.Scope("b"))
	var refusal *authz.Error
	if r != nil || !errors.As(err, &refusal) || refusal.Status != 403 {
		t.Errorf("not met: got %v, %v; want no request and a 403", r, err)
	}
	r, err = new(authz.Guard).Check(request("GET", "/"), authz.Public())
	if err != nil {
		t.Fatal("public:", err)
	}
	if id, ok := claims.FromContext(r.Context()); ok {
		t.Errorf("public: the request carries %v, want nobody", id)
	}
}

func TestEveryIsAddedToAllButPublic(t *testing.T) {
	tests := []struct {
		name   string
		id     *claims.Identity
		req    authz.Requirement
		status int
	}{
		{"an access token with the scope", caller(t, "a"), authz.Scope("a"), 200},
		{"an access token without the scope", caller(t, "b"), authz.Scope("a"), 403},
		{"an ID token with the scope", identity(t, map[string]any{"scope": "a", "token_use": "id"}), authz.Scope("a"), 403},
		{"an ID token where any identity will do", identity(t, map[string]any{"token_use": "id"}), authz.Authenticated(), 403},
		{"an ID token on a public route", identity(t, map[string]any{"token_use": "id"}), authz.Public(), 200},
		{"an ID token where no rule is", identity(t, map[string]any{"token_use": "id"}), nil, 403},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := &authz.Guard{Identifier: always(test.id), Every: authz.TokenUse("access")}
			w := httptest.NewRecorder()
			if _, ok := g.Allow(w, request("GET", "/"), test.req); ok != (test.status == 200) || w.Code != test.status {
				t.Errorf("let through: %t, status %d; want status %d", ok, w.Code, test.status)
			}
		})
	}
}

func TestScopesOfEveryAreInTheChallenge(t *testing.T) {
	g := &authz.Guard{Identifier: always(caller(t, "")), Every: authz.Scope("api")}
	_, err := g.Check(request("GET", "/"), authz.All(authz.AnyScope("a", "b"), authz.Groups("g"), authz.Scope("a")))
	var refusal *authz.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if got, want := refusal.Scopes, []string{"api", "a", "b"}; !slices.Equal(got, want) {
		t.Errorf("scopes = %q, want %q", got, want)
	}
}

// strict fails the test if it is asked about nobody.
type strict struct{ t *testing.T }

func (s strict) Check(_ *http.Request, id *claims.Identity) error {
	if id == nil {
		s.t.Error("Check was called for nobody")
	}
	return nil
}

func (s strict) String() string { return "strict" }

// openAsPublic looks like Public to a reader and is not.
type openAsPublic struct{ authz.Requirement }

func TestNobodyIsNeverChecked(t *testing.T) {
	stale := identity(t, map[string]any{"exp": time.Now().Add(-time.Hour).Unix()})
	identifiers := map[string]authz.Identifier{
		"nobody":              always(nil),
		"an error":            failing(errors.New("x")),
		"an expired identity": always(stale),
		"a zero identity":     always(&claims.Identity{}),
		"a subject alone":     always(&claims.Identity{Subject: "alice"}),
		"a source alone":      always(&claims.Identity{Source: claims.JWT}),
	}
	requirements := map[string]authz.Requirement{
		"top level":        strict{t},
		"inside All":       authz.All(strict{t}),
		"inside Any":       authz.Any(authz.Scope("a"), strict{t}),
		"in a Func":        authz.Func("f", strict{t}.Check),
		"a wrapped Public": openAsPublic{authz.Public()},
	}
	for who, identify := range identifiers {
		for where, req := range requirements {
			t.Run(who+" "+where, func(t *testing.T) {
				h := &spy{}
				g := &authz.Guard{Identifier: identify, Every: strict{t}}
				if res := serve(g.Require(req)(h), request("GET", "/")); res.StatusCode != 401 || h.ran {
					t.Errorf("status %d, handler ran: %t; want 401", res.StatusCode, h.ran)
				}
			})
		}
	}
}

func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tests := []struct {
			name string
			exp  time.Time
			want int
		}{
			{"in a minute", time.Now().Add(time.Minute), 200},
			{"now", time.Now(), 200},
			{"as long ago as clocks may differ", time.Now().Add(-60 * time.Second), 200},
			{"a moment before that", time.Now().Add(-60*time.Second - 1), 401},
			{"in another age", time.Unix(1, 0), 401},
			{"never", time.Time{}, 200},
		}
		for _, test := range tests {
			id := *caller(t, "a")
			id.Expiry = test.exp
			w := httptest.NewRecorder()
			(&authz.Guard{Identifier: always(&id)}).Allow(w, request("GET", "/"), authz.Authenticated())
			if w.Code != test.want {
				t.Errorf("%s: status %d, want %d", test.name, w.Code, test.want)
			}
		}
	})
}

func TestAPanicNeverEndsInTheHandler(t *testing.T) {
	ends := map[string]func(){
		"panic":  func() { panic("x") },
		"Goexit": runtime.Goexit,
	}
	for end, die := range ends {
		dying := authz.Func("dying", func(*http.Request, *claims.Identity) error { die(); return nil })
		tests := []struct {
			where string
			guard authz.Guard
			req   authz.Requirement
		}{
			{"Identify", authz.Guard{Identifier: by(func(*http.Request) (*claims.Identity, error) { die(); return nil, nil })}, authz.Public()},
			{"Every", authz.Guard{Every: dying}, authz.Authenticated()},
			{"Check", authz.Guard{}, dying},
			{"All", authz.Guard{}, authz.All(authz.Authenticated(), dying)},
			{"Any", authz.Guard{}, authz.Any(dying, authz.Authenticated())},
			{"OnDecision", authz.Guard{OnDecision: func(*http.Request, authz.Decision) { die() }}, authz.Authenticated()},
		}
		for _, test := range tests {
			t.Run(end+" in "+test.where, func(t *testing.T) {
				told := test.guard.OnDecision
				var decisions []authz.Decision
				test.guard.OnDecision = func(r *http.Request, d authz.Decision) {
					decisions = append(decisions, d)
					if told != nil {
						told(r, d)
					}
				}
				h := &spy{}
				ctx := claims.NewContext(context.Background(), caller(t, "a"))
				returned := false
				done := make(chan struct{})
				go func() {
					defer close(done)
					defer func() { _ = recover() }()
					serve(test.guard.Require(test.req)(h), request("GET", "/").WithContext(ctx))
					returned = true
				}()
				<-done
				if h.ran || returned {
					t.Fatalf("handler ran: %t, returned: %t", h.ran, returned)
				}
				if len(decisions) != 1 {
					t.Fatalf("%d decisions, want 1", len(decisions))
				}
				if d := decisions[0]; told == nil && (d.Result != authz.Refused || d.Err == nil || d.Code != "server_error") {
					t.Errorf("decision = %+v, want a refusal with server_error", d)
				}
			})
		}
	}
}

// The middleware that forgets Allow's second result must not get a request to
// go on with.
func TestRefusedAllowReturnsNoRequest(t *testing.T) {
	if r, ok := new(authz.Guard).Allow(httptest.NewRecorder(), request("GET", "/"), authz.Authenticated()); r != nil || ok {
		t.Errorf("got %v, %t", r, ok)
	}
}
