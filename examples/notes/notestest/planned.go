package notestest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// Planned sends signed tokens through two gateways before the same API: one with a
// catch-all, one with the routes made from the policy. Callers must see the same
// statuses, and the same bodies of what is granted; it logs how many refusals cost
// no invocation.
func Planned(t *testing.T, newAPI func(authz.Identifier, notes.Store) (http.Handler, apigateway.Router)) {
	for _, kind := range []apigateway.Kind{apigateway.HTTPAPI, apigateway.RESTAPI} {
		t.Run(kind.String(), func(t *testing.T) {
			issuer, err := local.NewIssuer(local.IssuerConfig{
				URL:     "http://localhost:8081",
				Clients: []local.Client{{ID: "tests", Secret: "tests-secret", Scopes: []string{notes.ReadScope, notes.WriteScope}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			who, err := claims.New(issuer.Claims())
			if err != nil {
				t.Fatal(err)
			}
			_, router := newAPI(who, &notes.Memory{})
			plan, err := apigateway.New(router, &apigateway.Options{Kind: kind})
			if err != nil || len(plan.Problems) > 0 {
				t.Fatal(err, plan)
			}
			front := func(routes []gateway.Route) *counted {
				h, _ := newAPI(who, &notes.Memory{})
				return newCounted(t, kind, issuer, h, routes)
			}
			var scopes []string
			if kind == apigateway.RESTAPI {
				scopes = []string{notes.ReadScope, notes.WriteScope}
			}
			coarse := front([]gateway.Route{
				{Key: "GET /hello", Open: true}, {Key: "HEAD /hello", Open: true},
				{Key: "ANY /{proxy+}", Scopes: scopes}, {Key: "ANY /", Scopes: scopes},
			})
			planned := front(plan.Gateway())
			compareFronts(t, issuer, coarse, planned)
			t.Logf("of %d refusals (401 and 403) %d reached the function with a catch-all, %d with the planned routes", planned.refusals, coarse.refusedInside, planned.refusedInside)
			if planned.refusedInside >= coarse.refusedInside {
				t.Error("the planned routes save no invocation")
			}
		})
	}
}

// counted is a gateway that counts who refused.
type counted struct {
	*gateway.Gateway
	base                    string
	refusals, refusedInside int
}

func newCounted(t *testing.T, kind apigateway.Kind, issuer *local.Issuer, h http.Handler, routes []gateway.Route) *counted {
	t.Helper()
	c := &counted{}
	config := gateway.Config{
		Function: adapter.New(h, nil),
		Routes:   routes,
		Authorizer: &gateway.JWTAuthorizer{
			Issuer: issuer.URL(), Audience: []string{"tests"}, Verify: issuer.Verify,
		},
		Observe: func(_ *http.Request, r gateway.Record) {
			if r.Status != http.StatusUnauthorized && r.Status != http.StatusForbidden {
				return
			}
			c.refusals++
			if r.InvocationID != "" {
				c.refusedInside++
			}
		},
	}
	if kind == apigateway.RESTAPI {
		c.base = "/prod"
		config.Format = adapter.RESTAPI
		config.Authorizer = &gateway.CognitoAuthorizer{Issuers: []string{issuer.URL()}, Verify: issuer.Verify}
	}
	var err error
	if c.Gateway, err = gateway.New(config); err != nil {
		t.Fatal(err)
	}
	return c
}

// compareFronts makes every request to both.
func compareFronts(t *testing.T, issuer *local.Issuer, coarse, planned *counted) {
	tokens := map[string]map[string]any{
		"nobody":    nil,
		"reader":    {"sub": "ada", "client_id": "tests", "scope": notes.ReadScope},
		"writer":    {"sub": "ada", "client_id": "tests", "scope": notes.WriteScope},
		"both":      {"sub": "bob", "client_id": "tests", "scope": notes.ReadScope + " " + notes.WriteScope},
		"expired":   {"sub": "ada", "client_id": "tests", "scope": notes.ReadScope, "exp": time.Now().Add(-time.Hour).Unix()},
		"elsewhere": {"sub": "ada", "client_id": "tests", "scope": notes.ReadScope, "iss": "https://elsewhere.example"},
	}
	for _, who := range []string{"nobody", "reader", "writer", "both", "expired", "elsewhere"} {
		authorization := ""
		if tokens[who] != nil {
			token, err := issuer.Token(tokens[who])
			if err != nil {
				t.Fatal(err)
			}
			authorization = "Bearer " + token
		}
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE"} {
			for _, path := range []string{"/", "/hello", "/profile", "/notes", "/notes/none", "/notes/none/more", "/elsewhere", "/notes?limit=1"} {
				want := coarse.answer(method, path, authorization)
				got := planned.answer(method, path, authorization)
				same := got.Code == want.Code
				if got.Code < 400 && method != http.MethodPost { // a new note has a new id
					same = same && bytes.Equal(got.Body.Bytes(), want.Body.Bytes())
				}
				if !same {
					t.Errorf("%s %s by %s: %d, with the catch-all %d\n%s\n%s", method, path, who, got.Code, want.Code, got.Body, want.Body)
				}
			}
		}
	}
}

func (c *counted) answer(method, path, authorization string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, c.base+path, strings.NewReader(`{"title":"x"}`))
	r.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}
