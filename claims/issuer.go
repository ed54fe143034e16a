package claims

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// CognitoUserPool returns the issuer of a Cognito user pool, for
// Config.Issuers. For example, the issuer of eu-west-1_AbCdEfGhI is
// https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI. If id is not
// the id of a user pool, CognitoUserPool returns it unchanged, and New refuses
// it.
func CognitoUserPool(id string) string {
	region, _, _ := strings.Cut(id, "_")
	domain := "amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		domain = "amazonaws.com.cn"
	}
	issuer := "https://cognito-idp." + region + "." + domain + "/" + id
	if !isCognitoIssuer(issuer) {
		return id
	}
	return issuer
}

// isCognitoIssuer reports whether an issuer is a Cognito user pool, such as
// https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI. The host is
// AWS's, so that no other issuer can have such a name.
func isCognitoIssuer(issuer string) bool {
	rest, ok := strings.CutPrefix(issuer, "https://cognito-idp.")
	region, rest, dotted := strings.Cut(rest, ".")
	domain, pool, slash := strings.Cut(rest, "/")
	return ok && dotted && slash &&
		(domain == "amazonaws.com" || domain == "amazonaws.com.cn") &&
		isRegion(region) && isPoolOf(region, pool)
}

func isRegion(name string) bool {
	outside := func(c rune) bool { return !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') }
	return name != "" && !strings.ContainsFunc(name, outside)
}

// isPoolOf follows the pattern of UserPoolId in
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html.
func isPoolOf(region, pool string) bool {
	outside := func(c rune) bool { return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9') }
	name, ok := strings.CutPrefix(pool, region+"_")
	return ok && name != "" && !strings.ContainsFunc(name, outside)
}

// isIdentityPool reports whether an issuer has the form of an identity pool's id,
// region and name with a colon between them.
func isIdentityPool(issuer string) bool {
	region, name, ok := strings.Cut(issuer, ":")
	return ok && isRegion(region) && isRegion(strings.ToLower(name))
}

// refuseIssuer refuses an issuer that no accepted source could name. A Lambda
// authorizer's, where LambdaClaims maps one, may be any text.
func (c *Config) refuseIssuer(issuer string) string {
	accepts := func(f func(Source) bool) bool { return slices.ContainsFunc(c.Sources, f) }
	tokens := func(s Source) bool { return s.isToken() || s == LambdaAuthorizer && c.LambdaIdentity != "" }
	reason := refuseBlank(issuer)
	switch {
	case reason != "" || c.LambdaClaims["iss"] != "":
		return reason
	case CognitoUserPool(issuer) != issuer:
		return "is a user pool's id; its issuer is " + CognitoUserPool(issuer)
	case isIdentityPool(issuer):
		if !accepts(func(s Source) bool { return s == IdentityPool || s == SigV4 }) {
			return "is an identity pool, whose users are known only with IdentityPool or SigV4 among Sources"
		}
		return ""
	case !accepts(tokens):
		return "is not an identity pool's id, and Sources accepts no tokens"
	}
	if reason = refuseIssuerURL(issuer); reason == "" && !isCognitoIssuer(issuer) && !accepts(func(s Source) bool { return tokens(s) && s != Cognito }) {
		return "is not a user pool, and Sources accepts no other tokens than Cognito authorizers'"
	}
	return reason
}

// refuseIssuerURL follows what a JWT authorizer accepts: an absolute https URL
// without query and fragment
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-jwt-authorizer-create.html).
// An issuer on this machine, for development, may do without TLS.
func refuseIssuerURL(issuer string) string {
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Scheme == "" || u.Host == "":
		return "is not a URL; an issuer is compared with iss to the letter, https:// included"
	case u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())):
		return "is not an https URL"
	case u.User != nil || strings.ContainsAny(issuer, "?#"):
		return "has a user, a query or a fragment, as no issuer has"
	case strings.Contains(u.Path, "/.well-known/"):
		return "is where the issuer describes itself; the issuer is what stands before /.well-known"
	case strings.HasSuffix(u.Host, ".amazoncognito.com"):
		return "is where users sign in; tokens name the user pool, which CognitoUserPool returns"
	case strings.HasPrefix(u.Host, "cognito-idp.") && !isCognitoIssuer(issuer):
		return refusePool(issuer)
	}
	return ""
}

// refusePool says what is wrong with an issuer on a host of Cognito's.
func refusePool(issuer string) string {
	if trimmed := strings.TrimRight(issuer, "/"); trimmed != issuer && isCognitoIssuer(trimmed) {
		return "ends in a slash, which a user pool's issuer does not"
	}
	return "is not a user pool's issuer; that is https://cognito-idp.REGION.amazonaws.com/POOL, with a POOL of the same REGION, as CognitoUserPool returns it"
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
