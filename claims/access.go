package claims

import (
	"slices"
	"strings"
)

// IssuedBy reports whether Config.IssuerNames gives the caller's issuer this
// logical name. It is always false for a client certificate, whose issuer is a
// distinguished name that proves nothing.
func (id *Identity) IssuedBy(name string) bool {
	if id.rules == nil || id.Source == ClientCertificate {
		return false
	}
	issuer, ok := id.rules.issuerNames[name]
	return ok && issuer == id.Issuer
}

// IsAccessToken reports whether the caller is known by an access token rather
// than by an ID token, which tells a client who its user is and grants nothing.
//
// If the token has token_use, as Cognito's have, that decides. Otherwise it is
// an access token if a verifier read the type at+jwt in its header (RFC 9068,
// section 2.1), or if its issuer is among Config.AccessTokenIssuers, unless the
// token is marked as an ID token: by at_hash (OpenID Connect Core, section
// 3.1.3.6), or by the claim typ with the value ID, as Keycloak's ID tokens are.
func (id *Identity) IsAccessToken() bool {
	if _, ok := id.claims.find("token_use"); ok {
		return id.TokenUse == "access"
	}
	if id.claims.hasAny("at_hash") || id.claims.str("typ") == "ID" {
		return false
	}
	return id.accessType || id.rules != nil && id.namesIssuer() && slices.Contains(id.rules.accessIssuers, id.Issuer)
}

// namesIssuer reports whether the Issuer is that of a token.
func (id *Identity) namesIssuer() bool { return id.Source.isToken() || id.Source == LambdaAuthorizer }

// isAccessType reports whether typ, a token's header parameter, is that of an
// access token. Media types ignore case, and application/ may be left out (RFC
// 7515, section 4.1.9).
func isAccessType(typ string) bool {
	typ = strings.ToLower(typ)
	return strings.TrimPrefix(typ, "application/") == "at+jwt"
}

// IdentifyVerified returns the Identity of a token whose signature, issuer,
// audience and times the calling code has checked. payload holds the token's
// claims, a JSON object; typ is the typ of its header, "" if it has none. The
// rules for claims are the Extractor's: SubjectClaim, ScopeClaim, IssuerNames
// and AccessTokenIssuers. Its sources and pins do not apply, since they are
// about events. IdentifyVerified returns an error for a member that occurs
// twice and for whatever Identify refuses of a token. A nil Extractor returns
// (nil, nil), which is nobody.
func (e *Extractor) IdentifyVerified(payload []byte, typ string) (*Identity, error) {
	if e == nil {
		return nil, nil
	}
	set, err := readClaimBytes(string(payload), payload)
	if err != nil {
		return nil, err
	}
	id, err := fromClaims(Verified, set, &e.rules, Verified.row())
	if err != nil {
		return nil, err
	}
	id.accessType = isAccessType(typ)
	return id, nil
}
