package gateway_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

func routes(keys ...string) []gateway.Route {
	var list []gateway.Route
	for _, key := range keys {
		list = append(list, gateway.Route{Key: key})
	}
	return list
}

// routed is what a front says of the route: its key and the parameters.
type routed struct {
	Key    any
	Params any
}

func route(t testing.TB, format adapter.Format, routes []gateway.Route, method, target string) routed {
	t.Helper()
	g := gateway.Config{Format: format, Routes: routes, BasePath: "/"}
	data, err := gateway.MustNew(g).Event(httptest.NewRequest(method, target, nil))
	var refusal *gateway.Refusal
	if errors.As(err, &refusal) {
		return routed{Key: refusal.Status}
	}
	if err != nil {
		t.Fatal(err)
	}
	event := decode(t, data).(map[string]any)
	key := event["routeKey"]
	if key == nil {
		key = event["resource"]
	}
	return routed{key, event["pathParameters"]}
}

func TestRoutes(t *testing.T) {
	pets := routes("$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1")
	catchAll := routes("ANY /{proxy+}", "ANY /")
	params := func(name, value string) any { return map[string]any{name: value} }
	tests := []struct {
		name           string
		routes         []gateway.Route
		method, target string
		want           routed
	}{
		{"full match before a parameter", pets, "GET", "/pets/dog/1", routed{"GET /pets/dog/1", nil}},
		{"parameter before greedy", pets, "GET", "/pets/dog/2", routed{"GET /pets/dog/{id}", params("id", "2")}},
		{"longer greedy before shorter", pets, "GET", "/pets/cat/1", routed{"GET /pets/{proxy+}", params("proxy", "cat/1")}},
		{"another method falls back to ANY", pets, "POST", "/pets/cat/1", routed{"ANY /{proxy+}", params("proxy", "pets/cat/1")}},
		{"root is left to $default", pets, "GET", "/", routed{"$default", nil}},
		{"default pair", nil, "GET", "/a/b", routed{"ANY /{proxy+}", params("proxy", "a/b")}},
		{"default pair at the root", nil, "GET", "/", routed{"ANY /", nil}},
		{"root is not matched by a greedy parameter", routes("ANY /{proxy+}"), "GET", "/", routed{404, nil}},
		{"method before ANY", routes("ANY /a", "GET /a"), "GET", "/a", routed{"GET /a", nil}},
		{"ANY for the other methods", routes("ANY /a", "GET /a"), "PUT", "/a", routed{"ANY /a", nil}},
		{"HEAD is not GET", routes("GET /a"), "HEAD", "/a", routed{404, nil}},
		{"full match in a parameter before a greedy one with literals", routes("ANY /a/{rest+}", "ANY /{x}/b"), "GET", "/a/b", routed{"ANY /{x}/b", params("x", "a")}},
		{"earlier literal before later", routes("ANY /{x}/b", "ANY /a/{y}"), "GET", "/a/b", routed{"ANY /a/{y}", params("y", "b")}},
		{"specific path with ANY before general path with the method", routes("GET /{x}", "ANY /a"), "GET", "/a", routed{"ANY /a", nil}},
		{"trailing slash is another path", routes("GET /a", "GET /a/{x}"), "GET", "/a/", routed{404, nil}},
		{"greedy parameter needs something", routes("GET /a/{x+}"), "GET", "/a/", routed{404, nil}},
		{"greedy parameter keeps slashes", catchAll, "GET", "/a//b/", routed{"ANY /{proxy+}", params("proxy", "a//b/")}},
		{"escaped slash does not end a segment", routes("GET /users/{id}"), "GET", "/users/a%2Fb", routed{"GET /users/{id}", params("id", "a/b")}},
		{"escaped letter is the letter", routes("ANY /{proxy+}", "GET /admin"), "GET", "/%61dmin", routed{"GET /admin", nil}},
		{"case matters", routes("GET /a"), "GET", "/A", routed{404, nil}},
		{"too long", routes("GET /a"), "GET", "/a/b", routed{404, nil}},
		{"too short", routes("GET /a/b"), "GET", "/a", routed{404, nil}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := route(t, adapter.HTTPAPIV2, tt.routes, tt.method, tt.target)
			if params, ok := got.Params.(map[string]any); ok && len(params) == 0 {
				got.Params = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s %s: -want +got:\n%s", tt.method, tt.target, diff)
			}
		})
	}
}

