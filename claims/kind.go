package claims

import (
	"errors"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// blocks are the members of requestContext.authorizer that mark a kind of
// authorizer. The last marks none: it is what an HTTP API says of the route's
// scopes beside the claims.
var blocks = [...]string{"jwt", "lambda", "iam", "claims", "principalId", "scopes"}

// routeScopes is not read. Without route scopes it is null although the token
// has scopes, and with them it is the token's list, not what was required; the
// claims say the same in both cases.
const routeScopes = len(blocks) - 1

// A kind is one block on one front that writes it. What no row lists, that
// front cannot carry.
type kind struct {
	block string
	front adapter.Format
	// alone refuses members beside the block. Where a Lambda authorizer's
	// context lies flat in the authorizer object, "claims" is a name that its
	// author may have chosen.
	alone bool
	read  func(block []byte) (Source, claimSet, error)
}

var kinds = [...]kind{
	{"jwt", adapter.HTTPAPIV2, false, readJWTBlock},
	{"claims", adapter.HTTPAPIV1, true, readJWTClaims},
	{"claims", adapter.RESTAPI, true, readRESTClaims},
	{"lambda", adapter.HTTPAPIV2, false, notRead},
	{"principalId", adapter.HTTPAPIV1, false, notRead},
	{"principalId", adapter.RESTAPI, false, notRead},
	{"principalId", adapter.WebSocketAPI, false, notRead},
	{"iam", adapter.HTTPAPIV2, false, notRead},
	{"iam", adapter.FunctionURL, false, notRead},
}

var errUnlisted = errors.New("claims: the authorizer's kind is not among the accepted Sources")

// notRead is for kinds whose Source Config does not accept.
func notRead([]byte) (Source, claimSet, error) { return 0, claimSet{}, errUnlisted }
