package authz_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// evil is a caller whom an API of an attacker's own vouches for, as an event
// shows him to a function whose resource policy lets that API in.
const evil = `{"jwt":{"claims":{"iss":"https://evil.example","sub":"admin","scope":"notes/write"},"scopes":null}}`

// Without an Identifier no event names a caller: no pin would have been checked.
// OnDecision and a requirement that asks FromContext see nobody either.
func TestNoIdentifierBelievesNoEvent(t *testing.T) {
	write := authz.Scope("notes/write")
	seen := func(t *testing.T, r *http.Request) {
		if id, ok := claims.FromContext(r.Context()); ok || id != nil {
			t.Errorf("in the context: %v", id)
		}
	}
	told := 0
	watched := &authz.Guard{OnDecision: func(r *http.Request, d authz.Decision) {
		told++
		seen(t, r)
		if d.Source != 0 || d.Result == authz.Granted {
			t.Errorf("OnDecision is told of source %v, %s", d.Source, d.Result)
		}
	}}
	admin := authz.Func("admin", func(r *http.Request, id *claims.Identity) error {
		seen(t, r)
		if id == nil {
			return errors.New("nobody")
		}
		return nil
	})
	mux := func(g *authz.Guard) func(http.Handler) http.Handler {
		return func(h http.Handler) http.Handler {
			m := authz.NewMux(g)
			m.Handle("/", write, h)
			return m
		}
	}
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"NewMux(nil)":          mux(nil),
		"a Mux's zero Guard":   mux(new(authz.Guard)),
		"Require":              new(authz.Guard).Require(write),
		"Allow":                allowing(new(authz.Guard), write),
		"Check":                passing(new(authz.Guard), write),
		"a Mux's Public route": public(nil),
		"a Mux's OnDecision":   mux(watched),
		"Require's OnDecision": watched.Require(write),
		"Allow's OnDecision":   allowing(watched, write),
		"Check's OnDecision":   passing(watched, write),
		"FromContext in Func":  watched.Require(admin),
		"any requirement":      watched.Require(authz.Any(write, admin, authz.Authenticated())),
	} {
		t.Run(name, func(t *testing.T) {
			h := &spy{}
			r := request("GET", "/notes/1", "Bearer abc.def.ghi")
			r = r.WithContext(adapter.NewContext(r.Context(), httpAPIEventWith(t, evil)))
			serve(wrap(h), r)
			if h.ran != (name == "a Mux's Public route") || h.caller != nil {
				t.Errorf("handler ran: %t, for %v", h.ran, h.caller)
			}
		})
	}
	if told != 6 {
		t.Errorf("OnDecision was told %d times, want 6", told)
	}
}

func public(g *authz.Guard) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		m := authz.NewMux(g)
		m.Handle("/", authz.Public(), h)
		return m
	}
}

func allowing(g *authz.Guard, req authz.Requirement) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r, ok := g.Allow(w, r, req); ok {
				h.ServeHTTP(w, r)
			}
		})
	}
}

func passing(g *authz.Guard, req authz.Requirement) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r, err := g.Check(r, req); err == nil {
				h.ServeHTTP(w, r)
			}
		})
	}
}

// Whoever is asked or told about a caller finds the same one in its argument and
// in the request's context, whatever stood there before and whatever the event
// says. One who does not count is nobody in both.
func TestEverybodySeesTheSameCaller(t *testing.T) {
	alice, mallory := caller(t, "a"), caller(t, "a b")
	stale := identity(t, map[string]any{"exp": time.Now().Add(-time.Hour).Unix()})
	callers := map[string]struct {
		who  authz.Identifier
		want *claims.Identity
	}{
		"a known caller":      {always(alice), alice},
		"nobody":              {always(nil), nil},
		"an expired identity": {always(stale), nil},
		"an error":            {failing(errors.New("x")), nil},
		"an identity with an error": {by(func(*http.Request) (*claims.Identity, error) {
			return mallory, errors.New("x")
		}), nil},
	}
	for name, test := range callers {
		for _, req := range []string{"granted", "refused", "public", "no route"} {
			t.Run(name+", "+req, func(t *testing.T) {
				see := func(where string, r *http.Request) {
					if got, _ := claims.FromContext(r.Context()); got != test.want {
						t.Errorf("%s sees %v in the context, want %v", where, got, test.want)
					}
				}
				asked := func(err error) authz.Requirement {
					return authz.Func("f", func(r *http.Request, id *claims.Identity) error {
						see("Func", r)
						if id != test.want {
							t.Errorf("Func is asked about %v, want %v", id, test.want)
						}
						return err
					})
				}
				told := 0
				g := &authz.Guard{
					Identifier: test.who,
					Every:      asked(nil),
					OnDecision: func(r *http.Request, d authz.Decision) {
						told++
						see("OnDecision", r)
						if (d.Source != 0) != (test.want != nil) {
							t.Errorf("OnDecision is told of source %v", d.Source)
						}
					},
					Refuse: func(_ http.ResponseWriter, r *http.Request, _ *authz.Error) { see("Refuse", r) },
				}
				h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { see("the handler", r) })
				ways := []http.Handler{authz.NewMux(g)}
				if req != "no route" {
					req := map[string]authz.Requirement{"granted": asked(nil), "refused": asked(errors.New("no")), "public": authz.Public()}[req]
					mux := authz.NewMux(g)
					mux.Handle("/", req, h)
					ways = []http.Handler{mux, g.Require(req)(h), allowing(g, req)(h), passing(g, req)(h)}
				}
				for _, way := range ways {
					r := request("GET", "/notes/1")
					ctx := claims.NewContext(r.Context(), mallory) // not to be believed
					way.ServeHTTP(httptest.NewRecorder(), r.WithContext(adapter.NewContext(ctx, httpAPIEventWith(t, evil))))
				}
				if told != len(ways) {
					t.Errorf("%d decisions told of %d requests", told, len(ways))
				}
			})
		}
	}
}

// The handler's request is the very one that requirements and OnDecision saw:
// what a Func leaves in it is there.
func TestOneRequestForRequirementsAndHandler(t *testing.T) {
	var asked, told, served *http.Request
	g := &authz.Guard{
		Identifier: always(caller(t, "a")),
		OnDecision: func(r *http.Request, _ authz.Decision) { told = r },
	}
	req := authz.Func("f", func(r *http.Request, _ *claims.Identity) error { asked = r; return nil })
	serve(g.Require(req)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { served = r })), request("GET", "/"))
	if asked == nil || asked != told || told != served {
		t.Errorf("asked %p, told %p, served %p", asked, told, served)
	}
}
