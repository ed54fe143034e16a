package claims

import (
	"strconv"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

// Source is who vouched for an Identity. The zero Source is nobody.
type Source uint8

const (
	// JWT is the JWT authorizer of an HTTP API, payload format 1.0 or 2.0. With
	// 1.0 it needs a pin on the API besides Issuers.
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
	// itself, without a front. Its pin is the pool's id, among Config.Issuers. The
	// runtime does not tell guests of the pool from others.
	IdentityPool
	// Verified is a token whose signature this program checked. It comes from a
	// verifier, never from an event.
	Verified
)

// A source is all there is to know of a Source, apart from where the fronts
// write its data: see kinds.
type source struct {
	name string

	// keyKind is the first part of Identity.Key. What a token's issuer says of
	// its subject is the same whoever checked the token, so that data keeps its
	// owner when an API moves from one token source to another.
	keyKind string

	rendering rendering
	build     func(*statement, *rules, *source) (*Identity, error)
	pins      pins
}

// pins are how Config restricts a source.
type pins struct {
	issuers bool      // New demands Issuers
	apis    bool      // New demands APIs or Accounts; for Lattice see checkLattice
	issuer  issuerPin // whom Issuers apply to
	local   bool      // without an issuer, a subject means something within one API only
}

type issuerPin uint8

const (
	noIssuer     issuerPin = iota // nobody: the name of an issuer proves nothing
	anyIssuer                     // whoever has an issuer
	everyIssuer                   // everybody: without an issuer a caller is nobody
	mappedIssuer                  // everybody, where Config.LambdaClaims maps iss
)

// A rendering is how a source writes as text what a token holds as another JSON
// type. The zero rendering belongs to sources that keep the types. What an odd
// event holds as a JSON number, bool or array is exact in any of them.
type rendering struct {
	date func(text string) (time.Time, bool)
	// list reads an array; known means that its elements are known to be names
	// without the character that separates them.
	list func(text string, known bool) ([]string, bool)
	// array reports whether text has the form in which the source writes arrays.
	array  func(text string) bool
	commas bool // which is a,b
}

// Whether a REST API hands on a Lambda authorizer's numbers and bools as such or
// as text is unconfirmed, and lists are text there: both are understood.
var (
	httpAPIText = rendering{date: authorizer.NumericDate, list: authorizer.HTTPAPIList, array: authorizer.IsBracketed}
	cognitoText = rendering{date: cognitoDate, list: authorizer.CognitoList, array: authorizer.HasComma, commas: true}
	lambdaText  = rendering{date: authorizer.NumericDate, list: authorizer.CognitoList, array: authorizer.HasComma, commas: true}
)

// tokenKey is the key kind of all sources of tokens.
const tokenKey = "token"

var sources = [...]source{
	0:                 {name: "nobody"},
	JWT:               {"JWT authorizer", tokenKey, httpAPIText, newToken, pins{issuers: true, issuer: everyIssuer}},
	Cognito:           {"Cognito authorizer", tokenKey, cognitoText, newToken, pins{issuers: true, issuer: everyIssuer}},
	NativeJWT:         {"native JWT authorizer", tokenKey, rendering{}, newToken, pins{issuers: true, issuer: everyIssuer}},
	LambdaAuthorizer:  {"Lambda authorizer", "lambda", lambdaText, newLambda, pins{apis: true, issuer: mappedIssuer, local: true}},
	SigV4:             {"AWS signature", "iam", rendering{}, newSigV4, pins{apis: true, issuer: anyIssuer}},
	ClientCertificate: {"client certificate", "certificate", rendering{}, newCertified, pins{apis: true, local: true}},
	Lattice:           {"VPC Lattice", "lattice", rendering{}, newLattice, pins{}},
	IdentityPool:      {"Cognito identity pool", "pool", rendering{}, newPooled, pins{issuers: true, issuer: anyIssuer}},
	Verified:          {"verified token", tokenKey, rendering{}, newToken, pins{issuers: true, issuer: everyIssuer}},
}

// row returns what there is to know of the source, and of nobody for a value that
// is not one of the constants.
func (s Source) row() *source {
	if !s.known() {
		s = 0
	}
	return &sources[s]
}

func (s Source) known() bool { return s > 0 && int(s) < len(sources) }

func (s Source) isToken() bool { return s.row().keyKind == tokenKey }

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
func (s Source) KeepsTypes() bool { return s.known() && !s.row().rendering.isText() }

// isText reports whether the source writes everything as text.
func (r *rendering) isText() bool { return r.list != nil }

// dateOf reads a NumericDate of any source.
func (r *rendering) dateOf(c claim) (time.Time, bool) {
	switch {
	case c.kind == '0':
		return authorizer.NumericDate(c.text)
	case c.kind == '"' && r.date != nil:
		return r.date(c.text)
	}
	return time.Time{}, false
}

// isArray reports whether a claim's text has the form of an array. scope is
// always a string, and scope-tokens may hold commas.
func (r *rendering) isArray(name, text string) bool {
	return r.array != nil && !(r.commas && name == "scope") && r.array(text)
}
