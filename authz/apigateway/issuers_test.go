package apigateway_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
)

// With an issuer for each of two prefixes, a token of one gets 401 at the other's
// route, by the gateway, and both reach what is theirs.
func TestTwoIssuers(t *testing.T) {
	names := map[string]string{"staff": "https://staff.example", "partners": "https://partners.example"}
	who := claims.MustNew(claims.Config{Issuers: []string{names["staff"], names["partners"]}, IssuerNames: names})
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	ok := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	mux.HandleFunc("GET /staff/{id}", authz.All(authz.Issuer("staff"), authz.Scope("read")), ok)
	mux.HandleFunc("GET /partners/{id}", authz.All(authz.Issuer("partners"), authz.Scope("read")), ok)
	plan := planOf(t, mux, &apigateway.Options{Authorizer: "staff"})
	if err := plan.Err(); err != nil {
		t.Fatal(err)
	}
	config := gateway.Config{Function: adapter.New(mux, &adapter.Options{Logger: slog.New(slog.DiscardHandler)}), Routes: plan.Gateway(), Authorizers: map[string]gateway.Authorizer{}}
	for _, name := range plan.Authorizers() {
		config.Authorizers[name] = &gateway.JWTAuthorizer{Issuer: names[name], Audience: []string{"web"}, Verify: unsigned}
	}
	var invoked bool
	config.Observe = func(_ *http.Request, r gateway.Record) { invoked = r.InvocationID != "" }
	g, err := gateway.New(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		issuer, scope, path string
		want                int
		invoked             bool
	}{
		{"staff", "read", "/staff/1", 204, true},
		{"partners", "read", "/partners/1", 204, true},
		{"partners", "read", "/staff/1", 401, false},
		{"staff", "read", "/partners/1", 401, false},
		{"staff", "write", "/staff/1", 403, false},
		{"staff", "read", "/elsewhere", 404, true},
		{"partners", "read", "/elsewhere", 401, false},
	} {
		token, err := json.Marshal(map[string]any{
			"iss": names[tt.issuer], "aud": "web", "sub": "ada", "scope": tt.scope, "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(),
		})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", tt.path, nil)
		r.Header.Set("Authorization", "Bearer "+base64.RawURLEncoding.EncodeToString(token))
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != tt.want || invoked != tt.invoked {
			t.Errorf("%s of %s with %s: %d, invoked %v; want %d, %v: %s", tt.path, tt.issuer, tt.scope, w.Code, invoked, tt.want, tt.invoked, w.Body)
		}
	}
}

// unsigned takes claims for a token: who signed it is not what is tested.
func unsigned(_ context.Context, token string) (json.RawMessage, error) {
	return base64.RawURLEncoding.DecodeString(token)
}
