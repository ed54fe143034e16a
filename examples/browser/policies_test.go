package browser_test

import (
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// credentialed lets pages send the API's cookies.
func credentialed(s *scene) *front {
	config := s.config()
	config.AllowCredentials = true
	return bareWith(s, config)
}

// everybody allows what can be allowed to every page.
func everybody(s *scene) *front {
	config := s.config()
	config.AllowOrigins = []string{"*"}
	config.AllowMethods, config.AllowHeaders, config.ExposeHeaders = []string{"*"}, []string{"*"}, []string{"*"}
	return bareWith(s, config)
}

// everything allows one page all methods and headers, with credentials.
func everything(s *scene) *front {
	config := s.config()
	config.AllowCredentials = true
	config.AllowMethods, config.AllowHeaders = []string{"*"}, []string{"*"}
	return bareWith(s, config)
}

// forgetful forbids browsers to remember preflights.
func forgetful(s *scene) *front {
	config := s.config()
	config.MaxAge = -1
	return bareWith(s, config)
}

// without is the API that nobody has wrapped.
func without(s *scene) *front {
	f := bare(s)
	f.Function = adapter.New(notes.Handler(s.proved, &notes.Memory{}), nil)
	return f
}

var policies = []suite{
	{"credentials allowed", credentialed, []check{
		{name: "cookie sent with a simple request", path: "/hello", credentials: true, cookie: true, status: 200, seen: "GET 200 with cookie"},
		{name: "cookie sent with a preflighted request", path: "/notes", token: "reader", credentials: true, cookie: true, status: 200,
			seen: "OPTIONS 204, GET 200 with cookie"},
		{name: "cookie not asked for", path: "/hello", cookie: true, status: 200, seen: "GET 200"},
		{name: "Lax cookie of another site", page: "localhost", path: "/hello", credentials: true, cookie: true, status: 200, seen: "GET 200"},
		{name: "stranger", page: "stranger", path: "/hello", credentials: true, cookie: true, blocked: "MissingAllowOriginHeader", seen: "GET 200 with cookie"},
	}},
	{"credentials not allowed", bare, []check{
		{name: "simple request", path: "/hello", credentials: true, cookie: true, blocked: "InvalidAllowCredentials", seen: "GET 200 with cookie"},
		{name: "preflighted request", path: "/notes", token: "reader", credentials: true, blocked: "PreflightInvalidAllowCredentials", seen: "OPTIONS 204"},
	}},
	{"every origin, method and header allowed", everybody, []check{
		{name: "stranger", page: "stranger", path: "/notes", token: "reader", header: map[string]string{"X-Trace": "1"}, status: 200,
			reads: map[string]string{"x-content-type-options": "nosniff"}, seen: "OPTIONS 204, GET 200"},
		{name: "opaque origin", page: "sandboxed", path: "/hello", status: 200, seen: "GET 200"},
		{name: "another method", method: "DELETE", path: "/notes/7", token: "writer", status: 405, seen: "OPTIONS 204, DELETE 405"},
		{name: "credentials", path: "/hello", credentials: true, blocked: "WildcardOriginNotAllowed", seen: "GET 200"},
	}},
	{"every method and header allowed, with credentials", everything, []check{
		{name: "another method and header", method: "DELETE", path: "/notes/7", token: "writer", header: map[string]string{"X-Trace": "1"},
			credentials: true, cookie: true, status: 405, seen: "OPTIONS 204, DELETE 405 with cookie"},
	}},
	{"preflights may be remembered", bare, []check{
		{name: "one for three requests", path: "/notes", token: "reader", times: 3, status: 200, seen: "OPTIONS 204, GET 200, GET 200, GET 200"},
		{name: "refusals are not", page: "stranger", path: "/notes", token: "reader", times: 2,
			blocked: "PreflightMissingAllowOriginHeader", seen: "OPTIONS 403, OPTIONS 403"},
	}},
	{"preflights may not be remembered", forgetful, []check{
		{name: "one for each request", path: "/notes", token: "reader", times: 2, status: 200, seen: "OPTIONS 204, GET 200, OPTIONS 204, GET 200"},
	}},
	{"without package cors", without, []check{
		{name: "simple request", path: "/hello", blocked: "MissingAllowOriginHeader", seen: "GET 200"},
		{name: "preflighted request", path: "/notes", token: "reader", blocked: "PreflightMissingAllowOriginHeader", seen: "OPTIONS 401"},
	}},
}
