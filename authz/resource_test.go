package authz_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

const resourceURL = "https://api.example.com/public/mcp"

// trustOf is the Trust of an Identifier with these issuers.
func trustOf(issuers ...string) claims.Trust {
	return claims.Trust{Sources: []claims.Source{claims.Verified}, Issuers: issuers}
}

func discoverable() *authz.Guard {
	return &authz.Guard{
		Identifier: trusting(trustOf("https://issuer.example", "https://other.example/tenant")),
		Resource:   &authz.Resource{URL: resourceURL, ScopesSupported: []string{"mcp/read", "mcp/write"}},
	}
}

// The document is the same whatever a client says of host and path, or there is
// none.
func TestMetadataDependOnNothingOfTheRequest(t *testing.T) {
	const want = `{"resource":"https://api.example.com/public/mcp",` +
		`"authorization_servers":["https://issuer.example","https://other.example/tenant"],` +
		`"scopes_supported":["mcp/read","mcp/write"],"bearer_methods_supported":["header"]}` + "\n"
	const wellKnown = "/.well-known/oauth-protected-resource"
	paths := map[string]bool{
		wellKnown:                               true,
		wellKnown + "/public/mcp":               true,
		wellKnown + "/public/mcp/":              false,
		wellKnown + "/public":                   false,
		wellKnown + "/public/mcp/x":             false,
		wellKnown + "/PUBLIC/mcp":               false,
		wellKnown + "/public%2Fmcp":             false,
		wellKnown + "//public/mcp":              false,
		wellKnown + "/evil.example":             false,
		wellKnown + "/":                         false,
		"/.well-known/OAUTH-PROTECTED-RESOURCE": false,
		"/public/mcp" + wellKnown:               false,
		wellKnown + "?resource=https://evil":    true,
		wellKnown + "/public/mcp?x=/../y":       true,
	}
	hosts := []func(*http.Request){
		func(*http.Request) {},
		func(r *http.Request) { r.Host = "evil.example" },
		func(r *http.Request) { r.Host = "" },
		func(r *http.Request) { r.Header.Set("X-Forwarded-Host", "evil.example") },
		func(r *http.Request) { r.Header.Set("X-Forwarded-Prefix", "/evil") },
		func(r *http.Request) { r.Header.Set("Forwarded", `host="evil.example";proto=http`) },
		func(r *http.Request) { r.Header.Set("X-Original-URL", "/evil") },
		func(r *http.Request) { r.URL.Host, r.URL.Scheme = "evil.example", "http" },
	}
	variants := 0
	for path, served := range paths {
		for i, change := range hosts {
			for where, h := range map[string]http.Handler{"the handler": discoverable().Metadata(), "a Mux": authz.NewMux(discoverable())} {
				variants++
				r := request("GET", path)
				change(r)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				switch {
				case served && (w.Code != 200 || w.Body.String() != want || w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Access-Control-Allow-Origin") != "*"):
					t.Errorf("%s, %s, change %d: status %d, body %s", where, path, i, w.Code, w.Body)
				case !served && w.Code != 404 && (where == "the handler" || w.Code != 401):
					t.Errorf("%s, %s, change %d: status %d, want 404", where, path, i, w.Code)
				case !served && strings.Contains(fmt.Sprint(w.Header(), w.Body), "issuer.example"):
					t.Errorf("%s, %s, change %d: the document leaks", where, path, i)
				}
			}
		}
	}
	t.Logf("%d variants", variants)
}

// A page of any origin may read the document, without credentials, and nothing
// else has these headers.
func TestMetadataInABrowser(t *testing.T) {
	mux := authz.NewMux(discoverable())
	mux.Handle("GET /public/mcp", authz.Scope("mcp/read"), named("mcp"))
	r := request("OPTIONS", "/.well-known/oauth-protected-resource/public/mcp")
	r.Header.Set("Origin", "https://client.example")
	r.Header.Set("Access-Control-Request-Method", "GET")
	r.Header.Set("Access-Control-Request-Headers", "mcp-protocol-version")
	w := httptest.NewRecorder()
	w.Header().Set("Access-Control-Allow-Credentials", "true") // of a cors outside
	mux.ServeHTTP(w, r)
	h := w.Header()
	if w.Code != 204 || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Methods") != "GET" ||
		h.Get("Access-Control-Allow-Headers") != "*" || h.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("preflight: status %d, header %v", w.Code, h)
	}
	for _, other := range []string{"/public/mcp", "/nowhere"} {
		if res := serve(mux, request("GET", other)); res.StatusCode != 401 || res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: status %d, header %v", other, res.StatusCode, res.Header)
		}
	}
	if res := serve(mux, request("HEAD", "/.well-known/oauth-protected-resource")); res.StatusCode != 200 {
		t.Errorf("HEAD: status %d", res.StatusCode)
	}
}

