package before

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
	// LambdaAuthorizer is a Lambda authorizer of a REST, HTTP or WebSocket API.
	LambdaAuthorizer
	// SigV4 is a request signed with AWS credentials, to a REST API, an HTTP API
	// with payload format 2.0 or a Function URL (IAM). With payload format 1.0
	// what the event says is unconfirmed, and such callers are nobody.
	SigV4
	// ClientCertificate is a client certificate that the gateway of a REST or
	// HTTP API checked (mutual TLS), on a route without an authorizer.
	ClientCertificate
	// Lattice is a request that VPC Lattice authenticated with AWS credentials,
	// event structure version V2.
	Lattice
	// IdentityPool is the Cognito identity pool identity that invoked the function
	// itself, without a front. The runtime does not tell guests of the pool from
	// others.
	IdentityPool
	// Verified is a token whose signature this program checked; it comes from a
	// verifier, never from an event.
	Verified
)

// sources say what there is to know of each Source apart from its data.
//
// A keyKind is the first part of Identity.Key. What a token's issuer says of its
// subject is the same whoever checked the token, so that data keeps its owner
// when an API moves from one token source to another.
var sources = [...]struct{ name, keyKind string }{
	0:                 {"nobody", ""},
	JWT:               {"JWT authorizer", "token"},
	Cognito:           {"Cognito authorizer", "token"},
	NativeJWT:         {"native JWT authorizer", "token"},
	LambdaAuthorizer:  {"Lambda authorizer", "lambda"},
	SigV4:             {"AWS signature", "iam"},
	ClientCertificate: {"client certificate", "certificate"},
	Lattice:           {"VPC Lattice", "lattice"},
	IdentityPool:      {"Cognito identity pool", "pool"},
	Verified:          {"verified token", "token"},
}

// String returns the source's name for logs and policies: "nobody" for the zero
// Source, "Source(n)" for a value that is not one of the constants.
func (s Source) String() string {
	if int(s) >= len(sources) {
		return "Source(" + strconv.Itoa(int(s)) + ")"
	}
	return sources[s].name
}

// MarshalText returns String's text, so that logs and JSON hold the name.
func (s Source) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// KeepsTypes reports whether the source delivers claims with the JSON types that
// they have in the token. JWT authorizers of HTTP APIs, Cognito authorizers of
// REST APIs and Lambda authorizers write them as text, or may.
func (s Source) KeepsTypes() bool { return s.known() && !dialects[s].isText() }

func (s Source) known() bool { return s > 0 && int(s) < len(sources) }

// keyKind is "" for a value that is not one of the constants.
func (s Source) keyKind() string {
	if !s.known() {
		return ""
	}
	return sources[s].keyKind
}

func (s Source) isToken() bool { return s.keyKind() == sources[Verified].keyKind }
