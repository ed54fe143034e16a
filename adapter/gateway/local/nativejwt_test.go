package local_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// TestNativeJWT: a REST API with its own JWT authorizer wants an aud, and hands
// claims on as they are.
func TestNativeJWT(t *testing.T) {
	pool, _ := elsewhere(t)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event, _ := adapter.FromContext(r.Context())
		var context struct {
			Authorizer struct {
				Claims struct {
					Sub    string
					Exp    int64
					Groups []string `json:"cognito:groups"`
				}
			}
		}
		if err := event.RequestContext(&context); err != nil || len(context.Authorizer.Claims.Groups) != 2 || context.Authorizer.Claims.Exp == 0 {
			http.Error(w, "other claims", http.StatusTeapot)
		}
		who := claims.MustNew(claims.Config{InsecureAnyIssuer: true})
		if id, err := who.Identify(r); err != nil || id == nil || id.Source != claims.NativeJWT {
			http.Error(w, "nobody", http.StatusTeapot)
		}
	})
	rows := []struct {
		name   string
		claims map[string]any
		status int
		line   string
	}{
		{"bound to the API", map[string]any{"aud": notesAPI}, 200, ""},
		{"an ID token", map[string]any{"aud": "reader", "token_use": "id"}, 200, ""},
		{"no aud", nil, 401, "wrong audience"},
		{"another API's", map[string]any{"aud": "https://evil.example"}, 401, "wrong audience"},
		{"another issuer's", map[string]any{"aud": notesAPI, "iss": "https://evil.example"}, 401, "wrong issuer"},
	}
	ask := func(url string, issuer *local.Issuer) {
		for _, row := range rows {
			all := map[string]any{"sub": "ada", "client_id": "reader", "cognito:groups": []string{"a", "b"}}
			for name, value := range row.claims {
				all[name] = value
			}
			token, err := issuer.Token(all)
			if err != nil {
				t.Fatal(err)
			}
			r := request(t, http.MethodGet, url+"/x")
			r.Header.Set("Authorization", "Bearer "+token)
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != row.status {
				t.Errorf("%s: status %d, want %d", row.name, response.StatusCode, row.status)
			}
		}
	}
	output := withIssuerAnd(t, h, local.Options{Format: adapter.RESTAPI, NativeJWT: true}, func(url string, issuer *local.Issuer, _ string) { ask(url, issuer) })
	for _, row := range rows {
		if !strings.Contains(output, row.line) {
			t.Errorf("%s: no line says %q:\n%s", row.name, row.line, output)
		}
	}
	verify := jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{jwtverify.OIDC(pool.URL(), notesAPI, "reader")}})
	rows = rows[:2]
	serve(t, h, &local.Options{Format: adapter.RESTAPI, NativeJWT: true, Verify: verify}, func(url string) { ask(url, pool) })
}

// The tokens that are printed and made have an aud where one is needed.
func TestNativeJWTTokens(t *testing.T) {
	opts := local.Options{
		Format: adapter.RESTAPI, NativeJWT: true,
		Try: []local.Try{{Path: "/x", Client: "reader"}, {Path: "/x", Client: "page", User: "alice"}},
	}
	withIssuer(t, opts, func(url string, issuer *local.Issuer, output string) {
		found := 0
		for line := range strings.Lines(output) {
			if name, token, ok := strings.Cut(strings.TrimSpace(line), "="); ok && strings.Count(token, ".") == 2 && !strings.Contains(name, " ") {
				found++
				if _, err := issuer.Verify(t.Context(), token); err != nil {
					t.Fatal(err)
				}
				r := request(t, http.MethodGet, url+"/x")
				r.Header.Set("Authorization", "Bearer "+token)
				response, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
				if response.StatusCode == http.StatusUnauthorized {
					t.Errorf("%s is refused", name)
				}
			}
		}
		if found != 2 {
			t.Errorf("%d tokens are printed, want 2", found)
		}
	})
}

func TestNativeJWTIsForREST(t *testing.T) {
	err := local.Serve(t.Context(), listen(t), nil, http.HandlerFunc(app), &local.Options{NativeJWT: true})
	if err == nil || !strings.Contains(err.Error(), "NativeJWT") {
		t.Errorf("error %v, want one about NativeJWT", err)
	}
}
