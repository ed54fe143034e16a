package authz_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func TestAnswers(t *testing.T) {
	reader := caller(t, "notes/read")
	stale := identity(t, map[string]any{"scope": "notes/write", "exp": time.Now().Add(-time.Hour).Unix()})
	write := authz.Scope("notes/write")
	func403 := func(err error) authz.Requirement {
		return authz.Func("f", func(*http.Request, *claims.Identity) error { return err })
	}
	const bearer = "Bearer abc.def.ghi"
	tests := []struct {
		name          string
		id            *claims.Identity
		err           error
		authorization []string
		req           authz.Requirement
		status        int
		code          string
		challenge     string
		retryAfter    string
	}{
		{name: "nobody, nothing offered", req: write,
			status: 401, challenge: `Bearer realm="api"`},
		{name: "nobody, an empty Authorization", authorization: []string{""}, req: write,
			status: 401, challenge: `Bearer realm="api"`},
		{name: "nobody, another scheme offered", authorization: []string{"Basic YTpi"}, req: write,
			status: 401, challenge: `Bearer realm="api"`},
		{name: "nobody, a signature with commas offered", req: write,
			authorization: []string{"AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c"},
			status:        401, challenge: `Bearer realm="api"`},
		{name: "nobody, a token offered", authorization: []string{bearer}, req: write,
			status: 401, code: "invalid_token", challenge: `Bearer realm="api", error="invalid_token"`},
		{name: "nobody, a token offered in lower case", authorization: []string{"bearer abc"}, req: write,
			status: 401, code: "invalid_token", challenge: `Bearer realm="api", error="invalid_token"`},
		{name: "nobody, a bare token offered", authorization: []string{"abc.def.ghi"}, req: write,
			status: 401, code: "invalid_token", challenge: `Bearer realm="api", error="invalid_token"`},
		{name: "two Authorization values", id: reader, authorization: []string{bearer, bearer}, req: write,
			status: 400, code: "invalid_request", challenge: `Bearer realm="api", error="invalid_request"`},
		{name: "two Authorization values of different schemes", id: reader, authorization: []string{"Basic YTpi", bearer}, req: write,
			status: 400, code: "invalid_request", challenge: `Bearer realm="api", error="invalid_request"`},
		{name: "two tokens joined by the front", id: reader, authorization: []string{bearer + "," + bearer}, req: write,
			status: 400, code: "invalid_request", challenge: `Bearer realm="api", error="invalid_request"`},
		{name: "two bare tokens joined by the front", id: reader, authorization: []string{"abc, def"}, req: write,
			status: 400, code: "invalid_request", challenge: `Bearer realm="api", error="invalid_request"`},
		{name: "another scheme and a token, joined", id: reader, authorization: []string{"Basic YTpi, " + bearer}, req: write,
			status: 400, code: "invalid_request", challenge: `Bearer realm="api", error="invalid_request"`},
		{name: "the scope is missing", id: reader, authorization: []string{bearer}, req: write,
			status: 403, code: "insufficient_scope", challenge: `Bearer realm="api", error="insufficient_scope", scope="notes/write"`},
		{name: "one of two scopes is missing", id: reader, req: authz.AllScopes("notes/read", "notes/write"),
			status: 403, code: "insufficient_scope", challenge: `Bearer realm="api", error="insufficient_scope", scope="notes/read notes/write"`},
		{name: "a group is missing", id: reader, req: authz.Groups("admin"),
			status: 403, code: "insufficient_scope", challenge: `Bearer realm="api", error="insufficient_scope"`},
		{name: "the identity expired", id: stale, req: write,
			status: 401, code: "invalid_token", challenge: `Bearer realm="api", error="invalid_token"`},
		{name: "no rule for a known caller", id: reader, req: nil,
			status: 403, code: "insufficient_scope", challenge: `Bearer realm="api", error="insufficient_scope"`},
		{name: "no rule for nobody", req: nil,
			status: 401, challenge: `Bearer realm="api"`},
		{name: "Identify fails, a token offered", err: errors.New("bad"), authorization: []string{bearer}, req: write,
			status: 401, code: "invalid_token", challenge: `Bearer realm="api", error="invalid_token"`},
		{name: "Identify fails, nothing offered", err: errors.New("bad"), req: write,
			status: 401, challenge: `Bearer realm="api"`},
		{name: "Identify fails, and returns an identity", id: reader, err: errors.New("bad"), req: authz.Authenticated(),
			status: 401, challenge: `Bearer realm="api"`},
		{name: "keys are unavailable", req: write,
			err:    &authz.Error{Status: 503, Code: "temporarily_unavailable", RetryAfter: 1500 * time.Millisecond},
			status: 503, code: "temporarily_unavailable", retryAfter: "2"},
		{name: "keys are unavailable, wrapped, no time named", req: write,
			err:    fmt.Errorf("jwks: %w", &authz.Error{Status: 503}),
			status: 503, retryAfter: "1"},
		{name: "Identify's error claims success", req: write, err: &authz.Error{Status: 200},
			status: 500, code: "server_error"},
		{name: "Identify's error has no status", req: write, err: &authz.Error{Err: errors.New("x")},
			status: 500, code: "server_error"},
		{name: "Identify's error is a nil *Error", req: write, err: (*authz.Error)(nil),
			status: 401, challenge: `Bearer realm="api"`},
		{name: "a requirement hides what it guards", id: reader, req: func403(&authz.Error{Status: 404}),
			status: 404},
		{name: "a requirement claims success", id: reader, req: func403(&authz.Error{Status: 302}),
			status: 500, code: "server_error"},
		{name: "a requirement names scopes of its own", id: reader,
			req:    func403(&authz.Error{Status: 403, Code: "insufficient_scope", Scopes: []string{"x", "y z", `"`}}),
			status: 403, code: "insufficient_scope", challenge: `Bearer realm="api", error="insufficient_scope", scope="x"`},
		{name: "a requirement's code cannot be quoted", id: reader, req: func403(&authz.Error{Status: 403, Code: "a\"b\r\nX: y"}),
			status: 403, challenge: `Bearer realm="api"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := &authz.Guard{Identifier: by(func(*http.Request) (*claims.Identity, error) { return test.id, test.err })}
			w := httptest.NewRecorder()
			if r, ok := g.Allow(w, request("GET", "/", test.authorization...), test.req); ok || r != nil {
				t.Fatal("the request was let through")
			}
			if w.Code != test.status {
				t.Errorf("status = %d, want %d", w.Code, test.status)
			}
			want := http.Header{"Cache-Control": {"no-store"}, "Content-Type": {"application/problem+json"}}
			if test.challenge != "" {
				want.Set("WWW-Authenticate", test.challenge)
			}
			if test.retryAfter != "" {
				want.Set("Retry-After", test.retryAfter)
			}
			if diff := cmp.Diff(want, w.Header()); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			var body struct{ Code string }
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Code != test.code {
				t.Errorf("code in the body = %q (%v), want %q", body.Code, err, test.code)
			}
		})
	}
}

func TestProblem(t *testing.T) {
	tests := []struct {
		name string
		id   *claims.Identity
		want string
	}{
		{"nobody", nil,
			`{"title":"Unauthorized","status":401}`},
		{"a reader", caller(t, "read"),
			`{"title":"Forbidden","status":403,"detail":"The caller may not perform this operation.","code":"insufficient_scope","scopes":["write"]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := &authz.Guard{Identifier: always(test.id)}
			w := httptest.NewRecorder()
			g.Allow(w, request("GET", "/"), authz.Scope("write"))
			if got := w.Body.String(); got != test.want+"\n" {
				t.Errorf("body = %s, want %s", got, test.want)
			}
		})
	}
}

