package apigateway_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Authorizers are told apart by their issuers, whatever they are called.
func TestDeployedIssuers(t *testing.T) {
	names := map[string]string{"staff": "https://staff.example", "partners": "https://partners.example"}
	who := claims.MustNew(claims.Config{Issuers: []string{names["staff"], names["partners"]}, IssuerNames: names})
	mux := muxOf(&authz.Guard{Identifier: who}, rules{
		"POST /staff", authz.All(authz.Issuer("staff"), a),
		"POST /partners", authz.All(authz.Issuer("partners"), a),
	})
	opts := &apigateway.Options{Authorizer: "staff"}
	plan := planOf(t, mux, opts)
	env := rightEnvironment()
	env["issuers"] = m{
		"staff":    m{"issuer": names["staff"], "audiences": l{"web"}},
		"partners": m{"issuer": names["partners"], "audiences": l{"web"}},
	}
	deployed := func(staff, partners string) folder {
		f := rightFolder(plan)
		delete(f, "get-authorizer-cognito.json")
		authorizer := func(id, issuer string) m {
			return m{"AuthorizerId": id, "AuthorizerType": "JWT", "Name": id, "IdentitySource": l{"$request.header.Authorization"}, "JwtConfiguration": m{"Issuer": issuer, "Audience": l{"web"}}}
		}
		f["get-authorizers.json"] = m{"Items": l{authorizer("one1", staff), authorizer("two2", partners)}}
		for _, r := range f.in("get-routes.json", "Items").(l) {
			if route := r.(m); route["RouteKey"] == "POST /partners" {
				route["AuthorizerId"] = "two2"
			} else {
				route["AuthorizerId"] = "one1"
			}
		}
		return f
	}
	if c := check(t, mux, opts, deployed(names["staff"], names["partners"]), env); c.code != 0 {
		t.Errorf("as planned: exit %d: %s", c.code, c.text)
	}
	c := check(t, mux, opts, deployed(names["partners"], names["staff"]), env)
	if c.code != 1 || !slices.Contains(c.names, "wrong-authorizer") {
		t.Errorf("the other way round: exit %d: %s", c.code, c.text)
	}
	c = check(t, mux, opts, deployed(names["staff"], "https://elsewhere.example"), env)
	if !slices.Equal(c.names, []string{"unknown-issuer", "untrusted-issuer", "wrong-authorizer"}) {
		t.Errorf("a third issuer: exit %d: %s", c.code, c.text)
	}
	delete(env["issuers"].(m), "partners")
	if c := check(t, mux, opts, deployed(names["staff"], names["partners"]), env); c.code != 4 || !strings.Contains(c.text, `there is no "partners"`) {
		t.Errorf("an environment without one: exit %d: %s", c.code, c.text)
	}
}

// With an environment the plain document is complete, and only that one.
func TestOutForAnEnvironment(t *testing.T) {
	dir := t.TempDir()
	env := write(t, "env.json", mustJSON(t, rightEnvironment()))
	if code, _, errs := runMain(t, notes(), "-out", dir, "-env", env); code != 0 {
		t.Fatal(code, errs)
	}
	for name, want := range map[string]bool{apigateway.OpenAPIFile: true, apigateway.RoutesFile: false, apigateway.CloudFormationFile: false} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), poolIssuer) != want || strings.Contains(string(data), "notes:live") != want {
			t.Errorf("%s: the environment is in it: %v, want %v", name, !want, want)
		}
	}
	if code, out, errs := runMain(t, notes(), "-diff", dir, "-env", env); code != 0 {
		t.Errorf("-diff: %d %s%s", code, out, errs)
	}
	if code, out, _ := runMain(t, notes(), "-diff", dir); code != 1 || !strings.Contains(out, "openapi.json") || strings.Contains(out, "routes.json") {
		t.Errorf("-diff without it: %d %s", code, out)
	}
}
