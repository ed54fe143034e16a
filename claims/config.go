package claims

import (
	"maps"
	"slices"
)

// Config says which callers an Extractor knows. Pins are compared to the letter;
// an event must meet all that are set.
type Config struct {
	// Sources are accepted; nil or empty: JWT, Cognito and NativeJWT.
	Sources []Source

	// Issuers are the issuers accepted: of tokens (iss) and, by their ids, Cognito
	// identity pools. Required for sources that hand on tokens and for
	// IdentityPool, unless InsecureAnyIssuer is set. Where it is set, it holds for
	// identity pool users of SigV4 as well, and for Lambda authorizers whose iss
	// LambdaClaims maps.
	Issuers []string
	// IssuerNames gives issuers of Issuers logical names, such as {"staff":
	// "https://…"}, for authz.Issuer to require one of them by. nil: no names.
	IssuerNames map[string]string
	// AccessTokenIssuers are those of Issuers whose tokens, as far as they get
	// here, are access tokens: for authz.AccessToken, where the token itself does
	// not say so by token_use. List an issuer only if its ID tokens cannot get
	// here, because the gateway's authorizer or Audiences demands the API's own
	// audience: that of an ID token is the client. nil: none.
	AccessTokenIssuers []string
	// APIs are the APIs accepted: requestContext.apiId, which for a Function URL
	// is the first label of its host; the service's ARN on VPC Lattice. nil: any.
	APIs []string
	// Accounts are the AWS accounts accepted that own the API, twelve digits
	// each; nil: any. A Function URL and a VPC Lattice service do not tell their
	// owner's account: with Accounts set, their callers are nobody.
	Accounts []string
	// Stages are the stages accepted, "$default" included; nil: any. VPC Lattice
	// has none: with Stages set, its callers are nobody.
	Stages []string
	// Audiences are the audiences accepted of a token: one of its aud, or its
	// client_id if it has no aud, as on HTTP APIs; nil: any. An issuer that serves
	// others too, such as Google's or a tenant with many apps, vouches for its
	// users to all of them: without Audiences, or APIs, another app's API could
	// pass its users' tokens on.
	Audiences []string
	// InsecureAnyIssuer accepts tokens of any issuer and users of any identity
	// pool. It is insecure unless the function's resource policy names the API in
	// SourceArn: otherwise an API of anyone's can vouch for any subject.
	InsecureAnyIssuer bool
	// InsecureAnyAPI accepts LambdaAuthorizer, SigV4 and ClientCertificate without
	// APIs and Accounts. It is insecure unless the function's resource policy
	// names the API in SourceArn: otherwise an API of anyone's can vouch for any
	// subject by an authorizer or a truststore of its own.
	InsecureAnyAPI bool

	// LambdaClaims say what the context of a Lambda authorizer means: names of
	// claims, each with the context key whose value it has, as in
	//
	//	{"sub": "userId", "scope": "permissions", "tenant": "tenantId"}
	//
	// Keys that it does not name mean nothing, whatever they are called. Without
	// one for the Subject that is the principalId on REST and WebSocket APIs, and
	// nobody on HTTP APIs. The context must hold the Subject as a string.
	LambdaClaims map[string]string
	// LambdaIdentity is the key of a Lambda authorizer's context under which the
	// authorizer hands on a whole identity as JSON text: authorizer.ContextKey for
	// one of package authz/authorizer. The identity is nobody without iss, sub and
	// exp; Issuers and Audiences hold for it as for a token. Nothing else in the
	// context means anything then, the principalId included, and SubjectClaim,
	// ScopeClaim and the lists do not apply, since the authorizer has applied its
	// own. "" means that the context holds no such identity.
	LambdaIdentity string

	// SubjectClaim becomes Identity.Subject; "": sub. It must be a claim that
	// callers cannot choose themselves, and unique to one caller of an issuer.
	SubjectClaim string
	// ScopeClaim becomes Identity.Scopes; "": scp where the token has one, else
	// scope. Where the front joins lists, one that is a list must be in Lists or
	// CommaLists as well.
	ScopeClaim string
	// Lists are claims that are lists of names without blanks, so that List and
	// Decode may read the [a b] of HTTP APIs; scp and, from a Cognito issuer,
	// cognito:groups are known to be. scope cannot be one.
	Lists []string
	// CommaLists are claims that are lists of names without commas, so that List
	// and Decode may read the a,b of REST APIs' Cognito authorizers. scope cannot
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

// MustNew is New for program start: it panics where New returns an error.
func MustNew(c Config) *Extractor {
	e, err := New(c)
	if err != nil {
		panic(err)
	}
	return e
}
