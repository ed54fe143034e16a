package authorizer_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authorizer"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Identity sources that hold the token and the operation.
var (
	httpSources = []string{"$request.header.Authorization", "$context.httpMethod", "$context.path"}
	restSources = []string{"method.request.header.authorization", "context.httpMethod", "context.path"}
)

// muxOf has one rule more than a public one.
func muxOf(g *authz.Guard, pattern string, req authz.Requirement) *authz.Mux {
	mux := authz.NewMux(g)
	serve := func(http.ResponseWriter, *http.Request) {}
	mux.HandleFunc("GET /hello", authz.Public(), serve)
	mux.HandleFunc(pattern, req, serve)
	return mux
}

func trusting(change func(*claims.Trust)) authz.Identifier {
	t := trust
	change(&t)
	return authz.IdentifierFunc("changed", t, identify(time.Now().Add(time.Hour)))
}

func TestConfig(t *testing.T) {
	owner := authz.Func("owner", func(*http.Request, *claims.Identity) error { return nil })
	report := func(*http.Request, authz.Decision) {}
	kept := func(change func(*authorizer.Config)) authorizer.Config {
		c := authorizer.Config{Routes: api(), Identifier: hourly, TTL: time.Minute, IdentitySources: httpSources}
		change(&c)
		return c
	}
	for name, row := range map[string]struct {
		config authorizer.Config
		want   string // "": no problem
	}{
		"no routes":          {authorizer.Config{Identifier: hourly}, "Config.Routes: nil"},
		"a nil Mux":          {authorizer.Config{Routes: (*authz.Mux)(nil), Identifier: hourly}, "Config.Routes: nil"},
		"no Identifier":      {authorizer.Config{Routes: api()}, "Config.Identifier: nil"},
		"a nil Extractor":    {authorizer.Config{Routes: api(), Identifier: (*claims.Extractor)(nil)}, "Config.Identifier: nil"},
		"an Extractor":       {authorizer.Config{Routes: api(), Identifier: handedOn()}, "reads the Lambda authorizer of the event"},
		"a JWT authorizer's": {authorizer.Config{Routes: api(), Identifier: trusting(func(t *claims.Trust) { t.Sources = []claims.Source{claims.JWT} })}, "reads the JWT authorizer"},
		"no source":          {authorizer.Config{Routes: api(), Identifier: trusting(func(t *claims.Trust) { t.Sources = nil })}, "names no source"},
		"a binding":          {authorizer.Config{Routes: api(), Identifier: trusting(func(t *claims.Trust) { t.Reads = append(t.Reads[:1:1], "event requestContext.authorizer") })}, "BindingNone"},
		"an empty claim":     {authorizer.Config{Routes: api(), Identifier: hourly, Claims: []string{""}}, `Config.Claims: ""`},
		"a standard claim":   {authorizer.Config{Routes: api(), Identifier: hourly, Claims: []string{"sub"}}, `Config.Claims: "sub"`},
		"a negative TTL":     {authorizer.Config{Routes: api(), Identifier: hourly, TTL: -1}, "Config.TTL: -1ns"},
		"a long TTL":         {authorizer.Config{Routes: api(), Identifier: hourly, TTL: 2 * time.Hour}, "Config.TTL: 2h0m0s"},
		"a fraction":         {authorizer.Config{Routes: api(), Identifier: hourly, TTL: time.Second / 2}, "Config.TTL: 500ms"},
		"an unknown issuer": {authorizer.Config{
			Routes: muxOf(&authz.Guard{Identifier: trusting(func(t *claims.Trust) { t.IssuerNames = map[string]string{"staff": issuer} })},
				"GET /x", authz.Issuer("staff")), Identifier: hourly,
		}, `no issuer of the name "staff"`},
		"impossible options":    {authorizer.Config{Routes: api(), Identifier: hourly, Adapter: &adapter.Options{BasePaths: []string{"x"}}}, "Config.Adapter: "},
		"no TTL":                {authorizer.Config{Routes: api(), Identifier: hourly}, ""},
		"unknown Reads, no TTL": {authorizer.Config{Routes: api(), Identifier: trusting(func(t *claims.Trust) { t.Reads = nil })}, ""},
		"a Func, no TTL":        {authorizer.Config{Routes: muxOf(nil, "GET /x", owner), Identifier: hourly}, ""},

		"HTTP API":          {kept(func(*authorizer.Config) {}), ""},
		"REST API":          {kept(func(c *authorizer.Config) { c.IdentitySources = restSources }), ""},
		"WebSocket API":     {kept(func(c *authorizer.Config) { c.IdentitySources = []string{"route.request.header.Authorization"} }), ""},
		"unknown Reads":     {kept(func(c *authorizer.Config) { c.Identifier = trusting(func(t *claims.Trust) { t.Reads = nil }) }), "its Trust has no Reads"},
		"no sources":        {kept(func(c *authorizer.Config) { c.IdentitySources = nil }), "lack the header Authorization"},
		"without the token": {kept(func(c *authorizer.Config) { c.IdentitySources = httpSources[1:] }), "lack the header Authorization"},
		"another header":    {kept(func(c *authorizer.Config) { c.IdentitySources = append(httpSources[1:3:3], "$request.header.X-Token") }), "lack the header Authorization"},
		"a header in the query": {kept(func(c *authorizer.Config) {
			c.IdentitySources = append(httpSources[1:3:3], "$request.querystring.Authorization")
		}), "lack the header Authorization"},
		"the token alone":    {kept(func(c *authorizer.Config) { c.IdentitySources = httpSources[:1] }), "lack the operation"},
		"without the path":   {kept(func(c *authorizer.Config) { c.IdentitySources = httpSources[:2] }), "lack the operation"},
		"without the method": {kept(func(c *authorizer.Config) { c.IdentitySources = []string{httpSources[0], httpSources[2]} }), "lack the operation"},
		"REST, the resource": {kept(func(c *authorizer.Config) { c.IdentitySources = append(restSources[:2:2], "context.resourcePath") }), "lack the operation"},
		"of no API":          {kept(func(c *authorizer.Config) { c.IdentitySources = append(httpSources[:3:3], "header.Authorization") }), `"header.Authorization" is not an identity source`},
		"of two APIs":        {kept(func(c *authorizer.Config) { c.IdentitySources = append(httpSources[:3:3], "method.request.header.X") }), "another kind of API"},
		"a Func":             {kept(func(c *authorizer.Config) { c.Routes = muxOf(nil, "GET /x", authz.All(authz.Scope("a"), owner)) }), `GET /x requires "scope a and owner"`},
		"a Func in Every":    {kept(func(c *authorizer.Config) { c.Routes = muxOf(&authz.Guard{Every: owner}, "GET /x", authz.Scope("a")) }), "may look at more than the caller"},
		"a host":             {kept(func(c *authorizer.Config) { c.Routes = muxOf(nil, "GET admin.example.com/x", authz.Scope("a")) }), "lack the host"},
		"a host, covered": {kept(func(c *authorizer.Config) {
			c.Routes = muxOf(nil, "GET admin.example.com/x", authz.Scope("a"))
			c.IdentitySources = append(httpSources[:3:3], "$request.header.host")
		}), ""},
		"a report date": {kept(func(c *authorizer.Config) {
			c.Routes = muxOf(&authz.Guard{ReportUntil: time.Now().Add(time.Hour), OnDecision: report}, "GET /x", authz.Scope("a"))
		}), "ReportUntil"},
	} {
		_, err := authorizer.New(row.config)
		switch {
		case row.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)):
			t.Errorf("%s: error %v, want one with %q", name, err, row.want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("MustNew did not panic")
		}
	}()
	authorizer.MustNew(authorizer.Config{})
}