// On a REST API a method that is missing on a specific resource leads to a less
// specific one that has it, with that one's authorizer.
func TestRoutesREST(t *testing.T) {
	list := routes("ANY /{proxy+}", "POST /notes", "GET /notes/{id}", "GET /boats/{id}", "PUT /boats/{id}")
	tests := []struct {
		name, method, target string
		want                 routed
	}{
		{"resource with the method", "POST", "/notes", routed{"/notes", nil}},
		{"resource without the method", "GET", "/notes", routed{"/{proxy+}", map[string]any{"proxy": "notes"}}},
		{"first of two methods", "GET", "/boats/7", routed{"/boats/{id}", map[string]any{"id": "7"}}},
		{"second of two methods", "PUT", "/boats/7", routed{"/boats/{id}", map[string]any{"id": "7"}}},
		{"neither", "DELETE", "/boats/7", routed{"/{proxy+}", map[string]any{"proxy": "boats/7"}}},
		{"no resource of its own", "GET", "/boats", routed{"/{proxy+}", map[string]any{"proxy": "boats"}}},
		{"parameters stay encoded", "GET", "/notes/a%20b", routed{"/notes/{id}", map[string]any{"id": "a%20b"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, route(t, adapter.RESTAPI, list, tt.method, tt.target)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	r := httptest.NewRequest("POST", "/notes", nil)
	r.Header.Set("X-HTTP-Method-Override", "GET")
	if got := event(t, gateway.Config{Format: adapter.RESTAPI, Routes: list, BasePath: "/"}, r); member(got, "resource") != "/{proxy+}" {
		t.Errorf("resource %v: the method that overrides is not the one that is routed", member(got, "resource"))
	}
}

// Each row but the last two was measured on AWS.
func TestRoutesRESTByResourceAndMethod(t *testing.T) {
	users := routes("GET /users/{userId}", "PATCH /users/me")
	jobs := routes("ANY /{proxy+}", "GET /jobs/{op}", "OPTIONS /cors_only")
	for _, row := range []struct {
		routes         []gateway.Route
		method, target string
		want           any
	}{
		{users, "GET", "/users/me", "/users/{userId}"},
		{users, "PATCH", "/users/me", "/users/me"},
		{users, "POST", "/users/me", 403},
		{routes("POST /roles/provision", "GET /roles/{roleId}"), "GET", "/roles/provision", "/roles/{roleId}"},
		{routes("GET /things/real", "ANY /things/{proxy+}"), "POST", "/things/real", "/things/{proxy+}"},
		{jobs, "GET", "/jobs", "/{proxy+}"},
		{jobs, "POST", "/jobs", "/{proxy+}"},
		{jobs, "POST", "/jobs/reboot", "/{proxy+}"},
		{jobs, "GET", "/cors_only", "/{proxy+}"},
		{routes("POST /todos"), "POST", "/todos/", "/todos"},
		{routes("GET /resource/{name}"), "GET", "/resource/", 403},
		{routes("GET /assets/{rest+}"), "GET", "/assets/", 403},
		{routes("GET /{a}/b"), "GET", "/x/b/", "/{a}/b"},
		{routes("GET /{a}"), "GET", "/x/", 403},
	} {
		if got := route(t, adapter.RESTAPI, row.routes, row.method, row.target).Key; got != row.want {
			t.Errorf("%s %s: %v, want %v", row.method, row.target, got, row.want)
		}
	}
}

func TestRESTRefusesWhatNoRouteTakes(t *testing.T) {
	g := gateway.Config{Function: returns(okReply), Format: adapter.RESTAPI, BasePath: "/", Routes: routes("GET /users/{userId}", "PATCH /users/me")}
	want := seen{403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException", "no such route"}
	if diff := cmp.Diff(want, see(t, g, httptest.NewRequest("POST", "/users/me", nil))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The path of the event keeps the slash that the route does not mind.
func TestRESTEventKeepsTheTrailingSlash(t *testing.T) {
	got := event(t, gateway.Config{Format: adapter.RESTAPI, Routes: routes("POST /todos")}, httptest.NewRequest("POST", "/prod/todos/", nil))
	if member(got, "path") != "/todos/" || member(got, "requestContext.path") != "/prod/todos/" {
		t.Errorf("path %v, requestContext.path %v", member(got, "path"), member(got, "requestContext.path"))
	}
}

func TestOutsideTheStage(t *testing.T) {
	tests := []struct {
		g      gateway.Config
		target string
		want   seen
	}{
		{gateway.Config{Format: adapter.RESTAPI}, "/hello", seen{403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException", "the path does not begin with the stage or base path"}},
		{gateway.Config{Format: adapter.RESTAPI, Routes: routes("GET /a")}, "/prod/hello", seen{403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException", "no such route"}},
		{gateway.Config{Format: adapter.RESTAPI}, "/production/hello", seen{403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException", "the path does not begin with the stage or base path"}},
		{gateway.Config{Stage: "dev"}, "/hello", seen{404, `{"message":"Not Found"}`, "", "the path does not begin with the stage or base path"}},
		{gateway.Config{BasePath: "v1"}, "/v11/hello", seen{404, `{"message":"Not Found"}`, "", "the path does not begin with the stage or base path"}},
		{gateway.Config{Format: adapter.HTTPAPIV1, Routes: routes("GET /a")}, "/hello", seen{404, `{"message":"Not Found"}`, "", "no such route"}},
	}
	for _, tt := range tests {
		tt.g.Function = returns(okReply)
		if diff := cmp.Diff(tt.want, see(t, tt.g, httptest.NewRequest("GET", tt.target, nil))); diff != "" {
			t.Errorf("%v %s: -want +got:\n%s", tt.g.Format, tt.target, diff)
		}
	}
}