func TestRealmIsQuoted(t *testing.T) {
	g := &authz.Guard{Realm: "the \"notes\" \\ API\r\nX: y"}
	w := httptest.NewRecorder()
	g.Allow(w, request("GET", "/"), authz.Authenticated())
	const want = `Bearer realm="the \"notes\" \\ API  X: y"`
	if got := w.Header().Get("WWW-Authenticate"); got != want {
		t.Errorf("challenge = %s, want %s", got, want)
	}
}

func TestHeadIsRefusedWithoutBody(t *testing.T) {
	for name, refuse := range map[string]func(http.ResponseWriter, *http.Request, *authz.Error){
		"by default": nil,
		"by Refuse":  func(w http.ResponseWriter, _ *http.Request, _ *authz.Error) { io.WriteString(w, "no") },
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			(&authz.Guard{Refuse: refuse}).Allow(w, request("HEAD", "/"), authz.Authenticated())
			if w.Code != 401 || w.Body.Len() > 0 {
				t.Errorf("status %d and %d bytes, want 401 and none", w.Code, w.Body.Len())
			}
		})
	}
}

// What is set before a refusal for the body that never came must not describe
// the refusal; everything else is other middleware's business.
func TestRefusalKeepsOthersHeaders(t *testing.T) {
	w := httptest.NewRecorder()
	before := map[string]string{
		"Access-Control-Allow-Origin": "https://app.example",
		"Cache-Control":               "public, max-age=3600",
		"Content-Encoding":            "gzip",
		"Content-Length":              "7",
		"Content-Type":                "text/html",
		"Etag":                        `"x"`,
		"Www-Authenticate":            "Basic",
	}
	for name, value := range before {
		w.Header().Set(name, value)
	}
	new(authz.Guard).Allow(w, request("GET", "/"), authz.Authenticated())
	want := http.Header{
		"Access-Control-Allow-Origin": {"https://app.example"},
		"Cache-Control":               {"no-store"},
		"Content-Encoding":            {"gzip"}, // of middleware that compresses this body as well
		"Content-Type":                {"application/problem+json"},
		"Www-Authenticate":            {`Bearer realm="api"`},
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}

// compressing is middleware that sets the label before it knows the body, as
// some do.
func compressing(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		body := gzip.NewWriter(w)
		defer body.Close()
		h.ServeHTTP(compressed{w, body}, r)
	})
}

