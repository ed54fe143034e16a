package before

import (
	"slices"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// blocks are the members of requestContext.authorizer that mark a kind of
// authorizer. The last marks none: it is what an HTTP API says of the route's
// scopes beside the claims, and it is not read. Without route scopes it is null
// although the token has scopes, and with them it is the token's list, not what
// was required; the claims say the same in both cases.
var blocks = [...]string{"principalId", "jwt", "lambda", "iam", "claims", "scopes"}

const (
	principalBlock = 0
	routeScopes    = len(blocks) - 1

	// identityBlock is requestContext.identity where it names a principal.
	identityBlock = "identity"
)

// A kind is one block on one front that writes it. What no row lists, that
// front cannot carry.
type kind struct {
	block string
	front adapter.Format
	read  func(block []byte) (Source, claimSet, error)
	// alone refuses members beside the block. Where a Lambda authorizer's
	// context lies flat in the authorizer object, "claims" is a name that its
	// author may have chosen.
	alone     bool
	scoped    bool // the front writes the route's scopes beside it, null or a list
	principal bool // as statement.principal
	// pinned demands that Config restricts which API may say so, because a Lambda
	// authorizer's author could perhaps lay out its context in the same way.
	pinned bool
}

var kinds = [...]kind{
	{block: "jwt", front: adapter.HTTPAPIV2, read: readJWTBlock},
	{block: "claims", front: adapter.HTTPAPIV1, read: readJWTClaims, alone: true, scoped: true, pinned: true},
	{block: "claims", front: adapter.RESTAPI, read: readRESTClaims, alone: true},
	{block: "lambda", front: adapter.HTTPAPIV2, read: readLambdaContext},
	{block: "principalId", front: adapter.HTTPAPIV1, read: readLambdaContext},
	{block: "principalId", front: adapter.RESTAPI, read: readLambdaContext, principal: true},
	{block: "principalId", front: adapter.WebSocketAPI, read: readLambdaContext, principal: true},
	{block: "iam", front: adapter.HTTPAPIV2, read: readIAMBlock},
	{block: "iam", front: adapter.FunctionURL, read: readIAMBlock},
	{block: identityBlock, front: adapter.RESTAPI, read: readRESTIdentity},
	{block: identityBlock, front: adapter.LatticeV2, read: readLatticeIdentity},
}

// kindOf returns nil where the front does not write such a block.
func kindOf(front adapter.Format, block string) *kind {
	i := slices.IndexFunc(kinds[:], func(k kind) bool { return k.front == front && k.block == block })
	if i < 0 {
		return nil
	}
	return &kinds[i]
}

// A block is what says who is calling; without a name nothing does.
type block struct {
	name   string
	json   []byte
	others int // members beside it
	scoped bool
}

// findBlock returns the one block of an authorizer object.
func findBlock(authorizer value) (said block, err error) {
	if !authorizer.present() {
		return block{}, nil
	}
	var found [len(blocks)]value
	others, err := pick(authorizer.json, blocks[:], found[:])
	if err != nil {
		return block{}, err
	}
	flat := found[principalBlock].present()
	for i, v := range found[:routeScopes] {
		switch {
		case !v.present() || flat && i != principalBlock && !v.isContainer():
			// Beside a principalId, text is the context's, whatever it is called.
		case said.name != "":
			return block{}, errTwoKinds
		default:
			said = block{blocks[i], v.json, others, found[routeScopes].kind == 'n' || found[routeScopes].kind == '['}
		}
	}
	switch {
	case flat:
		said.json = authorizer.json
	case said.name == "" && others > 0:
		return block{}, errUnknown
	}
	return said, nil
}
