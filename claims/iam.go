package claims

import (
	"slices"

	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// IAM is the AWS principal that signed a request. Every field may be empty.
type IAM struct {
	AccessKeyID string
	AccountID   string // the caller's
	CallerID    string
	UserARN     string // for an assumed role it ends in the session name, which the caller may have chosen
	UserID      string // unlike a name it is never given to another user or role; for an assumed role the session name follows it
	OrgID       string // of AWS Organizations

	CognitoIdentityID     string
	CognitoIdentityPoolID string
	CognitoAMR            []string // how the identity pool authenticated its user; a REST API says only "authenticated"
}

const (
	errGuest  = cause.Text("claims: a guest of a Cognito identity pool")
	errNoPool = cause.Text("claims: a Cognito identity without its identity pool")
)

// restPrincipal are the members of a REST API's identity that say who signed.
// Its others are the client's word, or the secret of an API key.
var restPrincipal = same(
	"accessKey", "accountId", "caller", "user", "userArn", "principalOrgId",
	"cognitoIdentityId", "cognitoIdentityPoolId", "cognitoAuthenticationType", "cognitoAuthenticationProvider",
)

// newSigV4 builds the Identity of who signed a request. HTTP APIs and Function
// URLs have a block for it, a REST API says it of the connection:
//
//	"authorizer":{"iam":{"accessKey":"AKIA…","accountId":"111122223333","callerId":"AIDA…","cognitoIdentity":null,
//	  "principalOrgId":"o-…","userArn":"arn:aws:iam::111122223333:user/ada","userId":"AIDA…"}}
//	"identity":{"accessKey":"AKIA…","accountId":"111122223333","caller":"AIDA…","user":"AIDA…","userArn":"arn:…",
//	  "principalOrgId":"o-…","cognitoIdentityId":null,"cognitoAuthenticationType":null,"sourceIp":"192.0.2.1",…}
//
// See https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html and
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html.
// All users of an identity pool share one role, and are told apart by the pool
// alone.
func newSigV4(st *statement, r *rules, src *source) (*Identity, error) {
	iam := &IAM{
		AccessKeyID: st.claims.str("accessKey"),
		AccountID:   st.claims.str("accountId"),
		CallerID:    st.claims.either("callerId", "caller"),
		UserARN:     st.claims.str("userArn"),
		UserID:      st.claims.either("userId", "user"),
		OrgID:       st.claims.str("principalOrgId"),
	}
	pooled, err := iam.readPool(st.claims)
	if err != nil {
		return nil, err
	}
	id := &Identity{Source: SigV4, Subject: iam.UserID, IAM: iam, claims: st.claims, rules: r, src: src}
	if pooled {
		id.Subject, id.Issuer = iam.CognitoIdentityID, iam.CognitoIdentityPoolID
	}
	return named(id)
}

// readPool fills what an identity pool says of its user, in either form.
func (iam *IAM) readPool(set claimSet) (pooled bool, err error) {
	if nested, ok := set.find("cognitoIdentity"); ok {
		pool, err := readClaims(nested.text)
		if err != nil {
			return false, err
		}
		iam.CognitoIdentityID, iam.CognitoIdentityPoolID = pool.str("identityId"), pool.str("identityPoolId")
		if amr, ok := pool.find("amr"); ok && amr.kind == '[' {
			iam.CognitoAMR, _ = stringsOf(amr)
		}
		return true, iam.checkPool()
	}
	if !set.hasAny("cognitoIdentityId", "cognitoIdentityPoolId", "cognitoAuthenticationType", "cognitoAuthenticationProvider") {
		return false, nil
	}
	iam.CognitoIdentityID, iam.CognitoIdentityPoolID = set.str("cognitoIdentityId"), set.str("cognitoIdentityPoolId")
	iam.CognitoAMR = []string{set.str("cognitoAuthenticationType")}
	return true, iam.checkPool()
}

// checkPool refuses guests, whom a pool that admits them hands out identities
// without any login
// (https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html).
func (iam *IAM) checkPool() error {
	switch {
	case !slices.Contains(iam.CognitoAMR, "authenticated") || slices.Contains(iam.CognitoAMR, "unauthenticated"):
		return errGuest
	case iam.CognitoIdentityPoolID == "":
		return errNoPool
	}
	return nil
}
