package apigateway

import "cmp"

// Names of OpenAPI extensions and of security schemes. No tool notices when one is
// misspelt, so that they are written here and nowhere else.
const (
	extAuthorizer  = "x-amazon-apigateway-authorizer"
	extAuth        = "x-amazon-apigateway-auth"
	extAuthType    = "x-amazon-apigateway-authtype"
	extIntegration = "x-amazon-apigateway-integration"
	extAnyMethod   = "x-amazon-apigateway-any-method"
	extCORS        = "x-amazon-apigateway-cors"

	schemeJWT     = "jwt"
	schemeCognito = "cognito"
	schemeIAM     = "sigv4"
	schemeCustom  = "lambda"
)

// scheme is the name of the security scheme of a route that is not open.
func (r Route) scheme() string {
	switch r.Auth {
	case IAM:
		return schemeIAM
	case Custom:
		return schemeCustom
	case CognitoUserPools:
		return cmp.Or(r.Authorizer, schemeCognito)
	}
	return cmp.Or(r.Authorizer, schemeJWT)
}

func (d *document) schemes() object {
	schemes := object{}
	for _, r := range d.plan.Routes {
		switch r.Auth {
		case JWT:
			schemes[r.scheme()] = d.jwt(d.target.Issuers[r.Authorizer])
		case CognitoUserPools:
			schemes[r.scheme()] = d.cognito(d.target.UserPools[r.Authorizer])
		case IAM:
			schemes[r.scheme()] = header("awsSigv4")
		case Custom:
			schemes[r.scheme()] = d.custom()
		}
	}
	return schemes
}

// jwt is a JWT authorizer. That its flows are empty is what OpenAPI wants of an
// oauth2 scheme without any.
func (d *document) jwt(issuer Issuer) object {
	audience := []any{}
	for _, a := range issuer.Audiences {
		audience = append(audience, d.refer(a))
	}
	return object{
		"type":  "oauth2",
		"flows": object{},
		extAuthorizer: object{
			"type":             "jwt",
			"identitySource":   d.identitySource(),
			"jwtConfiguration": object{"issuer": d.refer(issuer.Issuer), "audience": audience},
		},
	}
}

func (d *document) identitySource() string {
	if d.plan.Kind == RESTAPI {
		return "method.request.header.Authorization"
	}
	return "$request.header.Authorization"
}

func (d *document) cognito(pools []string) object {
	arns := []any{}
	for _, arn := range pools {
		arns = append(arns, d.refer(arn))
	}
	scheme := header("cognito_user_pools")
	scheme[extAuthorizer] = object{"type": "cognito_user_pools", "providerARNs": arns}
	return scheme
}

// custom is a Lambda authorizer that caches nothing: an answer for one operation
// must not be given to another.
func (d *document) custom() object {
	a := object{
		"type":                         "request",
		"identitySource":               d.identitySource(),
		"authorizerUri":                d.invocation(d.target.LambdaAuthorizer),
		"authorizerResultTtlInSeconds": 0,
	}
	if d.plan.Kind == HTTPAPI {
		a["authorizerPayloadFormatVersion"] = "2.0"
		a["enableSimpleResponses"] = true
	}
	scheme := header("custom")
	scheme[extAuthorizer] = a
	return scheme
}

// header is a scheme whose credentials are in the Authorization header.
func header(authType string) object {
	return object{"type": "apiKey", "name": "Authorization", "in": "header", extAuthType: authType}
}