func TestChallengesLeadToTheMetadata(t *testing.T) {
	const where = `, resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/public/mcp"`
	g := discoverable()
	g.Identifier = authz.IdentifierFunc("test", trustOf("https://issuer.example"), func(r *http.Request) (*claims.Identity, error) {
		if r.Header.Get("Authorization") == "Bearer known" {
			return caller(t, ""), nil
		}
		return nil, nil
	})
	mux := authz.NewMux(g)
	mux.Handle("GET /public/mcp", authz.AllScopes("mcp/admin", "mcp/read"), named("mcp"))
	for _, test := range []struct {
		path, token string
		status      int
		want        string
	}{
		{"/public/mcp", "", 401, `Bearer realm="api", scope="mcp/read mcp/write"` + where},
		{"/nowhere", "", 401, `Bearer realm="api", scope="mcp/read mcp/write"` + where}, // the same as of a route
		{"/public/mcp", "Bearer bad", 401, `Bearer realm="api", error="invalid_token", scope="mcp/read mcp/write"` + where},
		{"/public/mcp", "Bearer known", 403, `Bearer realm="api", error="insufficient_scope", scope="mcp/admin mcp/read"` + where},
		{"/nowhere", "Bearer known", 404, ""},
	} {
		r := request("GET", test.path)
		if test.token != "" {
			r.Header.Set("Authorization", test.token)
		}
		res := serve(mux, r)
		if got := res.Header.Get("WWW-Authenticate"); res.StatusCode != test.status || got != test.want {
			t.Errorf("%s as %q: status %d, challenge %s; want %d, %s", test.path, test.token, res.StatusCode, got, test.status, test.want)
		}
	}
}

// The plan of the gateway's routes opens what clients must read without a token.
func TestMetadataArePublicRulesOfThePolicy(t *testing.T) {
	var public []string
	for _, rule := range authz.NewMux(discoverable()).Policy().Rules {
		if rule.Gate.Public {
			public = append(public, rule.Method+" "+rule.Pattern)
		}
	}
	slices.Sort(public)
	want := []string{
		"GET /.well-known/oauth-protected-resource",
		"GET /.well-known/oauth-protected-resource/public/mcp",
		"OPTIONS /.well-known/oauth-protected-resource",
		"OPTIONS /.well-known/oauth-protected-resource/public/mcp",
	}
	if diff := cmp.Diff(want, public); diff != "" {
		t.Errorf("public rules (-want +got):\n%s", diff)
	}
}

func TestMetadataPaths(t *testing.T) {
	const at = "/.well-known/oauth-protected-resource"
	for url, want := range map[string][]string{
		"https://api.example.com":          {at},
		"https://api.example.com/":         {at},
		"https://api.example.com:8443/mcp": {at + "/mcp", at},
		"https://api.example.com/mcp/":     {at + "/mcp/", at},
		"https://api.example.com/a%20b":    {at + "/a%20b", at},
		"http://localhost:8080/mcp":        {at + "/mcp", at},
	} {
		r := &authz.Resource{URL: url}
		if diff := cmp.Diff(want, r.MetadataPaths()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", url, diff)
		}
		g := &authz.Guard{Identifier: trusting(trustOf("https://issuer.example")), Resource: r}
		mux := authz.NewMux(g)
		for _, path := range want {
			res := serve(mux, request("GET", path))
			var document struct{ Resource string }
			if err := json.NewDecoder(res.Body).Decode(&document); err != nil || document.Resource != url {
				t.Errorf("%s at %s: status %d, resource %q (%v)", url, path, res.StatusCode, document.Resource, err)
			}
		}
	}
	if got := (*authz.Resource)(nil).MetadataPaths(); got != nil {
		t.Errorf("of no Resource: %q", got)
	}
}