func TestRouteKeys(t *testing.T) {
	sources := []string{"$request.header.Authorization", "$context.routeKey"}
	plain := func(patterns ...string) *authz.Mux {
		mux := authz.NewMux(nil)
		for _, pattern := range patterns {
			mux.HandleFunc(pattern, authz.Scope("a"), func(http.ResponseWriter, *http.Request) {})
		}
		return mux
	}
	for name, row := range map[string]struct {
		routes *authz.Mux
		keys   []string
		want   string
	}{
		"none":                        {plain("GET /x"), nil, "only if the keys are known"},
		"one to one":                  {plain("GET /notes", "GET /notes/{id}", "POST /notes"), []string{"GET /notes", "GET /notes/{id}", "POST /notes"}, ""},
		"another name":                {plain("GET /notes/{id}"), []string{"GET /notes/{note}"}, ""},
		"HEAD":                        {plain("GET /notes"), []string{"HEAD /notes"}, ""},
		"catch-all":                   {plain("GET /x"), []string{"ANY /{proxy+}"}, "more than one operation"},
		"greedy":                      {plain("GET /x"), []string{"GET /{proxy+}"}, "more than one operation"},
		"default":                     {plain("GET /x"), []string{"$default"}, "more than one operation"},
		"no rule":                     {plain("GET /x"), []string{"GET /y"}, "leads to no rule"},
		"a literal beside":            {plain("GET /notes/{id}", "GET /notes/export"), []string{"GET /notes/{id}", "GET /notes/export"}, "may lead to"},
		"an encoded slash":            {plain("GET /notes/{id}", "GET /notes/{id}/secret"), []string{"GET /notes/{id}"}, "may lead to"},
		"another literal":             {plain("GET /a/{id}", "GET /b/{id}"), []string{"GET /a/{id}", "GET /b/{id}"}, ""},
		"a subtree":                   {plain("GET /notes", "GET /notes/"), []string{"GET /notes"}, "may lead to"},
		"a slash at the end":          {plain("GET /notes", "GET /notes/{$}"), []string{"GET /notes"}, "may lead to"},
		"a wildcard at the end":       {plain("GET /files/{path...}", "GET /files/{id}/meta"), []string{"GET /files/{id}/meta"}, "may lead to"},
		"a parameter before literals": {plain("GET /{a}/x", "GET /{a}/y"), []string{"GET /{a}/x"}, ""},
		"every method":                {plain("/notes", "POST /notes"), []string{"POST /notes"}, "may lead to"},
		"public":                      {muxOf(nil, "GET /x", authz.Scope("a")), []string{"GET /hello"}, "public rule"},
	} {
		_, err := authorizer.New(authorizer.Config{Routes: row.routes, Identifier: hourly, TTL: time.Minute, IdentitySources: sources, RouteKeys: row.keys})
		switch {
		case row.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)):
			t.Errorf("%s: error %v, want one with %q", name, err, row.want)
		}
	}
}

