package gateway_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

// signed is a request whose signature an IAMAuthorizer in these tests takes.
func signed(path string) *http.Request {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20240618/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature=00")
	return r
}

func signedBy(caller *gateway.IAMCaller) *gateway.IAMAuthorizer {
	return &gateway.IAMAuthorizer{Verify: func(*http.Request) (*gateway.IAMCaller, error) { return caller, nil }}
}

var (
	user = &gateway.IAMCaller{AccessKeyID: "AKIAEXAMPLE", AccountID: "111122223333", UserARN: "arn:aws:iam::111122223333:user/buoy",
		UserID: "AIDAEXAMPLE", OrgID: "o-1", SessionName: "s-1"}
	pooled = &gateway.IAMCaller{AccessKeyID: "ASIAEXAMPLE", AccountID: "111122223333", UserARN: "arn:aws:sts::111122223333:assumed-role/r/s",
		UserID: "AROAEXAMPLE:s", Pool: &gateway.PoolIdentity{IdentityID: "eu-west-1:1", PoolID: "eu-west-1:2", AMR: []string{"authenticated", "p", "p:1"}}}
)

func TestIAMEvent(t *testing.T) {
	iam := map[string]any{"accessKey": "AKIAEXAMPLE", "accountId": "111122223333", "callerId": "AIDAEXAMPLE", "cognitoIdentity": nil,
		"principalOrgId": "o-1", "userArn": "arn:aws:iam::111122223333:user/buoy", "userId": "AIDAEXAMPLE"}
	pool := map[string]any{"amr": []any{"authenticated", "p", "p:1"}, "identityId": "eu-west-1:1", "identityPoolId": "eu-west-1:2"}
	for _, row := range []struct {
		front  front
		caller *gateway.IAMCaller
		want   map[string]any // by path in requestContext
	}{
		{front{adapter.HTTPAPIV2, ""}, user, map[string]any{"authorizer.iam": iam, "accountId": "123456789012"}},
		{front{adapter.FunctionURL, ""}, user, map[string]any{"authorizer.iam": iam, "accountId": "111122223333"}},
		{front{adapter.HTTPAPIV2, ""}, pooled, map[string]any{"authorizer.iam.cognitoIdentity": pool}},
		{front{adapter.RESTAPI, "/prod"}, user, map[string]any{"authorizer": absent, "identity.accessKey": "AKIAEXAMPLE", "identity.caller": "AIDAEXAMPLE",
			"identity.user": "AIDAEXAMPLE", "identity.userArn": "arn:aws:iam::111122223333:user/buoy", "identity.accountId": "111122223333",
			"identity.cognitoIdentityId": nil, "identity.cognitoAuthenticationType": nil, "identity.sourceIp": "192.0.2.1"}},
		{front{adapter.RESTAPI, "/prod"}, pooled, map[string]any{"identity.cognitoIdentityId": "eu-west-1:1", "identity.cognitoIdentityPoolId": "eu-west-1:2",
			"identity.cognitoAuthenticationType": "authenticated", "identity.cognitoAuthenticationProvider": "p,p:1"}},
	} {
		g := gateway.Config{Function: returns(okReply), Format: row.front.format, Authorizer: signedBy(row.caller)}
		context := event(t, g, signed(row.front.base+"/"))["requestContext"].(map[string]any)
		for path, want := range row.want {
			if diff := cmp.Diff(want, member(context, path)); diff != "" {
				t.Errorf("%v: %s: -want +got:\n%s", row.front.format, path, diff)
			}
		}
	}
}

// Who signed without being of an organization has null where its id would be.
func TestIAMEventWithoutOrganization(t *testing.T) {
	for format, path := range map[adapter.Format]string{
		adapter.HTTPAPIV2: "authorizer.iam.principalOrgId", adapter.FunctionURL: "authorizer.iam.principalOrgId", adapter.RESTAPI: "identity.principalOrgId",
	} {
		g := gateway.Config{Format: format, BasePath: "/", Authorizer: signedBy(pooled)}
		if got := member(event(t, g, signed("/")), "requestContext."+path); got != nil {
			t.Errorf("%v: %s = %#v, want null", format, path, got)
		}
	}
}

func TestUnsigned(t *testing.T) {
	for format, want := range map[adapter.Format]seen{
		adapter.RESTAPI:     {403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException", "no signature"},
		adapter.HTTPAPIV2:   {403, `{"message":"Forbidden"}`, "IncompleteSignatureException", "no signature"},
		adapter.FunctionURL: {403, urlForbidden, "AccessDeniedException", "no signature"},
	} {
		g := gateway.Config{Function: returns(okReply), Format: format, BasePath: "/", Authorizer: signedBy(user)}
		if diff := cmp.Diff(want, see(t, g, httptest.NewRequest("GET", "/", nil))); diff != "" {
			t.Errorf("%v: -want +got:\n%s", format, diff)
		}
	}
}

func TestLatticeIAMEvent(t *testing.T) {
	g := gateway.Config{Function: returns(okReply), Format: adapter.LatticeV2, Authorizer: signedBy(user)}
	got := member(event(t, g, signed("/")), "requestContext.identity").(map[string]any)
	delete(got, "sourceVpcArn")
	want := map[string]any{"type": "AWS_IAM", "principal": user.UserARN, "principalOrgID": "o-1", "sessionName": "s-1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestIAMRefuses(t *testing.T) {
	unsigned := httptest.NewRequest("GET", "/", nil)
	presigned := httptest.NewRequest("GET", "/?X-Amz-Signature=00", nil)
	wrong := &gateway.IAMAuthorizer{Verify: func(*http.Request) (*gateway.IAMCaller, error) { return user, errors.New("wrong signature") }}
	for name, row := range map[string]struct {
		r      *http.Request
		a      *gateway.IAMAuthorizer
		format adapter.Format
		status int
	}{
		"signed":            {signed("/"), signedBy(user), adapter.HTTPAPIV2, 200},
		"signed in the URL": {presigned, signedBy(user), adapter.HTTPAPIV2, 200},
		"not signed":        {unsigned, signedBy(user), adapter.HTTPAPIV2, 403},
		"bearer token":      {bearer("Bearer t.o.k"), signedBy(user), adapter.HTTPAPIV2, 403},
		"wrong signature":   {signed("/"), wrong, adapter.HTTPAPIV2, 403},
		"nobody":            {signed("/"), signedBy(nil), adapter.HTTPAPIV2, 403},
		"zero":              {signed("/"), new(gateway.IAMAuthorizer), adapter.HTTPAPIV2, 403},
		"on a Function URL": {unsigned, signedBy(user), adapter.FunctionURL, 403},
		"on VPC Lattice":    {unsigned, &gateway.IAMAuthorizer{}, adapter.LatticeV2, 403},
	} {
		g := gateway.Config{Function: returns(okReply), Format: row.format, Authorizer: row.a}
		if got := serve(g, row.r).StatusCode; got != row.status {
			t.Errorf("%s: status %d, want %d", name, got, row.status)
		}
	}
}

// gives is an Authorizer with always the same answer.
func gives(auth *gateway.Authorization) gateway.Authorizer {
	return gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) { return auth, nil })
}
