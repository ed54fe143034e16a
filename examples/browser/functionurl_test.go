package browser_test

import (
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/cors"
)

// bare is a Function URL without CORS settings. Nothing refuses a request
// before the function, which verifies tokens itself.
func bare(s *scene) *front { return bareWith(s, s.config()) }

func bareWith(s *scene, config cors.Config) *front {
	return &front{Config: gateway.Config{
		Function: adapter.New(api(s.proved, config), nil),
		Format:   adapter.FunctionURL,
	}}
}

// doubled has CORS settings, and a function that does not know of them.
func doubled(s *scene) *front {
	f := bare(s)
	f.CORS = &cors.Config{
		AllowOrigins: []string{s.pages["app"]},
		AllowMethods: []string{"GET", "POST"},
		AllowHeaders: []string{"authorization"},
	}
	return f
}

// owned is doubled with a function that knows.
func owned(s *scene) *front {
	config := s.config()
	config.Owner = cors.OwnerGateway
	f := bareWith(s, config)
	f.CORS = doubled(s).CORS
	return f
}

var functionURL = []suite{
	{"Function URL", bare, []check{
		{name: "simple request", path: "/hello", status: 200, says: "Hello", seen: "GET 200"},
		{name: "preflighted request", path: "/notes", token: "reader", status: 200, says: `"notes":[]`, seen: "OPTIONS 204, GET 200"},
		{name: "JSON posted", method: "POST", path: "/notes", token: "writer", header: map[string]string{"Content-Type": "application/json"},
			body: `{"title":"x"}`, status: 201, says: "Note created", seen: "OPTIONS 204, POST 201"},
		{name: "simple request of a stranger", page: "stranger", path: "/hello", blocked: "MissingAllowOriginHeader", seen: "GET 200"},
		{name: "preflighted request of a stranger", page: "stranger", path: "/notes", token: "reader",
			blocked: "PreflightMissingAllowOriginHeader", seen: "OPTIONS 403"},
		{name: "opaque origin", page: "sandboxed", path: "/hello", blocked: "MissingAllowOriginHeader", seen: "GET 200"},
		{name: "401 for no token", path: "/notes", status: 401, reads: map[string]string{"www-authenticate": `Bearer realm="notes"`}, seen: "GET 401"},
		{name: "401 for an expired token", path: "/notes", token: "expired", status: 401, says: "invalid_token", seen: "OPTIONS 204, GET 401"},
		{name: "403", method: "POST", path: "/notes", token: "reader", body: `{}`, status: 403, says: "insufficient_scope", seen: "OPTIONS 204, POST 403"},
		{name: "400 for two tokens", path: "/notes", header: map[string]string{"Authorization": "Bearer a, Bearer b"}, status: 400, says: "invalid_request",
			seen: "OPTIONS 204, GET 400"},
		{name: "500", path: "/notes/lost", token: "reader", status: 500, says: `"status":500`, seen: "OPTIONS 204, GET 500"},
		{name: "adapter's 500 for a panic", path: "/notes/cursed", token: "reader", status: 500, says: "Internal Server Error\n", seen: "OPTIONS 204, GET 500"},
		{name: "503 while the issuer has no keys", path: "/notes", token: "keyless", status: 503, says: "temporarily_unavailable", seen: "OPTIONS 204, GET 503"},
		{name: "upload", method: "POST", path: "/notes", body: `{}`, status: 401, seen: "POST 401"},
		{name: "upload with a listener is preflighted", method: "POST", path: "/notes", body: `{}`, upload: true, status: 401, seen: "OPTIONS 204, POST 401"},
		{name: "upload with a listener and a token", method: "POST", path: "/notes", token: "writer", body: `{}`, upload: true, status: 201, seen: "OPTIONS 204, POST 201"},
	}},
	{"Function URL with CORS settings, and the function's", doubled, []check{
		{name: "simple request", path: "/hello", blocked: "MultipleAllowOriginValues", seen: "GET 200"},
		{name: "preflighted request", path: "/notes", token: "reader", blocked: "MultipleAllowOriginValues", seen: "OPTIONS 200 by gateway, GET 200"},
		{name: "function's 403", method: "POST", path: "/notes", token: "reader", body: `{}`, blocked: "MultipleAllowOriginValues", seen: "OPTIONS 200 by gateway, POST 403"},
	}},
	{"Function URL with CORS settings as owner", owned, []check{
		{name: "simple request", path: "/hello", status: 200, seen: "GET 200"},
		{name: "preflighted request", path: "/notes", token: "reader", status: 200, seen: "OPTIONS 200 by gateway, GET 200"},
		{name: "function's 403", method: "POST", path: "/notes", token: "reader", body: `{}`, status: 403, seen: "OPTIONS 200 by gateway, POST 403"},
		{name: "simple request of a stranger", page: "stranger", path: "/hello", blocked: "MissingAllowOriginHeader", seen: "GET 200"},
	}},
}
