package jwtverify

import (
	"slices"
	"strings"
	"time"
)

// An Issuer says which tokens of one issuer are accepted, and where its keys
// are. CognitoUserPool and OIDC fill it in.
type Issuer struct {
	// URL must equal the token's iss, byte for byte.
	URL string

	// Audiences are those that a token may be for: its aud must hold one of them.
	// If a token has no aud and Clients is empty, its client_id must be one of
	// them, as on an HTTP API. If Audiences is empty, a token with an aud is
	// refused.
	Audiences []string

	// Clients are those that a token may have been issued to, by its client_id,
	// else its azp (OpenID Connect Core section 2). A token without aud needs no
	// more; a token with aud must be for one of Audiences as well. If Clients is
	// empty, the client is not checked. New refuses an Issuer with neither
	// Audiences nor Clients: no setting accepts every audience.
	Clients []string

	// TokenUse must equal the token's token_use, which tells access tokens and ID
	// tokens of Cognito's apart. Empty means that token_use is not checked.
	TokenUse string

	// Type must be the typ in the token's header, such as "at+jwt" (RFC 9068
	// section 2.1), apart from case and a leading "application/". Empty means that
	// typ is not checked.
	Type string

	// Algorithms are accepted for signatures: RS256, RS384, RS512, PS256, PS384,
	// PS512, ES256, ES384, ES512 and EdDSA (Ed25519). Empty means RS256 alone.
	Algorithms []string

	// JWKSURL is where the keys are fetched from, by https, or by http on a loopback
	// address, though never in Lambda, where the Runtime API listens there. If both
	// JWKSURL and JWKS are empty, the issuer's discovery document at
	// URL + "/.well-known/openid-configuration" says where the keys are; it may
	// name an http address only if URL is one.
	JWKSURL string

	// JWKS is the issuer's key set itself (RFC 7517 section 5). No keys are fetched
	// then, and rotating them takes a new deployment. Empty means that they are
	// fetched.
	JWKS []byte
}

// CognitoUserPool accepts the access tokens of a Cognito user pool, such as
// "eu-west-1_AbCdEfGhI", that were issued to one of these app clients
// (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html).
// Such a token has an aud if its client asked for a resource (RFC 8707); it is
// then accepted only if Audiences, which this leaves empty, lists the resource:
//
//	pool := jwtverify.CognitoUserPool("eu-west-1_AbCdEfGhI", "7abc1d2ef3gh")
//	pool.Audiences = []string{"https://notes.example.com"}
//
// New refuses a malformed pool id; its error shows the URL made of it.
func CognitoUserPool(poolID string, clientIDs ...string) Issuer {
	url := cognitoURL(poolID)
	return Issuer{
		URL:      url,
		Clients:  clientIDs,
		TokenUse: "access",
		JWKSURL:  url + "/.well-known/jwks.json",
	}
}

func cognitoURL(poolID string) string {
	region, _, ok := strings.Cut(poolID, "_")
	if !ok || strings.ContainsFunc(poolID, outsidePoolID) {
		region = "" // which New refuses in a host name
	}
	domain := "amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		domain += ".cn"
	}
	return "https://cognito-idp." + region + "." + domain + "/" + poolID
}

// outsidePoolID follows the pattern of UserPoolId in
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html.
func outsidePoolID(c rune) bool {
	return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-')
}

// OIDC accepts the tokens of an OpenID Connect issuer for one of these audiences.
// Its keys are found by discovery. The audiences must be the API's own: if one is
// the id of a client, that client's ID tokens are accepted as well.
func OIDC(url string, audiences ...string) Issuer {
	return Issuer{URL: url, Audiences: audiences}
}

// An issuer is an Issuer in use.
type issuer struct {
	audiences     []string // of aud
	clients       []string // empty: any
	tokenUse, typ string
	methods       map[string]method // accepted, by alg
	keys          keys
}

// compile makes an issuer of an Issuer without problems.
func (i *Issuer) compile(now func() time.Time, c *client) (*issuer, error) {
	names := i.Algorithms
	if len(names) == 0 {
		names = []string{"RS256"}
	}
	methods, err := newMethods(names)
	if err != nil {
		return nil, err
	}
	return &issuer{
		audiences: slices.Clone(i.Audiences),
		clients:   slices.Clone(i.Clients),
		tokenUse:  i.TokenUse,
		typ:       i.Type,
		methods:   methods,
		keys:      i.keys(now, c),
	}, nil
}

func (i *Issuer) keys(now func() time.Time, c *client) keys {
	if len(i.JWKS) > 0 {
		set, _ := parseKeySet(i.JWKS) // it could be read before
		return staticKeys(set)
	}
	issuer, jwksURL := i.URL, i.JWKSURL
	return &remoteKeys{now: now, fetch: func() (keySet, error) { return c.keys(issuer, jwksURL) }}
}

// check adds every problem; place is where in the Config the Issuer stands.
func (i *Issuer) check(place string, found *problems) {
	if i.URL == "" || strings.ContainsFunc(i.URL, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		found.add(place+"URL", "%q is empty or holds white space", i.URL)
	}
	switch {
	case len(i.Audiences)+len(i.Clients) == 0:
		found.add(place+"Audiences", "%q: at least one is needed, here or in Clients", i.Audiences)
	case slices.Contains(i.Audiences, ""):
		found.add(place+"Audiences", "%q: none may be empty", i.Audiences)
	case slices.Contains(i.Clients, ""):
		found.add(place+"Clients", "%q: none may be empty", i.Clients)
	}
	for _, alg := range i.Algorithms {
		if _, ok := algorithms[alg]; !ok {
			found.add(place+"Algorithms", "%q is not an asymmetric algorithm known here", alg)
		}
	}
	i.checkKeys(place, found)
}

func (i *Issuer) checkKeys(place string, found *problems) {
	field, address := "JWKSURL", i.JWKSURL
	if len(i.JWKS) > 0 {
		set, err := parseKeySet(i.JWKS)
		if err != nil {
			found.add(place+"JWKS", "%s", strings.TrimPrefix(err.Error(), "jwtverify: "))
		}
		for _, kid := range set.repeated() {
			found.add(place+"JWKS", "different keys have the id %q: remove all but one", kid)
		}
		if i.JWKSURL != "" {
			found.add(place+"JWKS", "set beside JWKSURL %q: one of them would be ignored", i.JWKSURL)
		}
		return
	}
	if address == "" {
		field, address = "URL", i.URL
	}
	if reason := refuseURL(address, inLambda()); reason != "" {
		found.add(place+field, "%q %s", address, reason)
	}
}
