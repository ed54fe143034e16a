package claims

import (
	"errors"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

var errRESTExpiry = errors.New("claims: exp tells neither a Cognito nor a native JWT authorizer")

// readRESTClaims reads the one place where two authorizers of a REST API write.
// A Cognito user pool authorizer has all claims as text and exp as a date, a
// native one keeps the token's JSON types, so that exp is a number:
//
//	"authorizer":{"claims":{"sub":"…","exp":"Tue Jun 18 15:00:04 UTC 2024","cognito:groups":"group-a,group-b"}}
//	"authorizer":{"claims":{"sub":"…","exp":1718722804,"cognito:groups":["group-a","group-b"]}}
//
// Anything else as exp is neither's.
func readRESTClaims(claims []byte) (Source, claimSet, error) {
	set, err := readClaims(claims)
	if err != nil {
		return 0, claimSet{}, err
	}
	expiry, _ := set.find("exp")
	switch {
	case isNativeJWT(expiry):
		return NativeJWT, set, nil
	case isCognito(expiry):
		return Cognito, set, nil
	}
	return 0, claimSet{}, errRESTExpiry
}

func isCognito(expiry claim) bool {
	_, ok := authorizer.CognitoDate(expiry.text)
	return ok && expiry.kind == '"'
}

// cognitoDate reads exp and iat, which are dates, and auth_time, which is not.
func cognitoDate(text string) (time.Time, bool) {
	if date, ok := authorizer.CognitoDate(text); ok {
		return date, true
	}
	return authorizer.NumericDate(text)
}

// CognitoUserPool returns the issuer of a Cognito user pool, for Config.Issuers:
// of eu-west-1_AbCdEfGhI it is
// https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI. What is not a
// user pool's id it returns as it is, and New refuses it.
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

// isCognitoIssuer tells whether an issuer is a Cognito user pool, such as
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

// isPoolOf follows the pattern of UserPoolId in
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html.
func isPoolOf(region, pool string) bool {
	outside := func(c rune) bool { return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9') }
	name, ok := strings.CutPrefix(pool, region+"_")
	return ok && name != "" && !strings.ContainsFunc(name, outside)
}

func isRegion(name string) bool {
	outside := func(c rune) bool { return !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') }
	return name != "" && !strings.ContainsFunc(name, outside)
}
