package local_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// elsewhere is an issuer that the service under test knows by its keys alone.
func elsewhere(t *testing.T) (*local.Issuer, *httptest.Server) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	t.Cleanup(server.Close)
	issuer, err := local.NewIssuer(config("http://" + server.Listener.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = issuer
	server.Start()
	return issuer, server
}

func verifierOf(issuer *local.Issuer, binding jwtverify.Binding) *jwtverify.Verifier {
	return jwtverify.MustNew(jwtverify.Config{
		Issuers: []jwtverify.Issuer{jwtverify.OIDC(issuer.URL(), "app")}, Binding: binding,
	})
}

// ask sends a token of these claims and returns the status and whom the
// function saw: "" if nobody.
func ask(t *testing.T, url string, issuer *local.Issuer, changes map[string]any) (int, string) {
	t.Helper()
	all := map[string]any{"sub": "ada", "client_id": "app", "scope": "notes-api/read"}
	for name, value := range changes {
		all[name] = value
	}
	token, err := issuer.Token(all)
	if err != nil {
		t.Fatal(err)
	}
	status, seen := call(t, url, token)
	return status, seen["sub"]
}

// TestVerify takes tokens of a pool that is not served here through each front
// with an authorizer, and as a bound Verifier too: the one that guards the
// function is the one that guards the gateway.
func TestVerifyAdmitsAPoolsTokens(t *testing.T) {
	pool, _ := elsewhere(t)
	other, _ := elsewhere(t)
	for _, format := range []adapter.Format{adapter.HTTPAPIV2, adapter.HTTPAPIV1, adapter.RESTAPI} {
		for _, binding := range []jwtverify.Binding{jwtverify.BindingNone, jwtverify.BindingRequired} {
			opts := local.Options{
				Format: format,
				Verify: verifierOf(pool, binding),
				Routes: []gateway.Route{{Key: "GET /{proxy+}", Scopes: []string{"notes-api/read"}}},
			}
			output := serve(t, http.HandlerFunc(whoami), &opts, func(url string) {
				for name, row := range map[string]struct {
					issuer  *local.Issuer
					changes map[string]any
					status  int
				}{
					"the pool's":       {pool, nil, 200},
					"a list of aud":    {pool, map[string]any{"aud": []string{"x", "app"}, "client_id": nil}, 200},
					"another pool's":   {other, nil, 401},
					"forged iss":       {other, map[string]any{"iss": pool.URL()}, 401},
					"another client's": {pool, map[string]any{"client_id": "stranger"}, 401},
					"expired":          {pool, map[string]any{"exp": time.Now().Add(-2 * time.Minute).Unix()}, 401},
					"scope missing":    {pool, map[string]any{"scope": "notes-api/write"}, 403},
				} {
					want := ""
					if row.status == 200 {
						want = "ada"
					}
					if status, sub := ask(t, url+"/x", row.issuer, row.changes); status != row.status || sub != want {
						t.Errorf("%v, binding %v, %s: status %d, sub %q; want %d, %q", format, binding, name, status, sub, row.status, want)
					}
				}
				if status, _ := call(t, url+"/x", "x.e30.y"); status != 401 {
					t.Errorf("garbage: status %d, want 401", status)
				}
			})
			if strings.Contains(output, "cannot be had") {
				t.Errorf("the keys are there, and yet:\n%s", output)
			}
		}
	}
}

// The function behind it decides by the same Verifier, bound to the gateway.
func TestVerifyAndTheFunction(t *testing.T) {
	pool, _ := elsewhere(t)
	tokens := verifierOf(pool, jwtverify.BindingRequired)
	mux := authz.NewMux(&authz.Guard{Identifier: tokens})
	mux.HandleFunc("GET /notes", authz.Scope("notes-api/read"), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	serve(t, mux, &local.Options{Verify: tokens}, func(url string) {
		for scope, want := range map[string]int{"notes-api/read": 204, "notes-api/write": 403} {
			if got, _ := ask(t, url+"/notes", pool, map[string]any{"scope": scope}); got != want {
				t.Errorf("scope %s: status %d, want %d", scope, got, want)
			}
		}
	})
}

func TestVerifyWithoutKeys(t *testing.T) {
	pool, server := elsewhere(t)
	opts := local.Options{Verify: verifierOf(pool, jwtverify.BindingNone)}
	server.Close()
	output := serve(t, http.HandlerFunc(whoami), &opts, func(url string) {
		if status, _ := ask(t, url+"/x", pool, nil); status != 401 {
			t.Errorf("status = %d, want 401", status)
		}
	})
	if want := "401 gateway: the issuer's keys cannot be had T"; !strings.Contains(output, want) {
		t.Errorf("printed:\n%s\nwant in it: %s", output, want)
	}
}

// identifierOf is an Identifier of a program's own.
func identifierOf(trust claims.Trust, id *claims.Identity) authz.Identifier {
	return authz.IdentifierFunc("own", trust, func(*http.Request) (*claims.Identity, error) { return id, nil })
}

// What believes events, which here are made of the token's own unverified
// claims, is refused; and so is an identity that no signature stands for.
func TestVerifyMustVerify(t *testing.T) {
	verified := claims.Trust{Sources: []claims.Source{claims.Verified}, Issuers: []string{"https://a.example"}}
	several := verified
	several.Issuers = []string{"https://a.example", "https://b.example"}
	for name, row := range map[string]struct {
		opts local.Options
		want string
	}{
		"an Extractor":      {local.Options{Verify: claims.MustNew(claims.Config{Issuers: []string{"https://a.example"}})}, "does not go by a token's signature"},
		"a nil Verifier":    {local.Options{Verify: (*jwtverify.Verifier)(nil)}, "does not go by a token's signature"},
		"no issuer":         {local.Options{Verify: identifierOf(claims.Trust{Sources: verified.Sources}, nil)}, "names no issuer"},
		"a function URL":    {local.Options{Format: adapter.FunctionURL, Verify: identifierOf(verified, nil)}, "has no authorizer for tokens"},
		"several, no names": {local.Options{Verify: identifierOf(several, nil)}, "set IssuerNames"},
	} {
		err := local.Serve(t.Context(), listen(t), nil, http.HandlerFunc(whoami), &row.opts)
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, row.want)
		}
	}
	pool, _ := elsewhere(t)
	verified.Issuers = []string{pool.URL()}
	said, err := claims.NewIdentity(claims.JWT, map[string]any{"iss": pool.URL(), "sub": "ada"})
	if err != nil {
		t.Fatal(err)
	}
	proved, err := claims.NewIdentity(claims.Verified, map[string]any{"iss": "https://other.example", "sub": "ada"})
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]*claims.Identity{"nobody": nil, "an event's": said, "another issuer's": proved} {
		serve(t, http.HandlerFunc(whoami), &local.Options{Verify: identifierOf(verified, id)}, func(url string) {
			if status, _ := ask(t, url+"/x", pool, nil); status != 401 {
				t.Errorf("an identity of %s: status %d, want 401", name, status)
			}
		})
	}
}

