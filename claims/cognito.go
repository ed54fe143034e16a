package claims

import (
	"time"

	"github.com/gatehouse-go/gatehouse/internal/authorizer"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

const errRESTExpiry = cause.Text("claims: exp is neither what a Cognito nor what a native JWT authorizer writes")

// tellREST tells apart the two authorizers of a REST API that write into the
// same place. A Cognito user pool authorizer has all claims as text and exp as a
// date, a native one keeps the token's JSON types, so that exp is a number:
//
//	"authorizer":{"claims":{"sub":"…","exp":"Tue Jun 18 15:00:04 UTC 2024","cognito:groups":"group-a,group-b"}}
//	"authorizer":{"claims":{"sub":"…","exp":1718722804,"cognito:groups":["group-a","group-b"]}}
//
// Anything else as exp is neither's. The documentation says that a native
// authorizer keeps the types; its event is unconfirmed
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-jwt-authorizer-claims.html).
func tellREST(set claimSet) (Source, error) {
	expiry, _ := set.find("exp")
	switch expiry.kind {
	case '0':
		return NativeJWT, nil
	case '"':
		if _, ok := authorizer.CognitoDate(expiry.text); ok {
			return Cognito, nil
		}
	}
	return 0, errRESTExpiry
}

// cognitoDate reads exp and iat, which are dates, and auth_time, which is not.
func cognitoDate(text string) (time.Time, bool) {
	if date, ok := authorizer.NumericDate(text); ok {
		return date, true
	}
	return authorizer.CognitoDate(text)
}
