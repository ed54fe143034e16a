package authztest_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
)

const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"

// pinned is production's Identifier, with every pin there is.
var pinned = claims.MustNew(claims.Config{
	Issuers:   []string{issuer},
	Audiences: []string{"app", "other-app"},
	APIs:      []string{"n0tes4p1id"},
	Accounts:  []string{"210987654321"},
	Stages:    []string{"live"},
})

// newMux has a route for each kind of answer, and echoes what it is sent.
func newMux(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	echo := func(w http.ResponseWriter, r *http.Request) {
		id, _ := claims.FromContext(r.Context())
		if id != nil {
			w.Header().Set("Subject", id.Subject)
		}
		io.Copy(w, r.Body)
	}
	mux.HandleFunc("GET /hello", authz.Public(), echo)
	mux.HandleFunc("GET /notes", authz.Scope("notes/read"), echo)
	mux.HandleFunc("POST /notes", authz.Scope("notes/write"), echo)
	mux.HandleFunc("DELETE /notes/{id}", authz.Groups("admin"), echo)
	return mux
}

type m = map[string]any

var ada = m{"sub": "ada", "scope": "notes/read"}

func with(claims m, changes m) m {
	changed := maps.Clone(claims)
	maps.Copy(changed, changes)
	return changed
}

var formats = []adapter.Format{0, adapter.HTTPAPIV2, adapter.HTTPAPIV1, adapter.RESTAPI}

// TestPinsJudge holds each pin against an event that differs in that one thing.
func TestPinsJudge(t *testing.T) {
	mux := newMux(pinned)
	right := authztest.FrontOf(mux)
	for name, test := range map[string]struct {
		change func(*authztest.Front)
		claims m
		status int
	}{
		"trusted":           {nil, ada, 200},
		"nobody":            {nil, nil, 401},
		"no claims":         {nil, m{}, 401},
		"without the scope": {nil, with(ada, m{"scope": "notes/write"}), 403},
		"expired":           {nil, with(ada, m{"exp": time.Now().Add(-time.Hour).Unix()}), 401},
		"own issuer":        {nil, with(ada, m{"iss": issuer}), 200},
		"foreign issuer":    {nil, with(ada, m{"iss": "https://evil.example.net"}), 401},
		"no issuer":         {nil, with(ada, m{"iss": nil}), 401},
		"other audience":    {nil, with(ada, m{"aud": "other-app"}), 200},
		"foreign audience":  {nil, with(ada, m{"aud": "stranger"}), 401},
		"another API":       {func(f *authztest.Front) { f.APIID = "f0reign" }, ada, 401},
		"the usual API":     {func(f *authztest.Front) { f.APIID = "" }, ada, 401},
		"another account":   {func(f *authztest.Front) { f.AccountID = "123456789012" }, ada, 401},
		"another stage":     {func(f *authztest.Front) { f.Stage = "test" }, ada, 401},
	} {
		for _, format := range formats {
			t.Run(name+"/"+format.String(), func(t *testing.T) {
				front := right
				front.Format = format
				if test.change != nil {
					test.change(&front)
				}
				r := httptest.NewRequest("GET", "/notes", nil)
				if got := serve(mux, front.As(r, test.claims)); got.Code != test.status {
					t.Errorf("handler: status %d, want %d", got.Code, test.status)
				}
				chain := authztest.Chain(t, mux, &authztest.Options{Front: front, Adapter: &adapter.Options{StripStage: true}})
				if got := serve(chain, authztest.As(r, test.claims)); got.Code != test.status {
					t.Errorf("chain: status %d, want %d", got.Code, test.status)
				}
			})
		}
	}
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestFormsOfClaims: whatever form the front gives a claim, the Identity has it.
func TestFormsOfClaims(t *testing.T) {
	who := claims.MustNew(claims.Config{Issuers: []string{issuer}, InsecureAnyAPI: true})
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /", authz.Groups("admin"), func(w http.ResponseWriter, r *http.Request) {
		id, _ := claims.FromContext(r.Context())
		io.WriteString(w, strings.Join(append(id.Scopes, id.Subject, id.Username, id.AuthTime.UTC().Format(time.RFC3339)), " "))
	})
	for _, format := range formats {
		front := authztest.FrontOf(mux)
		front.Format = format
		got := serve(mux, front.As(httptest.NewRequest("GET", "/", nil), m{
			"sub": "ada", "username": "Ada L.", "scope": "a b", "auth_time": 1700000000,
			"cognito:groups": []string{"admin"}, "nothing": nil, "deep": m{"n": 1.5},
		}))
		if want := "a b ada Ada L. 2023-11-14T22:13:20Z"; got.Code != 200 || got.Body.String() != want {
			t.Errorf("%v: %d %q, want %q", format, got.Code, got.Body, want)
		}
	}
}