// A pool beside local issuers is asked on the routes that name it.
func TestVerifyBesideIssuers(t *testing.T) {
	pool, _ := elsewhere(t)
	trust := claims.Trust{
		Sources: []claims.Source{claims.Verified}, Issuers: []string{pool.URL()},
		IssuerNames: map[string]string{"pool": pool.URL()},
	}
	tokens := verifierOf(pool, jwtverify.BindingNone)
	opts := local.Options{
		Verify: authz.IdentifierFunc("own", trust, tokens.Identify),
		Routes: []gateway.Route{{Key: "GET /pool", Authorizer: "pool"}, {Key: "GET /here"}},
	}
	withIssuer(t, opts, func(url string, issuer *local.Issuer, _ string) {
		for path, want := range map[string][2]int{"/pool": {200, 401}, "/here": {401, 200}} {
			ofPool, _ := ask(t, url+path, pool, nil)
			ofIssuer, _ := ask(t, url+path, issuer, map[string]any{"client_id": "reader"})
			if ofPool != want[0] || ofIssuer != want[1] {
				t.Errorf("%s: status %d and %d, want %v", path, ofPool, ofIssuer, want)
			}
		}
	})
}

// FuzzVerifyOption: whatever the token, Verify is not made to panic, and nobody
// passes but with a token that it admits.
func FuzzVerifyOption(f *testing.F) {
	trust := claims.Trust{Sources: []claims.Source{claims.Verified}, Issuers: []string{"https://a.example"}}
	who := authz.IdentifierFunc("own", trust, func(r *http.Request) (*claims.Identity, error) {
		if _, ok := adapter.FromContext(r.Context()); !ok {
			f.Error("no event beside the token")
		}
		return nil, nil
	})
	for _, seed := range []string{"", ".", "..", "x.e30.y", "x.bnVsbA.y", "x.W10.y", "x.eyJhdWQiOlsxLHsiYSI6MX1dfQ.y", "x.eyJpc3MiOiJodHRwczovL2EuZXhhbXBsZSJ9.y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if local.Proves(context.Background(), who, token) {
			t.Errorf("%q passes", token)
		}
	})
}
