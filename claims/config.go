package claims

import (
	"maps"
	"slices"
)

// Config says which callers an Extractor knows. Every pin that is set must be met;
// pins are compared byte for byte.
type Config struct {
	// Sources are the sources accepted. Nil or empty means JWT, Cognito and
	// NativeJWT.
	Sources []Source

	// Issuers are the issuers accepted: the iss of tokens, and the ids of Cognito
	// identity pools. New refuses an issuer that no accepted source could name.
	// Sources of tokens and IdentityPool need Issuers or InsecureAnyIssuer. If
	// set, Issuers also applies to users of identity pools known by SigV4, and to
	// Lambda authorizers if LambdaClaims maps iss or LambdaIdentity is set.
	Issuers []string
	// IssuerNames gives issuers that are among Issuers logical names, such as
	// {"staff": "https://…"}, by which authz.Issuer requires one of them. Nil means
	// that no issuer has a name.
	IssuerNames map[string]string
	// AccessTokenIssuers are those of Issuers whose accepted tokens are all access
	// tokens, so that authz.AccessToken accepts them even without token_use. List
	// an issuer only if its ID tokens are refused, because the gateway's
	// authorizer or Audiences demands the API's own audience: the audience of an
	// ID token is the client. Nil means none.
	AccessTokenIssuers []string
	// APIs are the APIs accepted: requestContext.apiId, which for a Function URL
	// is the first label of its host; for VPC Lattice the service's ARN. Nil means
	// any.
	APIs []string
	// Accounts are the AWS accounts that may own the API, twelve digits each. Nil
	// means any. The events of a Function URL do not say who owns it: if Accounts
	// is set, its callers are nobody. VPC Lattice does not say so either, and New
	// refuses Accounts beside it.
	Accounts []string
	// Stages are the stages accepted, such as "$default". Nil means any. New
	// refuses Stages beside VPC Lattice, which has none.
	Stages []string
	// Audiences are the audiences accepted of tokens: one of them must be in aud,
	// or be the client_id of a token without aud, which is how HTTP APIs compare.
	// Nil means any. An issuer that serves others too, such as Google or a tenant
	// with many apps, vouches for its users to all of them: without Audiences or
	// APIs, another app's API could pass its users' tokens on.
	Audiences []string
	// InsecureAnyIssuer accepts tokens of any issuer and users of any identity
	// pool. It is insecure unless the function's resource policy names the API in
	// SourceArn: otherwise anyone's API can vouch for any subject.
	InsecureAnyIssuer bool
	// InsecureAnyAPI accepts LambdaAuthorizer, SigV4, ClientCertificate and Lattice
	// without a pin on the API, and JWT with payload format 1.0. It is insecure
	// unless the function's resource policy names the API in SourceArn: otherwise
	// anyone's API can vouch for any subject by an authorizer or a truststore of
	// its own.
	InsecureAnyAPI bool

	// LambdaClaims says what the context of a Lambda authorizer means. It maps
	// names of claims to the context keys that hold their values, as in
	//
	//	{"sub": "userId", "scope": "permissions", "tenant": "tenantId"}
	//
	// A key that is not in it means nothing, whatever it is called. If no key is
	// mapped to the subject, it is principalId on REST and WebSocket APIs; on HTTP
	// APIs the caller is nobody. The subject must be a string in the context.
	LambdaClaims map[string]string
	// LambdaIdentity is the key of a Lambda authorizer's context under which the
	// authorizer passes a whole identity as JSON text: authorizer.ContextKey for
	// one of package authz/authorizer. Without iss, sub and exp the caller is
	// nobody; Issuers and Audiences apply as they do to a token. Nothing else in
	// the context then has a meaning, not even principalId. SubjectClaim,
	// ScopeClaim and the lists do not apply, since the authorizer has already
	// applied its own. "" means that the context holds no such identity.
	LambdaIdentity string

	// SubjectClaim is the claim that becomes Identity.Subject. "" means sub. It must
	// be a claim that callers cannot choose themselves, and unique to one caller of
	// an issuer.
	SubjectClaim string
	// ScopeClaim is the claim that becomes Identity.Scopes. "" means scp if the
	// token has it, else scope. If the authorizer renders lists as text, a
	// ScopeClaim that is a list must be in Lists or CommaLists as well.
	ScopeClaim string
	// Lists are the claims that are lists of names without blanks: List and Decode
	// may then read the [a b] of HTTP APIs. scp always is one, and cognito:groups
	// and aud are if the issuer is a Cognito user pool. scope cannot be one.
	Lists []string
	// CommaLists are the claims that are lists of names without commas: List and
	// Decode may then read the a,b of a REST API's Cognito authorizer. scope cannot
	// be one.
	CommaLists []string
}

var defaultSources = []Source{JWT, Cognito, NativeJWT}

// New returns an Extractor, or an error that joins every problem of the Config.
func New(c Config) (*Extractor, error) {
	if len(c.Sources) == 0 {
		c.Sources = defaultSources
	}
	if c.SubjectClaim == "" {
		c.SubjectClaim = defaults.subject
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	keys := contextKeys(c.LambdaClaims)
	e := &Extractor{
		sources:   slices.Clone(c.Sources),
		issuers:   slices.Clone(c.Issuers),
		audiences: slices.Clone(c.Audiences),
		apis:      slices.Clone(c.APIs),
		accounts:  slices.Clone(c.Accounts),
		stages:    slices.Clone(c.Stages),
		anyIssuer: c.InsecureAnyIssuer,
		anyAPI:    c.InsecureAnyAPI,
		rules: rules{
			subject: c.SubjectClaim,
			scope:   c.ScopeClaim,
			lists:   slices.Clone(c.Lists),
			commas:  slices.Clone(c.CommaLists),
			context: keys,

			principal: withPrincipal(keys, c.SubjectClaim),

			issuerNames:   maps.Clone(c.IssuerNames),
			accessIssuers: slices.Clone(c.AccessTokenIssuers),
		},
	}
	e.rules.handedKey, e.rules.handed = c.LambdaIdentity, c.handedRules(e.rules)
	return e, nil
}

// MustNew is like New but panics if New returns an error. It is for variables and
// for the start of a program.
func MustNew(c Config) *Extractor {
	e, err := New(c)
	if err != nil {
		panic(err)
	}
	return e
}