func TestAsLeavesTheRequestAlone(t *testing.T) {
	mux := newMux(pinned)
	r := httptest.NewRequest("POST", "/notes?a=b", strings.NewReader("the body"))
	r.Header.Set("Authorization", "Basic eA==")
	header := r.Header.Clone()
	sent := authztest.FrontOf(mux).As(r, with(ada, m{"scope": "notes/write"}))
	if got := serve(mux, sent); got.Code != 200 || got.Body.String() != "the body" || got.Header().Get("Subject") != "ada" {
		t.Errorf("%d %q for %q", got.Code, got.Body, got.Header().Get("Subject"))
	}
	if _, ok := adapter.FromContext(r.Context()); ok {
		t.Error("the given request has an event")
	}
	if diff := cmp.Diff(header, r.Header); diff != "" {
		t.Errorf("header of the given request: -before +after:\n%s", diff)
	}
	if authorization := sent.Header["Authorization"]; len(authorization) != 1 || !strings.HasPrefix(authorization[0], "Bearer ") {
		t.Errorf("Authorization %q, want one token", authorization)
	}
}

// TestTokenOfAs: the refusal of a caller who offered a token says so, as behind a
// gateway.
func TestTokenOfAs(t *testing.T) {
	mux := newMux(pinned)
	r := httptest.NewRequest("GET", "/notes", nil)
	for want, claims := range map[string]m{`Bearer realm="api"`: nil, `Bearer realm="api", error="invalid_token"`: {"iss": "https://evil.example.net"}} {
		got := serve(mux, authztest.As(r, claims)).Header().Get("WWW-Authenticate")
		if !strings.HasPrefix(got, want) || claims == nil && got != want {
			t.Errorf("challenge %q, want %q", got, want)
		}
	}
}

func TestAsPanics(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	for name, call := range map[string]func(){
		"claims that are not JSON": func() { authztest.As(r, m{"sub": func() {}}) },
		"a front without a JWT":    func() { authztest.Front{Format: adapter.FunctionURL}.As(r, ada) },
		"no front":                 func() { authztest.Front{Format: 99}.As(r, ada) },
		"a stage with a slash":     func() { authztest.Front{Stage: "a/b"}.As(r, ada) },
		"nobody with a token of somebody else's": func() {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", "Bearer garbage")
			authztest.As(r, nil)
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

func TestFrontOf(t *testing.T) {
	got := authztest.FrontOf(newMux(pinned))
	want := authztest.Front{APIID: "n0tes4p1id", AccountID: "210987654321", Stage: "live", Issuer: issuer, Audience: "app"}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	anybody := claims.MustNew(claims.Config{Sources: []claims.Source{claims.Cognito}, InsecureAnyIssuer: true, InsecureAnyAPI: true})
	if got := authztest.FrontOf(newMux(anybody)); got.Format != adapter.RESTAPI || got.Issuer == "" {
		t.Errorf("%+v, want a REST API and any issuer", got)
	}
	if got := authztest.FrontOf(newMux(nil)); got != (authztest.Front{}) {
		t.Errorf("without an Identifier: %+v", got)
	}
}
