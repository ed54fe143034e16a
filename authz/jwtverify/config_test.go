package jwtverify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

func TestConfigProblems(t *testing.T) {
	s := rsaSigner(t, "k")
	good := issuerOf(t, s)
	change := func(f func(*jwtverify.Issuer)) jwtverify.Config {
		i := good
		f(&i)
		return configOf(i)
	}
	for name, row := range map[string]struct {
		config jwtverify.Config
		want   string
	}{
		"no issuer":          {jwtverify.Config{}, "Config.Issuers: 0"},
		"the same twice":     {configOf(good, good), `Config.Issuers[1].URL: "https://issuer.example" is there twice`},
		"leeway":             {jwtverify.Config{Issuers: []jwtverify.Issuer{good}, Leeway: time.Minute + 1}, "Config.Leeway: 1m0.000000001s"},
		"max age":            {jwtverify.Config{Issuers: []jwtverify.Issuer{good}, MaxAge: -1}, "Config.MaxAge: -1ns"},
		"cache size":         {jwtverify.Config{Issuers: []jwtverify.Issuer{good}, CacheSize: -1}, "Config.CacheSize: -1"},
		"binding":            {jwtverify.Config{Issuers: []jwtverify.Issuer{good}, Binding: 3}, "Config.Binding: Binding(3)"},
		"no URL":             {change(func(i *jwtverify.Issuer) { i.URL = "" }), `Config.Issuers[0].URL: ""`},
		"URL with a blank":   {change(func(i *jwtverify.Issuer) { i.URL += " " }), `URL: "https://issuer.example "`},
		"nil audiences":      {change(func(i *jwtverify.Issuer) { i.Audiences = nil }), `Audiences: []`},
		"no audience":        {change(func(i *jwtverify.Issuer) { i.Audiences = []string{} }), `Audiences: []`},
		"empty audience":     {change(func(i *jwtverify.Issuer) { i.Audiences = []string{"api", ""} }), `Audiences: ["api" ""]`},
		"empty client":       {change(func(i *jwtverify.Issuer) { i.Clients = []string{""} }), `Clients: [""]`},
		"none":               {change(func(i *jwtverify.Issuer) { i.Algorithms = []string{"none"} }), `Algorithms: "none"`},
		"HS256":              {change(func(i *jwtverify.Issuer) { i.Algorithms = []string{"RS256", "HS256"} }), `Algorithms: "HS256"`},
		"lower case":         {change(func(i *jwtverify.Issuer) { i.Algorithms = []string{"rs256"} }), `Algorithms: "rs256"`},
		"two places of keys": {change(func(i *jwtverify.Issuer) { i.JWKSURL = "https://issuer.example/keys" }), "JWKS: set beside JWKSURL"},
		"no key set":         {change(func(i *jwtverify.Issuer) { i.JWKS = []byte("{}") }), "JWKS: no key of the set is usable"},
		"plain HTTP":         {change(func(i *jwtverify.Issuer) { i.JWKS, i.JWKSURL = nil, "http://issuer.example/keys" }), `JWKSURL: "http://issuer.example/keys" is neither`},
		"a name like localhost": {change(func(i *jwtverify.Issuer) { i.JWKS, i.JWKSURL = nil, "http://localhost.example/keys" }),
			`JWKSURL: "http://localhost.example/keys" is neither`},
		"a private address":   {change(func(i *jwtverify.Issuer) { i.JWKS, i.JWKSURL = nil, "http://10.0.0.1/keys" }), `is neither`},
		"a file":              {change(func(i *jwtverify.Issuer) { i.JWKS, i.JWKSURL = nil, "file:///keys" }), `is not an absolute URL`},
		"credentials":         {change(func(i *jwtverify.Issuer) { i.JWKS, i.JWKSURL = nil, "https://a:b@issuer.example/keys" }), `holds credentials`},
		"discovery by HTTP":   {configOf(jwtverify.OIDC("http://issuer.example", "api")), `URL: "http://issuer.example" is neither`},
		"discovery of no URL": {configOf(jwtverify.OIDC("issuer", "api")), `URL: "issuer" is not an absolute URL`},
		"no pool":             {configOf(jwtverify.CognitoUserPool("", "app")), "JWKSURL"},
		"pool without region": {configOf(jwtverify.CognitoUserPool("AbCdEf", "app")), `amazonaws.com/AbCdEf`},
		"pool with a path":    {configOf(jwtverify.CognitoUserPool("evil.example/x_y", "app")), `is not an absolute URL`},
		"pool, no client":     {configOf(jwtverify.CognitoUserPool("eu-west-1_AbCdEf")), `Audiences: []`},
		"pins without a binding": {jwtverify.Config{Issuers: []jwtverify.Issuer{good}, Binding: jwtverify.BindingNone, Claims: claims.MustNew(claims.Config{
			Issuers: []string{issuerURL}, APIs: []string{"a1b2c3d4"},
		})}, `Config.Claims: pins APIs ["a1b2c3d4"]`},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := jwtverify.New(row.config)
			if v != nil || err == nil || !strings.Contains(err.Error(), row.want) || !strings.HasPrefix(err.Error(), "jwtverify: ") {
				t.Errorf("error %v, want one with %q", err, row.want)
			}
		})
	}
}

func TestAllConfigProblemsAtOnce(t *testing.T) {
	_, err := jwtverify.New(jwtverify.Config{
		Issuers: []jwtverify.Issuer{{Algorithms: []string{"none", "HS512"}}, {JWKS: []byte("x")}},
		MaxAge:  -1,
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"MaxAge", "[0].URL", "[0].Audiences", `"none"`, `"HS512"`, "[1].URL", "[1].Audiences", "[1].JWKS"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not name %s", err, want)
		}
	}
}

func TestMustNewPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	jwtverify.MustNew(jwtverify.Config{})
}

func TestCognitoUserPool(t *testing.T) {
	for pool, want := range map[string]string{
		"eu-west-1_AbCdEfGhI":  "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
		"cn-north-1_AbCdEfGhI": "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbCdEfGhI",
	} {
		i := jwtverify.CognitoUserPool(pool, "app")
		if i.URL != want || i.JWKSURL != want+"/.well-known/jwks.json" || i.TokenUse != "access" || len(i.Clients) != 1 || i.Audiences != nil {
			t.Errorf("%s: %+v", pool, i)
		}
		newVerifier(t, configOf(i))
	}
}

// What a caller does to its Config later changes nothing.
func TestConfigIsCopied(t *testing.T) {
	s := rsaSigner(t, "k")
	i := issuerOf(t, s)
	v := newVerifier(t, configOf(i))
	i.Audiences[0], i.Algorithms[0] = "other", "ES256"
	clear(i.JWKS)
	if id, err := identify(v, s.token(t, goodClaims())); id == nil {
		t.Error(err)
	}
}
