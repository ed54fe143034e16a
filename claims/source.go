package claims

import "strconv"

// Source is who vouched for an Identity. The zero Source is nobody.
type Source uint8

const (
	// JWT is the JWT authorizer of an HTTP API, payload format 1.0 or 2.0.
	JWT Source = iota + 1
	// Cognito is the Cognito user pool authorizer of a REST API.
	Cognito
	// NativeJWT is the JWT authorizer of a REST API.
	NativeJWT
	// LambdaAuthorizer is a Lambda authorizer, of whatever front.
	LambdaAuthorizer
	// SigV4 is a request signed with AWS credentials (IAM).
	SigV4
	// ClientCertificate is a client certificate that a gateway checked (mutual TLS).
	ClientCertificate
	// Lattice is a request that VPC Lattice authenticated with AWS credentials.
	Lattice
	// IdentityPool is the Cognito identity pool identity that invoked the function itself.
	IdentityPool
	// Verified is a token whose signature this program checked; it comes from a
	// verifier, never from an event.
	Verified
)

var sourceNames = [...]string{
	JWT:               "JWT authorizer",
	Cognito:           "Cognito authorizer",
	NativeJWT:         "native JWT authorizer",
	LambdaAuthorizer:  "Lambda authorizer",
	SigV4:             "AWS signature",
	ClientCertificate: "client certificate",
	Lattice:           "VPC Lattice",
	IdentityPool:      "Cognito identity pool",
	Verified:          "verified token",
}

// String returns the source's name for logs and policies, "Source(n)" for a
// value that is none of the constants.
func (s Source) String() string {
	if !s.known() {
		return "Source(" + strconv.Itoa(int(s)) + ")"
	}
	return sourceNames[s]
}

func (s Source) known() bool { return s > 0 && int(s) < len(sourceNames) }

// keyKind is "" for a value that is none of the constants.
func (s Source) keyKind() string {
	if !s.known() {
		return ""
	}
	return keyKinds[s]
}

// keyKinds are the first part of Identity.Key. What a token's issuer says of
// its subject is the same whoever checked the token, so that data keeps its
// owner when an API moves from one token source to another.
var keyKinds = [...]string{
	JWT:               "token",
	Cognito:           "token",
	NativeJWT:         "token",
	LambdaAuthorizer:  "lambda",
	SigV4:             "iam",
	ClientCertificate: "certificate",
	Lattice:           "lattice",
	IdentityPool:      "pool",
	Verified:          "token",
}
