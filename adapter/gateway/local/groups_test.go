package local_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A user whom the issuer's configuration puts into groups is in them, however
// the front writes lists: [admin poweruser] or admin,poweruser.
func TestGroups(t *testing.T) {
	for _, format := range []adapter.Format{adapter.HTTPAPIV2, adapter.HTTPAPIV1, adapter.RESTAPI} {
		t.Run(format.String(), func(t *testing.T) {
			server := httptest.NewUnstartedServer(nil)
			defer server.Close()
			issuer, err := local.NewIssuer(config("http://" + server.Listener.Addr().String()))
			if err != nil {
				t.Fatal(err)
			}
			trusted := issuer.Claims()
			trusted.APIs = []string{apiID}
			mux := authz.NewMux(&authz.Guard{Identifier: claims.MustNew(trusted)})
			for _, group := range []string{"admin", "poweruser", "nobody", "admin poweruser"} {
				mux.HandleFunc("GET /"+pathOf(group), authz.Groups(group), func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(http.StatusNoContent)
				})
			}
			opts := local.Options{Format: format, Issuers: []*local.Issuer{issuer}}
			opts.Routes = []gateway.Route{{Key: "GET /{proxy+}", Scopes: []string{"notes-api/read"}}}
			serve(t, mux, &opts, func(url string) {
				token, err := issuer.Token(map[string]any{
					"sub": "3f1d", "client_id": "page", "scope": "notes-api/read", "cognito:groups": []string{"admin", "poweruser"},
				})
				if err != nil {
					t.Fatal(err)
				}
				for group, want := range map[string]int{"admin": 204, "poweruser": 204, "nobody": 403, "admin poweruser": 403} {
					if got, _ := call(t, url+"/"+pathOf(group), token); got != want {
						t.Errorf("group %q: status %d, want %d", group, got, want)
					}
				}
			})
		})
	}
}

func pathOf(group string) string {
	if group == "admin poweruser" {
		return "both"
	}
	return group
}

// Where a group's name has a comma, a,b is no list any more.
func TestGroupsWithCommas(t *testing.T) {
	c := config("http://localhost:8081")
	c.Users = append(c.Users, local.User{Username: "eve", Password: "x", Groups: []string{"users,admin"}})
	issuer, err := local.NewIssuer(c)
	if err != nil {
		t.Fatal(err)
	}
	if lists := issuer.Claims().CommaLists; lists != nil {
		t.Errorf("CommaLists = %q, want none", lists)
	}
}
