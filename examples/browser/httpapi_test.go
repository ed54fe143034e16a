package browser_test

import (
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/cors"
)

// guarded is an HTTP API without CORS settings, with a JWT authorizer on
// everything.
func guarded(s *scene) *front {
	jwt := &gateway.JWTAuthorizer{Issuer: s.issuer.URL(), Audience: []string{"app"}, Verify: s.issuer.Verify}
	return &front{Config: gateway.Config{
		Function:   adapter.New(api(s.vouched, s.config()), nil),
		Authorizer: jwt,
		Routes:     []gateway.Route{{Key: "ANY /{proxy+}"}},
	}}
}

// mended is guarded with a route for preflights that asks for no token, and one
// that was opened by mistake.
func mended(s *scene) *front {
	f := guarded(s)
	f.Routes = append(f.Routes,
		gateway.Route{Key: "OPTIONS /{proxy+}", Open: true},
		gateway.Route{Key: "GET /hello", Open: true},
		gateway.Route{Key: "GET /profile", Open: true},
	)
	return f
}

// impatient is mended with a function that does not wait for its handler.
func impatient(s *scene) *front {
	f := mended(s)
	f.Function = adapter.New(api(s.vouched, s.config()), &adapter.Options{Timeout: time.Second})
	return f
}

// settled has CORS settings in place of the route for preflights, and a function
// that has another opinion: it allows the stranger and credentials, and exposes
// other headers.
func settled(s *scene) *front {
	f := guarded(s)
	f.Routes = []gateway.Route{{Key: "GET /{proxy+}"}, {Key: "POST /{proxy+}"}, {Key: "GET /hello", Open: true}}
	config := s.config()
	config.AllowOrigins = append(config.AllowOrigins, s.pages["stranger"])
	config.AllowCredentials = true
	f.Function = adapter.New(api(s.vouched, config), nil)
	f.CORS = &cors.Config{
		AllowOrigins:  []string{s.pages["app"]},
		AllowMethods:  []string{"GET", "POST"},
		AllowHeaders:  []string{"authorization"},
		ExposeHeaders: []string{"apigw-requestid", "cache-control"},
	}
	return f
}

// settledAny has a route that takes OPTIONS too, and its authorizer precedes the
// CORS settings.
func settledAny(s *scene) *front {
	f := settled(s)
	f.Routes = []gateway.Route{{Key: "ANY /{proxy+}"}}
	return f
}

// settledDefault has the authorizer on $default, where it precedes the CORS
// settings.
func settledDefault(s *scene) *front {
	f := settled(s)
	f.Routes = []gateway.Route{{Key: "$default"}}
	return f
}

// settledOpen has the open route beside $default that AWS recommends
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html).
func settledOpen(s *scene) *front {
	f := settledDefault(s)
	f.Routes = append(f.Routes, gateway.Route{Key: "OPTIONS /{proxy+}", Open: true})
	return f
}

var httpAPI = []suite{
	{"HTTP API, JWT authorizer on ANY", guarded, []check{
		{name: "preflight is refused", path: "/notes", token: "reader", blocked: "PreflightMissingAllowOriginHeader", seen: "OPTIONS 401 by gateway"},
		{name: "gateway's 401 for no token", path: "/notes", blocked: "MissingAllowOriginHeader", seen: "GET 401 by gateway"},
	}},
	{"HTTP API with an open OPTIONS route", mended, []check{
		{name: "simple request", path: "/hello", status: 200, seen: "GET 200"},
		{name: "preflighted request", path: "/notes", token: "reader", status: 200, says: `"notes":[]`, seen: "OPTIONS 204, GET 200"},
		{name: "preflighted request of a stranger", page: "stranger", path: "/notes", token: "reader",
			blocked: "PreflightMissingAllowOriginHeader", seen: "OPTIONS 403"},
		{name: "function's 401 and its challenge", path: "/profile", status: 401,
			reads: map[string]string{"www-authenticate": `Bearer realm="notes"`, "x-content-type-options": ""}, seen: "GET 401"},
		{name: "function's 403 and its challenge", method: "POST", path: "/notes", token: "reader", body: `{}`, status: 403, says: "insufficient_scope",
			reads: map[string]string{"www-authenticate": `Bearer realm="notes", error="insufficient_scope", scope="notes-api/write"`},
			seen:  "OPTIONS 204, POST 403"},
		{name: "function's 400", method: "POST", path: "/notes", token: "writer", body: `{"title":`, status: 400, says: "not the JSON of a note", seen: "OPTIONS 204, POST 400"},
		{name: "function's 500", path: "/notes/lost", token: "reader", status: 500, says: `"status":500`, seen: "OPTIONS 204, GET 500"},
		{name: "adapter's 500 for a panic", path: "/notes/cursed", token: "reader", status: 500, says: "Internal Server Error\n", seen: "OPTIONS 204, GET 500"},
		{name: "method that is not allowed", method: "DELETE", path: "/notes/7", token: "writer",
			blocked: "MethodDisallowedByPreflightResponse", seen: "OPTIONS 204"},
		{name: "header that is not allowed", path: "/hello", header: map[string]string{"X-Trace": "1"},
			blocked: "HeaderDisallowedByPreflightResponse", seen: "OPTIONS 204"},
	}},
	{"HTTP API, slow handler", impatient, []check{
		{name: "adapter's 503", path: "/notes/late", token: "reader", status: 503, says: "Service Unavailable", seen: "OPTIONS 204, GET 503"},
	}},
	{"HTTP API with CORS settings", settled, []check{
		{name: "preflight never reaches the authorizer", path: "/notes", token: "reader", status: 200, seen: "OPTIONS 204 by gateway, GET 200"},
		{name: "function's exposed headers are hidden", method: "POST", path: "/notes", token: "reader", body: `{}`, status: 403,
			reads: map[string]string{"www-authenticate": "", "cache-control": "no-store"}, seen: "OPTIONS 204 by gateway, POST 403"},
		{name: "function's allowed origin is hidden", page: "stranger", path: "/hello", blocked: "MissingAllowOriginHeader", seen: "GET 200"},
		{name: "function's allowed origin does not count for preflights", page: "stranger", path: "/notes", token: "reader",
			blocked: "PreflightMissingAllowOriginHeader", seen: "OPTIONS 204 by gateway"},
		{name: "function's allowed credentials are hidden", path: "/notes", token: "reader", credentials: true,
			blocked: "PreflightInvalidAllowCredentials", seen: "OPTIONS 204 by gateway"},
		{name: "function's allowed headers are hidden", method: "POST", path: "/notes", token: "writer", header: map[string]string{"Content-Type": "application/json"},
			body: `{}`, blocked: "HeaderDisallowedByPreflightResponse", seen: "OPTIONS 204 by gateway"},
	}},
	{"HTTP API with CORS settings and a guarded ANY route", settledAny, []check{
		{name: "preflight is refused", path: "/notes", token: "reader", blocked: "PreflightMissingAllowOriginHeader", seen: "OPTIONS 401 by gateway"},
	}},
	{"HTTP API with CORS settings and a guarded $default", settledDefault, []check{
		{name: "preflight is refused", path: "/notes", token: "reader", blocked: "PreflightMissingAllowOriginHeader", seen: "OPTIONS 401 by gateway"},
	}},
	{"HTTP API with CORS settings and an open OPTIONS route", settledOpen, []check{
		{name: "preflighted request", path: "/notes", token: "reader", status: 200, seen: "OPTIONS 204 by gateway, GET 200"},
	}},
}