func TestImpossibleResources(t *testing.T) {
	trusted := trusting(trustOf("https://issuer.example"))
	tests := map[string]*authz.Guard{
		"no URL":                    {Identifier: trusted, Resource: &authz.Resource{}},
		"a relative URL":            {Identifier: trusted, Resource: &authz.Resource{URL: "/mcp"}},
		"a URL without scheme":      {Identifier: trusted, Resource: &authz.Resource{URL: "api.example.com/mcp"}},
		"http":                      {Identifier: trusted, Resource: &authz.Resource{URL: "http://api.example.com/mcp"}},
		"another scheme":            {Identifier: trusted, Resource: &authz.Resource{URL: "ftp://api.example.com/mcp"}},
		"a query":                   {Identifier: trusted, Resource: &authz.Resource{URL: "https://api.example.com/mcp?x=1"}},
		"an empty query":            {Identifier: trusted, Resource: &authz.Resource{URL: "https://api.example.com/mcp?"}},
		"a fragment":                {Identifier: trusted, Resource: &authz.Resource{URL: "https://api.example.com/mcp#x"}},
		"an empty fragment":         {Identifier: trusted, Resource: &authz.Resource{URL: "https://api.example.com/mcp#"}},
		"a user":                    {Identifier: trusted, Resource: &authz.Resource{URL: "https://ada@api.example.com/mcp"}},
		"capitals in the host":      {Identifier: trusted, Resource: &authz.Resource{URL: "https://API.example.com/mcp"}},
		"capitals in the scheme":    {Identifier: trusted, Resource: &authz.Resource{URL: "HTTPS://api.example.com/mcp"}},
		"a host beyond ASCII":       {Identifier: trusted, Resource: &authz.Resource{URL: "https://äpi.example.com/mcp"}},
		"a path beyond ASCII":       {Identifier: trusted, Resource: &authz.Resource{URL: "https://api.example.com/mçp"}},
		"a blank in the path":       {Identifier: trusted, Resource: &authz.Resource{URL: "https://api.example.com/m p"}},
		"a quote in the path":       {Identifier: trusted, Resource: &authz.Resource{URL: `https://api.example.com/m"p`}},
		"a colon without a port":    {Identifier: trusted, Resource: &authz.Resource{URL: "https://api.example.com:/mcp"}},
		"dots in the path":          {Identifier: trusted, Resource: &authz.Resource{URL: "https://api.example.com/a/../mcp"}},
		"an empty segment":          {Identifier: trusted, Resource: &authz.Resource{URL: "https://api.example.com//mcp"}},
		"a pattern in the path":     {Identifier: trusted, Resource: &authz.Resource{URL: "https://api.example.com/{rest...}"}},
		"no host":                   {Identifier: trusted, Resource: &authz.Resource{URL: "https:///mcp"}},
		"a scope of two words":      {Identifier: trusted, Resource: &authz.Resource{URL: resourceURL, ScopesSupported: []string{"a b"}}},
		"no Identifier":             {Resource: &authz.Resource{URL: resourceURL}},
		"no issuers":                {Identifier: trusting(trustOf()), Resource: &authz.Resource{URL: resourceURL}},
		"any issuer":                {Identifier: trusting(claims.Trust{AnyIssuer: true, Issuers: []string{"https://issuer.example"}}), Resource: &authz.Resource{URL: resourceURL}},
		"an issuer without a URL":   {Identifier: trusting(trustOf("eu-west-1:0f5e")), Resource: &authz.Resource{URL: resourceURL}},
		"Metadata without Resource": {Identifier: trusted},
	}
	for name, g := range tests {
		make := func() { authz.NewMux(g) }
		if g.Resource == nil {
			make = func() { g.Metadata() }
		}
		if panics(make) == nil {
			t.Errorf("%s: no panic", name)
		}
	}
}

// A Guard with several faults names them all at once.
func TestAllProblemsAreNamed(t *testing.T) {
	text := fmt.Sprint(panics(func() {
		authz.NewMux(&authz.Guard{SubjectKey: []byte("short"), Every: authz.Public(), Resource: &authz.Resource{URL: "/mcp"}})
	}))
	for _, want := range []string{"SubjectKey", "Public inside Guard.Every", "Resource.URL", "names no issuer"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not named in: %s", want, text)
		}
	}
}
