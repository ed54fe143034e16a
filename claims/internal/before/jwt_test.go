package before

// readJWTBlock reads the JWT authorizer's block of payload format 2.0:
//
//	"authorizer":{"jwt":{"claims":{"sub":"…","exp":"1718722804","cognito:groups":"[admin poweruser]"},"scopes":null}}
//
// All claims are text; see
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.
func readJWTBlock(block []byte) (Source, claimSet, error) {
	var found [1]value
	if _, err := pick(block, []string{"claims"}, found[:]); err != nil {
		return 0, claimSet{}, err
	}
	if !found[0].present() {
		return 0, claimSet{}, errNoClaims
	}
	return readJWTClaims(found[0].json)
}

// readJWTClaims reads the claims themselves, which payload format 1.0 has
// without the level of "jwt":
//
//	"authorizer":{"claims":{"sub":"…","exp":"1718722804"},"scopes":null}
func readJWTClaims(claims []byte) (Source, claimSet, error) {
	set, err := readClaims(claims)
	return JWT, set, err
}
