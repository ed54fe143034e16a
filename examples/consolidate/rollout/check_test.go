package rollout

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/consolidate"
)

const (
	account = "123456789012"
	pool    = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
	one     = "notes:live"
	large   = "notes-large:live"
	status  = "status:live" // another team's
)

// typedFunctions are the names of the functions as they were.
var typedFunctions = map[string]string{"GET /notes/{id}": "notes-read:live", "GET /notes": "notes-list:live", "POST /notes": "notes-write:live"}

func arn(function string) string {
	return "arn:aws:lambda:eu-west-1:" + account + ":function:" + function
}

// deployment is what an account has, as a check sees it.
type deployment struct {
	routes    []apigateway.Route
	to        map[string]string // the functions that the routes lead to; notes:live for the others
	permitted []string          // functions that the API may call
}

type object = map[string]any

// write writes what the AWS CLI prints of the deployment.
func (d deployment) write(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	put := func(name string, v any) {
		data, err := json.Marshal(v)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+".json"), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var routes, integrations []object
	for i, r := range d.routes {
		function, ok := d.to[r.Key]
		if !ok {
			function = one
		}
		route := object{"RouteId": fmt.Sprint("r", i), "RouteKey": r.Key, "AuthorizationType": r.Auth, "Target": "integrations/" + function, "ApiKeyRequired": false}
		if r.Auth == apigateway.JWT {
			route["AuthorizerId"] = "jwt1"
		}
		if r.Scopes != nil {
			route["AuthorizationScopes"] = r.Scopes
		}
		routes = append(routes, route)
		if !slices.ContainsFunc(integrations, func(o object) bool { return o["IntegrationId"] == function }) {
			integrations = append(integrations, object{
				"IntegrationId": function, "IntegrationType": "AWS_PROXY", "IntegrationMethod": "POST", "ConnectionType": "INTERNET", "TimeoutInMillis": 30000,
				"IntegrationUri": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/" + arn(function) + "/invocations", "PayloadFormatVersion": "2.0",
			})
		}
	}
	put("get-api", object{
		"ApiId": "a1b2c3d4e5", "Name": "notes", "ProtocolType": "HTTP", "DisableExecuteApiEndpoint": false,
		"ApiEndpoint": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", "RouteSelectionExpression": "$request.method $request.path",
	})
	put("get-routes", object{"Items": routes})
	put("get-integrations", object{"Items": integrations})
	put("get-authorizers", object{"Items": []object{{
		"AuthorizerId": "jwt1", "AuthorizerType": "JWT", "Name": "pool", "IdentitySource": []string{"$request.header.Authorization"},
		"JwtConfiguration": object{"Issuer": pool, "Audience": []string{"web"}},
	}}})
	put("get-stages", object{"Items": []object{{
		"StageName": "$default", "AutoDeploy": true, "LastDeploymentStatusMessage": "Successfully deployed stage with deployment ID 'x1y2z3'",
		"AccessLogSettings": object{"DestinationArn": "arn:aws:logs:eu-west-1:" + account + ":log-group:notes-access", "Format": "$context.requestId"},
	}}})
	put("list-function-url-configs", object{"FunctionUrlConfigs": []object{}})
	for i, function := range d.permitted {
		policy, err := json.Marshal(object{"Version": "2012-10-17", "Statement": []object{{
			"Sid": "api", "Effect": "Allow", "Principal": object{"Service": "apigateway.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": arn(function),
			"Condition": object{"ArnLike": object{"AWS:SourceArn": "arn:aws:execute-api:eu-west-1:" + account + ":a1b2c3d4e5/*/*"}},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		put(fmt.Sprint("get-policy-", i), object{"Policy": string(policy), "RevisionId": "1"})
	}
	return dir
}

// check does what -check does, with the functions that the environment calls its own.
func (d deployment) check(t *testing.T, own ...string) *apigateway.Report {
	t.Helper()
	report, err := d.try(t, own...)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func (d deployment) try(t *testing.T, own ...string) (*apigateway.Report, error) {
	t.Helper()
	e := &apigateway.Environment{
		Issuers:  map[string]apigateway.Issuer{"pool": {Issuer: pool, Audiences: []string{"web"}}},
		APIs:     []string{"a1b2c3d4e5"},
		Accounts: []string{account},
	}
	for _, function := range own {
		e.Functions = append(e.Functions, arn(function))
	}
	return apigateway.Check(policy(), nil, d.write(t), e)
}

func policy() apigateway.Router {
	return consolidate.API(claims.MustNew(claims.Config{Issuers: []string{pool}}), new(consolidate.Notes))
}

// planned is the deployment at a step, beside a route of another team.
func planned(t *testing.T, step int) deployment {
	t.Helper()
	plan, err := apigateway.New(policy(), nil)
	if err != nil {
		t.Fatal(err)
	}
	d := deployment{
		routes:    append(Deployed(plan, step).Routes, apigateway.Route{Key: "GET /status", Auth: apigateway.None}),
		to:        map[string]string{"GET /status": status},
		permitted: []string{one},
	}
	for _, key := range Left(step) {
		d.to[key] = typedFunctions[key]
	}
	return d
}

// found is what a report says is wrong, or could not say.
func found(r *apigateway.Report) []string {
	all := []string{}
	for _, f := range r.Findings {
		all = append(all, f.Name+" "+f.Where)
	}
	for _, name := range r.Unchecked {
		all = append(all, "unchecked "+name)
	}
	slices.Sort(all)
	return all
}

// TestCheckAtEachStep: routes that still lead to a typed function shadow the policy's,
// the other team's are foreign and no finding, and those that have moved are own.
func TestCheckAtEachStep(t *testing.T) {
	for _, step := range []int{1, 2, 3, 4, 3, 1} {
		report := planned(t, step).check(t, one)
		want, foreign := []string{}, []string{"GET /status → " + arn(status)}
		for _, key := range Left(step) {
			want = append(want, "shadowed "+key)
			foreign = append(foreign, key+" → "+arn(typedFunctions[key]))
		}
		slices.Sort(want)
		slices.Sort(foreign)
		if diff := cmp.Diff(want, found(report)); diff != "" {
			t.Errorf("step %d: findings: -want +got:\n%s", step, diff)
		}
		if diff := cmp.Diff(foreign, report.Foreign); diff != "" {
			t.Errorf("step %d: foreign: -want +got:\n%s", step, diff)
		}
		t.Logf("step %d: %d shadowed, %d foreign", step, len(want), len(foreign))
	}
}

// TestCheckBefore: at step 0 no route leads to the one function, and there is nothing to
// check yet.
func TestCheckBefore(t *testing.T) {
	_, err := planned(t, 0).try(t, one)
	if err == nil || !strings.Contains(err.Error(), "which no route of this policy calls") {
		t.Errorf("error %v", err)
	}
}

// TestCheckPolicyOfAnother: the policy of a function that is not the environment's does not
// belong into the folder, neither an old function's nor that of a second one.
func TestCheckPolicyOfAnother(t *testing.T) {
	for _, another := range []string{"notes-list:live", large} {
		d := planned(t, 1)
		d.to["POST /notes"] = large
		d.permitted = append(d.permitted, another)
		if _, err := d.try(t, one); err == nil || !strings.Contains(err.Error(), arn(another)+", which no route of this policy calls") {
			t.Errorf("%s: error %v", another, err)
		}
	}
}

// TestOnePolicyOverTwoFunctions: the environment may call several functions its own.
// Their routes and permissions are then held against the policy like each other's.
func TestOnePolicyOverTwoFunctions(t *testing.T) {
	for _, test := range []struct {
		name   string
		own    []string
		change func(d *deployment, write *apigateway.Route)
		want   []string
	}{
		{"the same binary, with more memory for writing", []string{one, large}, nil, []string{}},
		{"the second function is not the environment's", []string{one}, func(d *deployment, _ *apigateway.Route) {
			d.permitted = []string{one}
		}, []string{"shadowed POST /notes"}},
		{"the second function's policy was not read", []string{one, large}, func(d *deployment, _ *apigateway.Route) {
			d.permitted = []string{one}
		}, []string{"unchecked get-policy " + arn(large)}},
		{"its route asks for another scope", []string{one, large}, func(_ *deployment, write *apigateway.Route) {
			write.Scopes = []string{"notes-api/admin"}
		}, []string{"unknown-scope POST /notes", "weak-route POST /notes", "wrong-scopes POST /notes"}},
		{"its route lost its authorizer", []string{one, large}, func(_ *deployment, write *apigateway.Route) {
			write.Auth, write.Scopes = apigateway.None, nil
		}, []string{"open-route POST /notes"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := planned(t, Last)
			d.to["POST /notes"] = large
			d.permitted = append(d.permitted, large)
			if test.change != nil {
				i := slices.IndexFunc(d.routes, func(r apigateway.Route) bool { return r.Key == "POST /notes" })
				test.change(&d, &d.routes[i])
			}
			if diff := cmp.Diff(test.want, found(d.check(t, test.own...))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
