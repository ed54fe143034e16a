package apigateway_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
)

// notes is the policy of the example, nearly.
func notes() *authz.Mux {
	return muxOf(&authz.Guard{}, rules{
		"GET /hello", anybody,
		"GET /profile", authz.Scope("notes-api/read"),
		"GET /notes", authz.Scope("notes-api/read"),
		"POST /notes", authz.Scope("notes-api/write"),
		"GET /notes/{id}", authz.Scope("notes-api/read"),
	})
}

func requests(targets ...string) []*http.Request {
	var list []*http.Request
	for _, method := range []string{"GET", "HEAD", "POST"} {
		for _, target := range targets {
			list = append(list, &http.Request{Method: method, Host: "api.example", URL: &url.URL{Path: target}})
		}
	}
	return list
}

// A route that is missing, open, or asks for more is found by requests alone.
func TestVerifyFindsWhatIsBroken(t *testing.T) {
	mux := notes()
	batch := requests("/", "/hello", "/profile", "/notes", "/notes/7", "/notes/7/x", "/elsewhere")
	plan := planOf(t, mux, nil)
	if problems, err := plan.Verify(mux, batch...); err != nil || len(problems) > 0 {
		t.Fatalf("the plan itself: %v, %v", problems, err)
	}
	for i, route := range plan.Routes {
		for what, breaks := range map[string]func(*apigateway.Route) bool{
			"open": func(r *apigateway.Route) bool {
				r.Auth, r.Scopes = apigateway.None, nil
				return route.Auth != apigateway.None
			},
			"closed":      func(r *apigateway.Route) bool { r.Auth = apigateway.JWT; return route.Auth == apigateway.None },
			"other scope": func(r *apigateway.Route) bool { r.Scopes = []string{"x"}; return len(route.Scopes) > 0 },
		} {
			broken := *plan
			broken.Routes = slices.Clone(plan.Routes)
			if !breaks(&broken.Routes[i]) || route.Key == "ANY /" || route.Key == "ANY /{proxy+}" {
				continue // nothing but unknown routes, which the function refuses
			}
			if problems, err := broken.Verify(mux, batch...); err != nil || len(problems) != 1 {
				t.Errorf("%s %s: %v, %v", route.Key, what, problems, err)
			}
		}
	}
}

// Output depends on the policy alone.
func TestSamePolicySameBytes(t *testing.T) {
	observe := func(*http.Request, authz.Decision) {}
	documents := func(until time.Time) [][]byte {
		p := planOf(t, muxOf(&authz.Guard{ReportUntil: until, OnDecision: observe}, rules{"GET /x", a, "/y/", b, "POST /z/{id}", anybody}), nil)
		return [][]byte{p.JSON(), p.OpenAPI(nil), p.CloudFormationOpenAPI(), []byte(p.String())}
	}
	past, future := documents(time.Unix(1, 0)), documents(time.Unix(1<<40, 0))
	for i := range past {
		if !bytes.Equal(past[i], future[i]) {
			t.Errorf("document %d depends on the clock", i)
		}
	}
	for range 10 {
		again := documents(time.Unix(1, 0))
		if diff := cmp.Diff(past, again); diff != "" {
			t.Fatalf("the same policy gives other bytes: %s", diff)
		}
	}
}

// An API of as many routes as there may be.
func TestThreeHundredRoutes(t *testing.T) {
	var list rules
	for i := range 149 {
		list = append(list, fmt.Sprintf("GET /v1/things%d/{id}/parts/{part}", i), authz.Scope(fmt.Sprintf("things/read%d", i)))
	}
	mux := muxOf(&authz.Guard{}, list)
	began := time.Now()
	plan := planOf(t, mux, nil)
	took := time.Since(began)
	if err := plan.Err(); err != nil || len(plan.Routes) != 300 {
		t.Fatalf("%d routes: %v", len(plan.Routes), err)
	}
	document := plan.OpenAPI(nil)
	var small bytes.Buffer
	compactJSON(t, &small, document)
	t.Logf("300 routes in %v; routes.json %d bytes, openapi.json %d, without white space %d", took.Round(time.Millisecond), len(plan.JSON()), len(document), small.Len())
}

func TestParseRoutes(t *testing.T) {
	plan := planOf(t, notes(), nil)
	got, err := apigateway.ParseRoutes(plan.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plan.Routes, got); diff != "" {
		t.Errorf("-written +read:\n%s", diff)
	}
	tests := []struct{ name, data, want string }{
		{"empty", ``, "not a routes.json: EOF"},
		{"cut off", `{"version":1,"routes":[`, "unexpected EOF"},
		{"another document", `{"openapi":"3.0.1"}`, `unknown field "openapi"`},
		{"a newer version", `{"version":2,"routes":[]}`, "has version 2"},
		{"no routes", `{"version":1,"routes":[]}`, "has no routes"},
		{"two documents", string(plan.JSON()) + "{}", "something follows"},
		{"no key", `{"version":1,"routes":[{"key":"x","auth":"NONE"}]}`, `route "x" does not begin with`},
		{"a slash at the end", `{"version":1,"routes":[{"key":"GET /x/","auth":"NONE"}]}`, "is empty"},
		{"twice", `{"version":1,"routes":[{"key":"GET /{a}","auth":"NONE"},{"key":"GET /{b}","auth":"NONE"}]}`, `route "GET /{b}" is there twice`},
		{"no auth", `{"version":1,"routes":[{"key":"GET /x","auth":""}]}`, `auth "" is not known`},
		{"scopes without tokens", `{"version":1,"routes":[{"key":"GET /x","auth":"NONE","scopes":["a"]}]}`, "scopes need a JWT or Cognito authorizer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := apigateway.ParseRoutes([]byte(tt.data))
			wantError(t, err, tt.want)
		})
	}
}

func TestParseEnvironment(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"empty", ``, "environment: EOF"},
		{"a typing error", `{"issuer":{}}`, `unknown field "issuer"`},
		{"no https", `{"issuers":{"a":{"issuer":"http://x"}}}`, `issuers: a: the issuer "http://x" does not begin with https://`},
		{"an API's address", `{"apis":["https://x"]}`, `apis: "https://x" is not the id`},
		{"an account", `{"accounts":["1"]}`, `accounts: "1" is not an account id`},
		{"a function's name", `{"functions":["notes"]}`, `functions: "notes" is not the ARN`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := apigateway.ParseEnvironment([]byte(tt.data))
			wantError(t, err, tt.want)
		})
	}
}
