package local_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
)

// apiID is the gateway's by default.
const apiID = "a1b2c3d4e5"

func named(t *testing.T, name string, l net.Listener) *local.Issuer {
	t.Helper()
	issuer, err := local.NewIssuer(local.IssuerConfig{
		Name: name, URL: "http://" + l.Addr().String(),
		Clients: []local.Client{{ID: "app", Secret: "app-secret", Scopes: []string{"notes-api/read"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return issuer
}

// TestIssuers: the gateway refuses each issuer's token at the other's routes,
// although the function would take both.
func TestIssuers(t *testing.T) {
	for _, format := range []adapter.Format{adapter.HTTPAPIV2, adapter.HTTPAPIV1, adapter.RESTAPI} {
		t.Run(format.String(), func(t *testing.T) {
			listeners := []net.Listener{listen(t), listen(t)}
			staff, customers := named(t, "staff", listeners[0]), named(t, "customers", listeners[1])
			trusted := staff.Claims(customers)
			trusted.APIs = []string{apiID}
			who := claims.MustNew(trusted)
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if id, err := who.Identify(r); id == nil || err != nil {
					http.Error(w, "nobody", http.StatusTeapot)
				}
			})
			read := []string{"notes-api/read"}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var output printed
			opts := &local.Options{
				Format:  format,
				Issuers: []*local.Issuer{staff, customers},
				Routes: []gateway.Route{
					{Key: "GET /admin", Scopes: read, Authorizer: "staff"},
					{Key: "GET /shop", Scopes: read, Authorizer: "customers"},
					{Key: "GET /{proxy+}", Scopes: read},
				},
				Output: &output,
				Ready: func(url string) {
					defer cancel()
					for _, row := range []struct {
						path             string
						staff, customers int
					}{
						{"/admin", 200, 401},
						{"/shop", 401, 200},
						{"/other", 200, 401}, // the first issuer's, since the route names none
					} {
						for issuer, want := range map[*local.Issuer]int{staff: row.staff, customers: row.customers} {
							_, reply := post(t, issuer.URL()+"/oauth2/token", map[string][]string{"grant_type": {"client_credentials"}}, basic("app", "app-secret"))
							token, _ := reply["access_token"].(string)
							r := request(t, http.MethodGet, url+row.path)
							r.Header.Set("Authorization", "Bearer "+token)
							response, err := http.DefaultClient.Do(r)
							if err != nil {
								t.Fatal(err)
							}
							response.Body.Close()
							if response.StatusCode != want {
								t.Errorf("%s with a token of %s: status %d, want %d", row.path, issuer.URL(), response.StatusCode, want)
							}
						}
					}
				},
			}
			if err := local.Serve(ctx, listen(t), listeners, h, opts); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(output.String(), "401 gateway"); n != 3 {
				t.Errorf("%d requests were refused by the gateway, want 3:\n%s", n, output.String())
			}
		})
	}
}

func TestIssuersThatCannotWork(t *testing.T) {
	a, b := listen(t), listen(t)
	defer a.Close()
	defer b.Close()
	err := local.ListenAndServe("localhost:0", http.HandlerFunc(app), &local.Options{
		Issuers: []*local.Issuer{named(t, "", a), nil, named(t, "", b), named(t, "staff", a), named(t, "staff", b)},
		Routes:  []gateway.Route{{Key: "GET /", Authorizer: "nobody"}},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"Issuers[1] is nil",
		`issuer "http://` + b.Addr().String() + `" has no name`,
		`issuer "staff" is there twice`,
		`issuer URL "http://` + a.Addr().String() + `" is there twice`,
		`Authorizers has no "nobody"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not mention %s:\n%v", want, err)
		}
	}
}

func TestClaimsOfIssuers(t *testing.T) {
	a, b := listen(t), listen(t)
	defer a.Close()
	defer b.Close()
	first, second := "http://"+a.Addr().String(), "http://"+b.Addr().String()
	want := claims.Config{
		Issuers:     []string{first, second},
		IssuerNames: map[string]string{"staff": second},
		Lists:       []string{"cognito:groups"},
		CommaLists:  []string{"cognito:groups"},
	}
	if diff := cmp.Diff(want, named(t, "", a).Claims(named(t, "staff", b))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
