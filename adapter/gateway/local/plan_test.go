package local_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

// notesAPIFor is a small API for the tokens of some issuers.
func notesAPIFor(who *claims.Extractor) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	answer := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	mux.HandleFunc("GET /hello", authz.Public(), answer)
	mux.HandleFunc("GET /notes", authz.Scope("notes-api/read"), answer)
	mux.HandleFunc("GET /notes/{id}", authz.Func("owner", func(*http.Request, *claims.Identity) error { return nil }), answer)
	return mux
}

// TestRoutesFromThePolicy: the gateway refuses by itself what the policy lets a
// gateway refuse.
func TestRoutesFromThePolicy(t *testing.T) {
	who := claims.MustNew(claims.Config{InsecureAnyIssuer: true})
	mux := notesAPIFor(who)
	want := []string{
		`GET "/hello" GET /hello 204 T`,
		`GET "/notes" GET /notes 401 gateway: no token T`,
		`GET "/notes" GET /notes 204 T`,
		`GET "/notes" GET /notes 403 gateway: scope missing T`,
		`GET "/notes/7" GET /notes/{id} 204 T`,
	}
	policy := func(opts local.Options) []string {
		output := withIssuerAnd(t, mux, opts, func(url string, issuer *local.Issuer, _ string) {
			token := func(scope string) string {
				token, err := issuer.Token(map[string]any{"sub": "ada", "client_id": "reader", "scope": scope})
				if err != nil {
					t.Fatal(err)
				}
				return token
			}
			call(t, url+"/hello", "")
			call(t, url+"/notes", "")
			call(t, url+"/notes", token("notes-api/read"))
			call(t, url+"/notes", token("x"))
			call(t, url+"/notes/7", token("x"))
		})
		return requestLines(output)
	}
	if diff := cmp.Diff(want, policy(local.Options{Policy: mux})); diff != "" {
		t.Errorf("request lines (-want +got):\n%s", diff)
	}
	coarse := policy(local.Options{Policy: mux, Routes: []gateway.Route{{Key: "ANY /{proxy+}"}}})
	if want := `GET "/notes" ANY /{proxy+} 403 function: needs scope notes-api/read T`; coarse[3] != want {
		t.Errorf("with Routes of its own: %s, want %s", coarse[3], want)
	}
}

// Each route of a policy for two issuers asks the right one.
func TestPolicyOfTwoIssuers(t *testing.T) {
	a, b := listen(t), listen(t)
	defer a.Close()
	defer b.Close()
	staff, customers := named(t, "staff", a), named(t, "customers", b)
	mux := authz.NewMux(&authz.Guard{Identifier: claims.MustNew(staff.Claims(customers))})
	answer := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	mux.HandleFunc("GET /admin", authz.Issuer("staff"), answer)
	mux.HandleFunc("GET /shop", authz.Issuer("customers"), answer)
	opts := local.Options{Policy: mux, Issuers: []*local.Issuer{staff, customers}}
	output := serve(t, mux, &opts, func(url string) {
		for path, want := range map[string]map[*local.Issuer]int{
			"/admin": {staff: 204, customers: 401},
			"/shop":  {staff: 401, customers: 204},
		} {
			for issuer, want := range want {
				token, err := issuer.Token(map[string]any{"sub": "ada", "client_id": "app"})
				if err != nil {
					t.Fatal(err)
				}
				if got, _ := call(t, url+path, token); got != want {
					t.Errorf("%s with a token of %s: status %d, want %d", path, issuer.URL(), got, want)
				}
			}
		}
	})
	if strings.Count(output, "401 gateway: ") != 2 {
		t.Errorf("the gateway refused other than two requests:\n%s", output)
	}
}

func TestPoliciesThatCannotBePlanned(t *testing.T) {
	err := local.Serve(t.Context(), listen(t), nil, http.HandlerFunc(app), &local.Options{Policy: authz.NewMux(nil)})
	if err == nil || !strings.Contains(err.Error(), "local: Policy: ") {
		t.Errorf("error %v, want one about the Policy", err)
	}
	// Other fronts have no routes.
	mux := notesAPIFor(claims.MustNew(claims.Config{InsecureAnyIssuer: true}))
	serve(t, mux, &local.Options{Policy: mux, Format: adapter.FunctionURL}, func(url string) {
		if status, _ := send(t, "GET", url, "/hello", ""); status != 204 {
			t.Errorf("status = %d, want 204", status)
		}
	})
}

// The gateway answers preflights where the policy's owner of CORS is the gateway.
func TestGatewaysCORS(t *testing.T) {
	mux := notesAPIFor(claims.MustNew(claims.Config{InsecureAnyIssuer: true}))
	for owner, want := range map[cors.Owner]int{cors.OwnerGateway: 204, cors.OwnerApp: 204} {
		config := cors.Config{AllowOrigins: []string{"https://app.example"}, AllowMethods: []string{"GET"}, Owner: owner}
		h := cors.MustNew(config).Wrap(mux)
		withIssuerAnd(t, h, local.Options{Policy: mux, CORS: &config}, func(url string, _ *local.Issuer, _ string) {
			r := request(t, http.MethodOptions, url+"/notes")
			r.Header.Set("Origin", "https://app.example")
			r.Header.Set("Access-Control-Request-Method", "GET")
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if got := response.Header.Get("Access-Control-Allow-Origin"); response.StatusCode != want || got != "https://app.example" {
				t.Errorf("owner %d: status %d, origin %q; want %d and the page's", owner, response.StatusCode, got, want)
			}
		})
	}
}
