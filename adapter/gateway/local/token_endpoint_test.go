package local_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

func basic(id, secret string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(id, secret) }
}

func TestClientCredentials(t *testing.T) {
	issuer, server := sharedIssuer()
	rows := []struct {
		name      string
		form      url.Values
		edit      func(*http.Request)
		id, scope string
	}{
		{
			name: "HTTP Basic, no scope asked for: all the client has",
			form: url.Values{"grant_type": {"client_credentials"}},
			edit: basic("writer", "writer-secret"),
			id:   "writer", scope: "notes-api/read notes-api/write",
		},
		{
			name: "secret in the form, one scope",
			form: url.Values{"grant_type": {"client_credentials"}, "client_id": {"writer"}, "client_secret": {"writer-secret"}, "scope": {"notes-api/write"}},
			id:   "writer", scope: "notes-api/write",
		},
		{
			name: "HTTP Basic and the same client_id in the form",
			form: url.Values{"grant_type": {"client_credentials"}, "client_id": {"reader"}},
			edit: basic("reader", "reader-secret"),
			id:   "reader", scope: "notes-api/read",
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			status, reply := post(t, server.URL+"/oauth2/token", row.form, row.edit)
			if status != http.StatusOK {
				t.Fatalf("status = %d, body %v", status, reply)
			}
			want := map[string]any{
				"sub": row.id, "client_id": row.id, "scope": row.scope, "token_use": "access", "version": 2.0,
				"iss": issuer.URL(), "iat": float64(noon.Unix()), "auth_time": float64(noon.Unix()), "exp": float64(noon.Unix() + 3600),
			}
			if diff := cmp.Diff(want, claimsOf(t, reply["access_token"])); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
			delete(reply, "access_token")
			if diff := cmp.Diff(map[string]any{"expires_in": 3600.0, "token_type": "Bearer"}, reply); diff != "" {
				t.Errorf("the rest of the reply (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTokenEndpointRefuses(t *testing.T) {
	_, server := sharedIssuer()
	grant := func(more ...string) url.Values {
		v := url.Values{"grant_type": {"client_credentials"}}
		for i := 0; i < len(more); i += 2 {
			v.Add(more[i], more[i+1])
		}
		return v
	}
	reader := basic("reader", "reader-secret")
	rows := []struct {
		name string
		form url.Values
		edit func(*http.Request)
		want string
	}{
		{"no client", grant(), nil, "invalid_client"},
		{"unknown client", grant(), basic("nobody", ""), "invalid_client"},
		{"wrong secret", grant(), basic("reader", "writer-secret"), "invalid_client"},
		{"wrong secret in the form", grant("client_id", "reader", "client_secret", "x"), nil, "invalid_client"},
		{"no secret", grant("client_id", "reader"), nil, "invalid_client"},
		{"secret of a public client", grant("client_id", "page", "client_secret", "x"), nil, "invalid_client"},
		{"two clients", grant("client_id", "writer"), reader, "invalid_client"},
		{"secret in both places", grant("client_secret", "reader-secret"), reader, "invalid_request"},
		{"a public client", grant("client_id", "page"), nil, "unauthorized_client"},
		{"a scope of another client", grant("scope", "notes-api/write"), reader, "invalid_scope"},
		{"one scope of two", grant("scope", "notes-api/read notes-api/write"), reader, "invalid_scope"},
		{"two blanks", grant("scope", "notes-api/read  notes-api/read"), reader, "invalid_scope"},
		{"a user's scope", grant("scope", "openid"), basic("writer", "writer-secret"), "invalid_scope"},
		{"no grant type", url.Values{}, reader, "invalid_request"},
		{"the password grant", url.Values{"grant_type": {"password"}}, reader, "unsupported_grant_type"},
		{"no refresh token", url.Values{"grant_type": {"refresh_token"}}, reader, "invalid_grant"},
		{"a resource of another client", grant("resource", "https://evil.example"), reader, "invalid_target"},
		{"two resources", grant("resource", notesAPI, "resource", "https://other.example/"), reader, "invalid_request"},
		{"a resource of a client that has none", grant("resource", notesAPI), basic("writer", "writer-secret"), "invalid_target"},
		{"a parameter twice", grant("grant_type", "client_credentials"), reader, "invalid_request"},
		{"JSON", grant(), func(r *http.Request) { reader(r); r.Header.Set("Content-Type", "application/json") }, "invalid_request"},
		{"no media type", grant(), func(r *http.Request) { reader(r); r.Header.Del("Content-Type") }, "invalid_request"},
		{"secret in the query", grant(), func(r *http.Request) { r.URL.RawQuery = "client_id=reader&client_secret=reader-secret" }, "invalid_client"},
		{"an endless form", grant("scope", strings.Repeat("x", 1<<20)), reader, "invalid_request"},
		{"a code nobody gave", url.Values{"grant_type": {"authorization_code"}, "code": {"x"}}, reader, "invalid_grant"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			status, reply := post(t, server.URL+"/oauth2/token", row.form, row.edit)
			if diff := cmp.Diff(map[string]any{"error": row.want}, reply); diff != "" || status != http.StatusBadRequest {
				t.Errorf("status = %d, want 400; body (-want +got):\n%s", status, diff)
			}
		})
	}
}

func TestLifetime(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	defer server.Close()
	short := config("http://" + server.Listener.Addr().String())
	short.Lifetime = 5 * time.Minute
	issuer, err := local.NewIssuer(short)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = issuer
	server.Start()
	_, reply := post(t, issuer.URL()+"/oauth2/token", url.Values{"grant_type": {"client_credentials"}}, basic("reader", "reader-secret"))
	token, _ := reply["access_token"].(string)
	payload, err := issuer.Verify(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Iat, Exp int64 }
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	if reply["expires_in"] != 300.0 || claims.Exp-claims.Iat != 300 {
		t.Errorf("expires_in = %v, exp - iat = %d, want 300", reply["expires_in"], claims.Exp-claims.Iat)
	}
}

func TestTokenEndpointIsForPOST(t *testing.T) {
	_, server := sharedIssuer()
	response, _ := get(t, server.URL+"/oauth2/token?grant_type=client_credentials&client_id=reader&client_secret=reader-secret")
	if response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: status = %d, want 405", response.StatusCode)
	}
}

func TestAnswersAreNotCached(t *testing.T) {
	_, server := sharedIssuer()
	response, _ := get(t, server.URL+"/.well-known/jwks.json")
	if got := response.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control = %q, want no-store", got)
	}
}
