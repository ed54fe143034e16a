package permissions_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/examples/permissions"
)

const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"

// who is production's.
var who = claims.MustNew(claims.Config{Issuers: []string{issuer}})

// shelf is a store in memory: documents by id, each with its owner.
type shelf map[string]struct{ owner, text string }

func (s shelf) Get(_ context.Context, owner, id string) (string, error) {
	if d, ok := s[id]; ok && d.owner == owner {
		return d.text, nil
	}
	return "", permissions.ErrNoDocument
}

func (s shelf) Owner(_ context.Context, id string) (string, error) {
	if id == "down" {
		return "", errors.New("the table is not there")
	}
	if d, ok := s[id]; ok {
		return d.owner, nil
	}
	return "", permissions.ErrNoDocument
}

func (s shelf) Delete(context.Context, string) error { return nil }

// newShelf has a document of ada's, and one of bob's.
func newShelf(t *testing.T) shelf {
	return shelf{"of-ada": {key(t, "ada"), "milk"}, "of-bob": {key(t, "bob"), "bread"}}
}

func key(t *testing.T, subject string) string {
	t.Helper()
	id, err := claims.NewIdentity(claims.JWT, map[string]any{"iss": issuer, "sub": subject})
	if err != nil {
		t.Fatal(err)
	}
	return id.Key()
}

// token is the claims of a caller's access token.
func token(subject, scope string, more map[string]any) map[string]any {
	all := map[string]any{"iss": issuer, "sub": subject, "scope": scope, "token_use": "access", "client_id": "web"}
	maps.Copy(all, more)
	return all
}

func TestWhoMayDoWhat(t *testing.T) {
	api := permissions.New(who, newShelf(t))
	staff := map[string]any{"cognito:groups": []string{"staff"}}
	for _, row := range []struct {
		name, method, target string
		caller               map[string]any
		want                 int
	}{
		{"public", "GET", "/health", nil, 200},
		{"nobody", "GET", "/documents/of-ada", nil, 401},
		{"own", "GET", "/documents/of-ada", token("ada", "documents/read", nil), 200},
		{"another's", "GET", "/documents/of-bob", token("ada", "documents/read", nil), 404},
		{"another's, as staff", "GET", "/documents/of-bob", token("ada", "documents/read", staff), 404},
		{"an ID token", "GET", "/documents/of-ada", token("ada", "documents/read", map[string]any{"token_use": "id"}), 403},
		{"without the scope", "GET", "/documents/of-ada", token("ada", "openid", nil), 403},
		{"removes own", "DELETE", "/documents/of-ada", token("ada", "documents/write", nil), 204},
		{"removes another's", "DELETE", "/documents/of-bob", token("ada", "documents/write", nil), 403},
		{"removes what is not there", "DELETE", "/documents/none", token("ada", "documents/write", nil), 403},
		{"staff removes another's", "DELETE", "/documents/of-bob", token("ada", "documents/write", staff), 204},
		{"staff without the scope", "DELETE", "/documents/of-bob", token("ada", "documents/read", staff), 403},
		{"the table is down", "DELETE", "/documents/down", token("ada", "documents/write", nil), 503},
		{"one of two scopes", "GET", "/reports", token("ada", "documents/read", nil), 403},
		{"both scopes", "GET", "/reports", token("ada", "documents/read reports/read", nil), 200},
		{"the importer", "POST", "/imports", token("importer", "documents/write", map[string]any{"client_id": "importer"}), 202},
		{"a user's import", "POST", "/imports", token("ada", "documents/write", nil), 403},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := httptest.NewRequest(row.method, row.target, nil)
			if row.caller != nil {
				r = authztest.As(r, row.caller)
			}
			w := httptest.NewRecorder()
			api.ServeHTTP(w, r)
			if w.Code != row.want {
				t.Errorf("status %d, want %d: %s", w.Code, row.want, w.Body)
			}
		})
	}
}

// Another owner's document and one that is not there look alike.
func TestNothingIsRevealed(t *testing.T) {
	api := permissions.New(who, newShelf(t))
	answer := func(target string) string {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, authztest.As(httptest.NewRequest("DELETE", target, nil), token("ada", "documents/write", nil)))
		return w.Body.String()
	}
	if another, none := answer("/documents/of-bob"), answer("/documents/none"); another != none {
		t.Errorf("%q and %q", another, none)
	}
}

// A handler alone, without a rule before it.
func TestHandlerAlone(t *testing.T) {
	ada, err := claims.NewIdentity(claims.JWT, map[string]any{"iss": issuer, "sub": "ada"})
	if err != nil {
		t.Fatal(err)
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, _ := claims.FromContext(r.Context())
		_, _ = w.Write([]byte(caller.Subject))
	})
	r := httptest.NewRequest("GET", "/profile", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(claims.NewContext(r.Context(), ada)))
	if w.Body.String() != "ada" {
		t.Error(w.Body)
	}
}

