package gateway

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// IAMAuthorizer is authorization by AWS signature (AWS_IAM). It is an Authorizer
// for REST, HTTP (payload 2.0) and WebSocket APIs, Function URLs and VPC Lattice;
// New refuses it on other fronts. What an HTTP API puts into a payload 1.0 event
// is unconfirmed. IAMAuthorizer is safe for concurrent use if Verify is. The zero
// IAMAuthorizer refuses every request.
type IAMAuthorizer struct {
	// Verify says whose credentials signed the request, as SigV4's does; the
	// request has its body. The request is refused if Verify returns an error or a
	// nil caller, or if Verify is nil. Verify is not called for a request without a
	// signature.
	Verify func(*http.Request) (*IAMCaller, error)
}

// IAMCaller is who signed a request. An empty field means that the front does not
// know it.
type IAMCaller struct {
	AccessKeyID string
	AccountID   string
	UserARN     string
	UserID      string // for an assumed role, followed by a colon and the session name
	OrgID       string
	SessionName string // of an assumed role, for VPC Lattice
	// Pool says who an identity pool gave the credentials to; nil: they are not
	// from one.
	Pool *PoolIdentity
}

// PoolIdentity is a user of a Cognito identity pool.
type PoolIdentity struct {
	IdentityID string
	PoolID     string
	// AMR is how the user logged in: "authenticated", the login provider, and the
	// provider with the user's id; a guest's is "unauthenticated" alone.
	AMR []string
}

// check reports a front without such authorization.
func (a *IAMAuthorizer) check(c *Config) error {
	switch c.Format {
	case adapter.RESTAPI, adapter.HTTPAPIV2, adapter.FunctionURL, adapter.LatticeV1, adapter.LatticeV2, adapter.WebSocketAPI:
		return nil
	}
	return fmt.Errorf("gateway: IAMAuthorizer: Format %v is not known to tell who signed a request", c.Format)
}

// Authorize is an Authorizer.
func (a *IAMAuthorizer) Authorize(r *http.Request, _ Route) (*Authorization, error) {
	caller, err := a.caller(r)
	if err != nil {
		return nil, err
	}
	return &Authorization{Authorizer: iamData{caller}}, nil
}

func (a *IAMAuthorizer) caller(r *http.Request) (*IAMCaller, error) {
	if !isSigned(r) {
		return nil, &Refusal{Status: http.StatusForbidden, Reason: "no signature", failure: notSigned}
	}
	if a.Verify == nil {
		return nil, &Refusal{Status: http.StatusForbidden, Reason: "signature not verified"}
	}
	if c := callOf(r.Context()); c != nil {
		if err := c.read(); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(c.body))
	}
	caller, err := a.Verify(r)
	if err != nil || caller == nil {
		return nil, &Refusal{Status: http.StatusForbidden, Reason: "signature not verified"}
	}
	return caller, nil
}

// isSigned looks where Signature Version 4 puts the signature ("Authenticating
// Requests: AWS Signature Version 4").
func isSigned(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") || r.URL.Query().Has("X-Amz-Signature")
}

type iamData struct{ *IAMCaller }

// shape: VPC Lattice v1 says nothing of the caller.
func (d iamData) shape(f adapter.Format) (any, map[string]any, error) {
	switch f {
	case adapter.RESTAPI:
		return nil, d.restIdentity(), nil
	case adapter.WebSocketAPI: // its identity is a REST API's, unconfirmed
		return nil, d.restIdentity(), nil
	case adapter.HTTPAPIV2, adapter.FunctionURL:
		return map[string]any{"iam": d.block()}, nil, nil
	case adapter.LatticeV1:
		return nil, nil, nil
	case adapter.LatticeV2:
		return nil, d.latticeIdentity(), nil
	}
	return nil, nil, fmt.Errorf("gateway: %v: is not known to tell who signed a request", f)
}

func (c *IAMCaller) block() map[string]any {
	block := map[string]any{
		"accessKey": c.AccessKeyID, "accountId": c.AccountID, "callerId": c.UserID, "cognitoIdentity": nil,
		"principalOrgId": orNull(c.OrgID), "userArn": c.UserARN, "userId": c.UserID,
	}
	if c.Pool != nil {
		block["cognitoIdentity"] = map[string]any{
			"amr": c.Pool.AMR, "identityId": c.Pool.IdentityID, "identityPoolId": c.Pool.PoolID,
		}
	}
	return block
}

// restIdentity are the members of a REST API's identity that are null without a
// signature.
func (c *IAMCaller) restIdentity() map[string]any {
	identity := map[string]any{
		"accessKey": orNull(c.AccessKeyID), "accountId": orNull(c.AccountID), "caller": orNull(c.UserID),
		"principalOrgId": orNull(c.OrgID), "user": orNull(c.UserID), "userArn": orNull(c.UserARN),
	}
	if c.Pool == nil {
		return identity
	}
	identity["cognitoIdentityId"], identity["cognitoIdentityPoolId"] = c.Pool.IdentityID, c.Pool.PoolID
	if len(c.Pool.AMR) > 0 {
		identity["cognitoAuthenticationType"] = c.Pool.AMR[0]
	}
	if len(c.Pool.AMR) > 1 {
		identity["cognitoAuthenticationProvider"] = strings.Join(c.Pool.AMR[1:], ",")
	}
	return identity
}

// latticeIdentity are the members that VPC Lattice adds to the identity.
func (c *IAMCaller) latticeIdentity() map[string]any {
	identity := map[string]any{"type": "AWS_IAM", "principal": c.UserARN}
	for name, value := range map[string]string{"principalOrgID": c.OrgID, "sessionName": c.SessionName} {
		if value != "" {
			identity[name] = value
		}
	}
	return identity
}

// orNull is null for what is not known.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