// With a TTL an event that does not go with what New checked is a failure, which
// the API does not keep.
func TestEventsContradictTheTTL(t *testing.T) {
	for kind, row := range map[string]struct {
		sources []string
		want    string // "": an answer
	}{
		"HTTP API 2.0": {httpSources, ""},
		"HTTP API 1.0": {httpSources, "payload format version 2.0"},
		"REST REQUEST": {restSources, ""},
		"REST TOKEN":   {restSources, "TOKEN authorizer"},
		"WebSocket":    {httpSources, "not those of the API"},
	} {
		a, last := newAuthorizer(t, func(c *authorizer.Config) { c.TTL, c.IdentitySources = time.Minute, row.sources })
		reply, err := a.Invoke(t.Context(), event(kind, "Bearer reader", "GET", "/notes"))
		if row.want == "" && (err != nil || !last.Allow) {
			t.Errorf("%s: %s, %v", kind, reply, err)
		}
		if row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want) || last.Reason != authorizer.ReasonEvent) {
			t.Errorf("%s: %s, %v, want an error that says %q", kind, reply, err, row.want)
		}
	}
	a, _ := newAuthorizer(t, func(c *authorizer.Config) { c.TTL, c.IdentitySources = time.Minute, restSources })
	if _, err := a.Invoke(t.Context(), event("HTTP API 2.0", "Bearer reader", "GET", "/notes")); err == nil {
		t.Error("an HTTP API's event passed with a REST API's identity sources")
	}
}

// A TOKEN authorizer does not see the host.
func TestTokenAndHosts(t *testing.T) {
	a, last := newAuthorizer(t, func(c *authorizer.Config) {
		c.Routes = muxOf(&authz.Guard{Identifier: handedOn()}, "GET admin.example.com/x", authz.Scope("admin"))
	})
	if _, err := a.Invoke(t.Context(), event("REST TOKEN", "Bearer admin", "GET", "/x")); err != nil || last.Reason != authorizer.ReasonHost {
		t.Errorf("%+v, %v", *last, err)
	}
}
