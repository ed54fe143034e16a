package claims

import (
	"context"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// invoker returns the identity of a Cognito identity pool with which a client
// invoked the function itself. The Lambda runtime tells it outside the event,
// which that client wrote. Whether it is a guest the runtime does not tell.
func invoker(ctx context.Context) (id lambdacontext.CognitoIdentity, ok bool) {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok || lc == nil {
		return id, false
	}
	return lc.Identity, lc.Identity.CognitoIdentityID != "" || lc.Identity.CognitoIdentityPoolID != ""
}

// identifyInvoker reads nothing of the event, pins included.
func (e *Extractor) identifyInvoker(invoker lambdacontext.CognitoIdentity) (*Identity, error) {
	if !e.accepts(IdentityPool) {
		return nil, errInvoker
	}
	st := &statement{source: IdentityPool}
	st.members.of("")
	st.members.addText("cognitoIdentityId", invoker.CognitoIdentityID)
	st.members.addText("cognitoIdentityPoolId", invoker.CognitoIdentityPoolID)
	st.claims = claimSet{members: &st.members}
	return e.build(st)
}

// newPooled builds the Identity of a client that invoked the function itself.
func newPooled(st *statement, r *rules, src *source) (*Identity, error) {
	iam := &IAM{
		CognitoIdentityID:     st.claims.str("cognitoIdentityId"),
		CognitoIdentityPoolID: st.claims.str("cognitoIdentityPoolId"),
	}
	if iam.CognitoIdentityPoolID == "" {
		return nil, errNoPool
	}
	return named(&Identity{
		Source:  IdentityPool,
		Subject: iam.CognitoIdentityID,
		Issuer:  iam.CognitoIdentityPoolID,
		IAM:     iam,
		claims:  st.claims,
		rules:   r,
		src:     src,
	})
}
