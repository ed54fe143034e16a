package before

import (
	"errors"
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
