package before

// isNativeJWT tells a REST API's native JWT authorizer: the documentation says
// that claims keep their JSON types, under the name that Cognito's have. The
// event itself is unconfirmed
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-jwt-authorizer-claims.html).
func isNativeJWT(expiry claim) bool { return expiry.kind == '0' }
