package claims

import "github.com/gatehouse-go/gatehouse/internal/cause"

const (
	errNotHanded   = cause.Text("claims: the Lambda authorizer's context does not hold an identity under Config.LambdaIdentity")
	errHandedParts = cause.Text("claims: the identity in the Lambda authorizer's context lacks iss or exp")
)

// handedRules are those for an identity that a Lambda authorizer hands on whole.
// Its claims have their JSON types, and sub and scope are what the authorizer's
// own rules made of the token.
func (c *Config) handedRules(r rules) *rules {
	if c.LambdaIdentity == "" {
		return nil
	}
	return &rules{
		subject:       "sub",
		scope:         "scope",
		issuerNames:   r.issuerNames,
		accessIssuers: r.accessIssuers,
	}
}

// newHanded builds the Identity that stands as one JSON object in a Lambda
// authorizer's context:
//
//	"gatehouse_v1":"{\"iss\":\"https://…\",\"sub\":\"ada\",\"exp\":1718722804,\"scope\":\"notes/read\"}"
//
// Without an issuer the subject would be anybody's, and without exp a cached
// answer of the authorizer's would outlive the token.
func newHanded(st *statement, key string, r *rules) (*Identity, error) {
	text := st.claims.str(key)
	if text == "" {
		return nil, errNotHanded
	}
	set, err := readClaims(text)
	if err != nil {
		return nil, err
	}
	if exp, _ := set.find("exp"); set.str("iss") == "" || exp.kind != '0' {
		return nil, errHandedParts
	}
	id, err := fromClaims(LambdaAuthorizer, set, r, &handedOn)
	if err != nil {
		return nil, err
	}
	id.accessType = isAccessType(set.str("typ"))
	return id, nil
}

// handedOn is what there is to know of such an identity. It is that of a token:
// its owner keeps the data when an authorizer begins to stand between the token
// and the function.
var handedOn = source{name: "Lambda authorizer", keyKind: tokenKey, pins: pins{issuers: true, issuer: everyIssuer}}

// KeepsTypes reports whether the Identity's claims have the JSON types that they
// had in the token: those of a source that keeps them, and those that a Lambda
// authorizer handed on by Config.LambdaIdentity.
func (id *Identity) KeepsTypes() bool { return id.Source.known() && !id.rendering().isText() }