// newTokens is an issuer whose tokens are really signed.
func newTokens(t *testing.T) *local.Issuer {
	t.Helper()
	tokens, err := local.NewIssuer(local.IssuerConfig{
		URL:     "http://localhost:8081",
		Clients: []local.Client{{ID: "web", Secret: "secret", Scopes: []string{"documents/read"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// The whole way: a gateway whose routes have scopes refuses before the function does.
func TestThroughTheGateway(t *testing.T) {
	tokens := newTokens(t)
	var refusedBy string
	api := gateway.MustNew(gateway.Config{
		Function:   adapter.New(permissions.New(who, newShelf(t)), nil),
		Authorizer: &gateway.JWTAuthorizer{Issuer: issuer, Audience: []string{"web"}, Verify: tokens.Verify},
		Routes: []gateway.Route{
			{Key: "GET /health", Open: true},
			{Key: "GET /documents/{id}", Scopes: []string{"documents/read"}},
			{Key: "ANY /{proxy+}"},
		},
		Observe: func(_ *http.Request, record gateway.Record) { refusedBy = record.RefusedBy },
	})
	for _, row := range []struct {
		method, target, scope string
		want                  int
		by                    string
	}{
		{"GET", "/health", "", 200, ""},
		{"GET", "/documents/of-ada", "", 401, "gateway"},
		{"GET", "/documents/of-ada", "documents/read", 200, ""},
		{"GET", "/documents/of-ada", "openid", 403, "gateway"},
		{"DELETE", "/documents/of-ada", "openid", 403, "function"},
	} {
		r := httptest.NewRequest(row.method, row.target, nil)
		if row.scope != "" {
			signed, err := tokens.Token(token("ada", row.scope, nil))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+signed)
		}
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code != row.want || refusedBy != row.by {
			t.Errorf("%s %s as %q: status %d by %q, want %d by %q", row.method, row.target, row.scope, w.Code, refusedBy, row.want, row.by)
		}
	}
}

// A caller of Chain needs no signature, and the function judges it as in production.
func TestChain(t *testing.T) {
	api := authztest.Chain(t, permissions.New(who, newShelf(t)), nil)
	w := httptest.NewRecorder()
	api.ServeHTTP(w, authztest.As(httptest.NewRequest("GET", "/documents/of-ada", nil), token("ada", "documents/read", nil)))
	if w.Code != http.StatusOK || w.Body.String() != "milk" {
		t.Errorf("status %d, body %s", w.Code, w.Body)
	}
}

// Behind a wrapper Chain cannot see the pins of the Mux. Without them callers that name no
// issuer are nobody's.
func TestChainOfWrapped(t *testing.T) {
	mux := permissions.New(who, newShelf(t))
	handler := cors.MustNew(cors.Config{AllowOrigins: []string{"https://app.example.com"}}).Wrap(mux)
	ada := map[string]any{"sub": "ada", "client_id": "web", "token_use": "access", "scope": "documents/read"}
	status := func(api http.Handler) int {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, authztest.As(httptest.NewRequest("GET", "/documents/of-ada", nil), ada))
		return w.Code
	}
	if got := status(authztest.Chain(t, handler, nil)); got != http.StatusUnauthorized {
		t.Errorf("status %d", got)
	}
	api := authztest.Chain(t, handler, &authztest.Options{Front: authztest.FrontOf(mux)})
	if got := status(api); got != http.StatusOK {
		t.Errorf("with the Mux's pins: status %d", got)
	}
}

// A function that verifies tokens itself wants signed ones.
func TestSigned(t *testing.T) {
	tokens := newTokens(t)
	keys := httptest.NewRecorder()
	tokens.ServeHTTP(keys, httptest.NewRequest("GET", tokens.URL()+"/.well-known/jwks.json", nil))
	verifier := jwtverify.MustNew(jwtverify.Config{
		Issuers: []jwtverify.Issuer{{URL: tokens.URL(), Clients: []string{"web"}, TokenUse: "access", JWKS: keys.Body.Bytes()}},
		Binding: jwtverify.BindingNone, // nothing stands before this function
	})
	api := permissions.New(verifier, newShelf(t))
	for _, row := range []struct {
		name   string
		claims map[string]any
		want   int
	}{
		{"another issuer's ada", map[string]any{"sub": "ada", "client_id": "web", "scope": "documents/read"}, 404},
		{"expired", map[string]any{"sub": "ada", "client_id": "web", "scope": "documents/read", "exp": 1}, 401},
		{"another client", map[string]any{"sub": "ada", "client_id": "app", "scope": "documents/read"}, 401},
		{"no scope", map[string]any{"sub": "ada", "client_id": "web"}, 403},
	} {
		signed, err := tokens.Token(row.claims)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/documents/of-ada", nil)
		r.Header.Set("Authorization", "Bearer "+signed)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code != row.want {
			t.Errorf("%s: status %d, want %d", row.name, w.Code, row.want)
		}
	}
}

// Both tables are reviewed like code.
func TestGolden(t *testing.T) {
	api := permissions.New(who, newShelf(t))
	matrix := authztest.Matrix(api,
		authztest.Caller{Name: "nobody"},
		authztest.Caller{Name: "reader", Claims: token("ada", "documents/read", nil)},
		authztest.Caller{Name: "writer", Claims: token("ada", "documents/read documents/write", nil)},
		authztest.Caller{Name: "staff", Claims: token("bea", "documents/read documents/write", map[string]any{"cognito:groups": []string{"staff"}})},
	)
	golden(t, "testdata/policy.golden", api.Policy().String())
	golden(t, "testdata/matrix.golden", matrix)
}

// golden compares a file with a text; UPDATE=1 writes the file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(want)) != strings.TrimSpace(got) {
		t.Errorf("%s has changed:\n%s", file, got)
	}
}
