package claims

import "github.com/gatehouse-go/gatehouse/adapter"

// A block is a member of requestContext that marks a kind of authorizer: one of
// its authorizer object, or its identity where that names a principal.
type block uint8

const (
	noBlock block = iota
	principalBlock
	jwtBlock
	lambdaBlock
	iamBlock
	claimsBlock
	identityBlock
	// routeScopes marks nothing. It is what an HTTP API says of the route's
	// scopes beside the claims, and it is not read: without route scopes it is
	// null although the token has scopes, and with them it is the token's list,
	// not what was required. The claims say the same in both cases.
	routeScopes
)

// blockNamed returns the block that a member of the authorizer object is.
func blockNamed(name []byte) block {
	switch string(name) {
	case "principalId":
		return principalBlock
	case "jwt":
		return jwtBlock
	case "lambda":
		return lambdaBlock
	case "iam":
		return iamBlock
	case "claims":
		return claimsBlock
	case "scopes":
		return routeScopes
	}
	return noBlock
}

// A kind is one block on one front that writes it.
type kind struct {
	block  block
	front  adapter.Format
	source Source
	tell   func(claimSet) (Source, error) // tells the source where two write alike
	inside bool                           // the claims are the block's member "claims"
	only   []rename                       // the members that are read; nil: all

	// alone refuses members beside the block. Where a Lambda authorizer's
	// context lies flat in the authorizer object, "claims" is a name that its
	// author may have chosen.
	alone     bool
	scoped    bool // the front writes the route's scopes beside it, null or a list
	principal bool // the caller is the principalId, unless Config says otherwise
	// pinned demands that Config restricts which API may say so, because a Lambda
	// authorizer's author could perhaps lay out its context in the same way.
	pinned bool
}

// kinds are all blocks on all fronts. What no row lists, a front cannot carry.
var kinds = [...]kind{
	{block: jwtBlock, front: adapter.HTTPAPIV2, source: JWT, inside: true},
	{block: claimsBlock, front: adapter.HTTPAPIV1, source: JWT, alone: true, scoped: true, pinned: true},
	{block: claimsBlock, front: adapter.RESTAPI, tell: tellREST, alone: true},
	{block: lambdaBlock, front: adapter.HTTPAPIV2, source: LambdaAuthorizer},
	{block: principalBlock, front: adapter.HTTPAPIV1, source: LambdaAuthorizer},
	{block: principalBlock, front: adapter.RESTAPI, source: LambdaAuthorizer, principal: true},
	{block: principalBlock, front: adapter.WebSocketAPI, source: LambdaAuthorizer, principal: true},
	{block: iamBlock, front: adapter.HTTPAPIV2, source: SigV4},
	{block: iamBlock, front: adapter.FunctionURL, source: SigV4},
	{block: identityBlock, front: adapter.RESTAPI, source: SigV4, only: restPrincipal},
	{block: identityBlock, front: adapter.LatticeV2, source: Lattice, only: latticePrincipal},
}

// kindOf returns nil where the front does not write such a block.
func kindOf(front adapter.Format, b block) *kind {
	for i := range kinds {
		if k := &kinds[i]; k.block == b && k.front == front {
			return k
		}
	}
	return nil
}

// hasCertificate reports whether the front writes a client certificate into this
// member of requestContext: identity, or authentication with payload 2.0.
func hasCertificate(front adapter.Format, authentication bool) bool {
	if authentication {
		return front == adapter.HTTPAPIV2
	}
	return front == adapter.RESTAPI || front == adapter.HTTPAPIV1
}
