package authztest_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
)

// TestReaderDoesNotWrite is how a test of the whole way reads.
func TestReaderDoesNotWrite(t *testing.T) {
	api := authztest.Chain(t, newAPI(), nil)
	reader := map[string]any{"sub": "ada", "scope": "notes/read"}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, authztest.As(httptest.NewRequest("POST", "/notes", nil), reader))
	if w.Code != 403 || !strings.Contains(w.Body.String(), "insufficient_scope") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestChainGoesTheWholeWay looks at what only the gateway and the adapter do.
func TestChainGoesTheWholeWay(t *testing.T) {
	mux := authz.NewMux(&authz.Guard{Identifier: pinned})
	var event *adapter.Event
	mux.HandleFunc("GET /notes/{id}", authz.Scope("notes/read"), func(w http.ResponseWriter, r *http.Request) {
		event, _ = adapter.FromContext(r.Context())
		if r.Header.Get("X-Forwarded-Proto") != "https" || r.PathValue("id") != "a b" {
			t.Errorf("the handler sees %v of %q", r.Header, r.PathValue("id"))
		}
		w.Header().Set("Apigw-Requestid", "the function's")
	})
	chain := authztest.Chain(t, mux, &authztest.Options{Adapter: &adapter.Options{StripStage: true}})
	got := serve(chain, authztest.As(httptest.NewRequest("GET", "/notes/a%20b", nil), ada))
	if got.Code != 200 || got.Header().Get("Apigw-Requestid") == "the function's" {
		t.Errorf("status %d, header %v, want the gateway's request id", got.Code, got.Header())
	}
	if event == nil || event.Format() != adapter.HTTPAPIV2 || event.APIID() != "n0tes4p1id" {
		t.Errorf("event %v, want one of the trusted API", event)
	}
}

// TestChainForClients: a token works over a connection too, where no context does.
func TestChainForClients(t *testing.T) {
	server := httptest.NewServer(authztest.Chain(t, newMux(pinned), &authztest.Options{Adapter: &adapter.Options{StripStage: true}}))
	defer server.Close()
	for status, claims := range map[int]m{200: ada, 401: nil, 403: {"sub": "bob"}} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/notes", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(authztest.As(r, claims))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != status {
			t.Errorf("%v: status %d, want %d", claims, response.StatusCode, status)
		}
	}
}

func TestChainOptions(t *testing.T) {
	failed := errors.New("failed")
	opts := &authztest.Options{
		Adapter: &adapter.Options{Fail: func(_ context.Context, o *adapter.Outcome) error { return failed }},
		Configure: func(c *gateway.Config) {
			c.Routes = []gateway.Route{{Key: "GET /hello"}}
		},
	}
	chain := authztest.Chain(t, http.NotFoundHandler(), opts)
	for path, status := range map[string]int{
		"/hello": 500, // Fail's error fails the invocation
		"/notes": 404, // no such route
	} {
		got := serve(chain, httptest.NewRequest("GET", path, nil))
		if got.Code != status || strings.Contains(got.Body.String(), "page not found") {
			t.Errorf("%s: %d %s, want the gateway's own %d", path, got.Code, got.Body, status)
		}
	}
	garbage := httptest.NewRequest("GET", "/hello", nil)
	garbage.Header.Set("Authorization", "Bearer garbage")
	if got := serve(chain, garbage); got.Code != 401 {
		t.Errorf("a token of somebody else's: status %d, want the gateway's 401", got.Code)
	}
}

// TestChainWithoutPolicy: a handler behind middleware has no Policy, so the test
// says whom it trusts.
func TestChainWithoutPolicy(t *testing.T) {
	mux := newMux(claims.MustNew(claims.Config{Issuers: []string{issuer}, APIs: []string{"n0tes4p1id"}}))
	wrapped := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mux.ServeHTTP(w, r) })
	r := authztest.As(httptest.NewRequest("GET", "/notes", nil), ada)
	if got := serve(authztest.Chain(t, wrapped, nil), r); got.Code != 401 {
		t.Errorf("another API: status %d, want 401", got.Code)
	}
	opts := &authztest.Options{Front: authztest.FrontOf(mux)}
	if got := serve(authztest.Chain(t, wrapped, opts), r); got.Code != 200 {
		t.Errorf("the trusted API: status %d, want 200", got.Code)
	}
}

// TestChainFails: an impossible gateway is the test's mistake.
func TestChainFails(t *testing.T) {
	fatal := &fatalT{TB: t}
	func() {
		defer func() { _ = recover() }()
		authztest.Chain(fatal, http.NotFoundHandler(), &authztest.Options{Front: authztest.Front{Stage: "a/b"}})
	}()
	if !strings.Contains(fatal.said, `Stage "a/b"`) {
		t.Errorf("said %q, want the setting", fatal.said)
	}
}

// fatalT records what a test is failed with.
type fatalT struct {
	testing.TB
	said string
}

func (f *fatalT) Fatal(args ...any) {
	f.said = args[0].(error).Error()
	panic("FailNow")
}