type compressed struct {
	http.ResponseWriter
	body io.Writer
}

func (c compressed) Write(p []byte) (int, error) { return c.body.Write(p) }

// Everything that a Guard answers can be read through such middleware.
func TestAnswersInsideOfCompression(t *testing.T) {
	mux := authz.NewMux(&authz.Guard{Identifier: by(func(r *http.Request) (*claims.Identity, error) {
		if r.Header.Get("Authorization") == "" {
			return nil, nil
		}
		return caller(t, ""), nil
	})})
	mux.Handle("GET /notes", authz.Scope("read"), http.NotFoundHandler())
	server := httptest.NewServer(compressing(mux))
	defer server.Close()
	for _, test := range []struct {
		method, path, token string
		status              int
	}{
		{"GET", "/notes", "", 401},
		{"GET", "/notes", "Bearer a", 403},
		{"GET", "/nowhere", "Bearer a", 404},
		{"POST", "/notes", "Bearer a", 405},
	} {
		r, err := http.NewRequest(test.method, server.URL+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if test.token != "" {
			r.Header.Set("Authorization", test.token)
		}
		res, err := http.DefaultClient.Do(r) // undoes gzip where it is announced
		if err != nil {
			t.Fatal(err)
		}
		var problem struct{ Status int }
		err = json.NewDecoder(res.Body).Decode(&problem)
		res.Body.Close()
		if err != nil || problem.Status != test.status {
			t.Errorf("%s %s: status %d with the body of %d (%v), want %d", test.method, test.path, res.StatusCode, problem.Status, err, test.status)
		}
	}
}

func TestRefuseCannotChangeTheAnswer(t *testing.T) {
	tests := []struct {
		name   string
		refuse func(http.ResponseWriter, *http.Request, *authz.Error)
		body   string
		media  string
	}{
		{"it writes 200", func(w http.ResponseWriter, _ *http.Request, _ *authz.Error) {
			w.WriteHeader(http.StatusOK)
			io.WriteString(w, "fine")
		}, "fine", ""},
		{"it writes twice", func(w http.ResponseWriter, _ *http.Request, _ *authz.Error) {
			io.WriteString(w, "a")
			w.WriteHeader(http.StatusOK)
			io.WriteString(w, "b")
		}, "ab", ""},
		{"it removes headers", func(w http.ResponseWriter, _ *http.Request, _ *authz.Error) {
			clear(w.Header())
			w.Header().Del("WWW-Authenticate")
			io.WriteString(w, "x")
		}, "x", ""},
		{"it sets headers", func(w http.ResponseWriter, _ *http.Request, _ *authz.Error) {
			h := w.Header()
			h.Set("Cache-Control", "public")
			h.Set("WWW-Authenticate", "Basic")
			h.Set("Content-Type", "text/plain")
			h.Set("Location", "https://evil.example")
			h.Set("Set-Cookie", "a=b")
			h.Set("Trailer", "Cache-Control")
			io.WriteString(w, "x")
			h.Set("Trailer:Cache-Control", "public")
		}, "x", "text/plain"},
		{"it changes the error", func(w http.ResponseWriter, _ *http.Request, e *authz.Error) {
			e.Status, e.Code, e.Scopes = http.StatusOK, "x", []string{"x"}
		}, "", ""},
		{"it redirects", func(w http.ResponseWriter, r *http.Request, _ *authz.Error) {
			http.Redirect(w, r, "https://evil.example", http.StatusFound)
		}, "<a href=\"https://evil.example\">Found</a>.\n\n", "text/html; charset=utf-8"},
		{"it looks for the writer behind", func(w http.ResponseWriter, _ *http.Request, _ *authz.Error) {
			http.NewResponseController(w).Flush()
			if u, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
				u.Unwrap().WriteHeader(http.StatusOK)
			}
		}, "", ""},
		{"it does nothing", func(http.ResponseWriter, *http.Request, *authz.Error) {}, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := &authz.Guard{Identifier: always(caller(t, "a")), Refuse: test.refuse}
			w := httptest.NewRecorder()
			g.Allow(w, request("GET", "/"), authz.Scope("b"))
			want := http.Header{
				"Cache-Control":    {"no-store"},
				"Www-Authenticate": {`Bearer realm="api", error="insufficient_scope", scope="b"`},
			}
			if test.media != "" {
				want.Set("Content-Type", test.media)
			}
			got := w.Result()
			if got.StatusCode != 403 || w.Body.String() != test.body {
				t.Errorf("got %d with %q, want 403 with %q", got.StatusCode, w.Body, test.body)
			}
			if test.media == "" {
				got.Header.Del("Content-Type") // the server's guess
			}
			if diff := cmp.Diff(want, got.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

// OnDecision gets the error to log it, not to soften it.
func TestOnDecisionCannotChangeTheAnswer(t *testing.T) {
	g := &authz.Guard{OnDecision: func(_ *http.Request, d authz.Decision) {
		var refusal *authz.Error
		if errors.As(d.Err, &refusal) {
			refusal.Status = http.StatusOK
		}
	}}
	w := httptest.NewRecorder()
	if g.Allow(w, request("GET", "/"), authz.Authenticated()); w.Code != 401 {
		t.Errorf("status %d, want 401", w.Code)
	}
}

// What Identify wraps around its *Error is part of the reason.
func TestRefusalKeepsTheWholeCause(t *testing.T) {
	wrapped := fmt.Errorf("fetching keys: %w", &authz.Error{Status: 503, Err: errors.New("timeout")})
	_, err := (&authz.Guard{Identifier: failing(wrapped)}).Check(request("GET", "/"), authz.Authenticated())
	if !errors.Is(err, wrapped) {
		t.Errorf("got %v, want it to wrap %v", err, wrapped)
	}
}

func TestErrorText(t *testing.T) {
	cause := errors.New("authz: needs scope a")
	e := &authz.Error{Status: 403, Code: "insufficient_scope", Err: cause}
	if got, want := e.Error(), "authz: 403 insufficient_scope: needs scope a"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := (&authz.Error{Status: 401}).Error(), "authz: 401"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(e, cause) {
		t.Error("the cause is not unwrapped")
	}
}
