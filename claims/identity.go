package claims

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Identity is who is calling, in one shape whoever vouched for it. Identities
// are shared: what reads one must not modify it, and then it is safe for
// concurrent use. The zero Identity is nobody and never comes out of this
// package; Source and Subject are always set, every other field may be empty.
type Identity struct {
	Source Source

	// Subject is sub, or the claim of Config.SubjectClaim; a Lambda authorizer's
	// as Config.LambdaClaims says; an IAM principal's UserID, or
	// CognitoIdentityID for a user of an identity pool; VPC Lattice's principal;
	// a certificate's SubjectDN.
	Subject string
	// Issuer is iss, the CognitoIdentityPoolID or the certificate's IssuerDN; ""
	// for other sources.
	Issuer string

	ClientID string // client_id, else azp: whom the token was issued to
	Username string // username or cognito:username
	TokenUse string // token_use: "access" or "id" in Cognito's tokens
	ID       string // jti

	Audience []string // aud; empty where the authorizer's text is ambiguous, which List("aud") reports
	Scopes   []string // what the caller's token grants, scope-tokens of RFC 6749, section 3.3, only

	Expiry   time.Time // exp, or that of a ClientCertificate; zero: none stated. authz decides whether it has passed
	IssuedAt time.Time // iat
	AuthTime time.Time // auth_time

	IAM         *IAM         // nil unless Source is SigV4, Lattice or IdentityPool
	Certificate *Certificate // of the connection, whatever the Source; nil: none
	APIKeyID    string       // of the REST API key sent along; identification, never authentication

	claims     claimSet
	rules      *rules
	accessType bool // a verifier read the type of an access token in the header
}

// Key returns what to own data by: the kind of source, the issuer and the
// subject, each preceded by its length in bytes, so that no two callers share a
// key. All token sources are one kind, because the same issuer's subject is the
// same caller behind any of them. It does not tell which claim the subject came
// from: do not change Config.SubjectClaim under existing data.
func (id *Identity) Key() string {
	var key []byte
	for _, part := range [...]string{id.Source.keyKind(), id.Issuer, id.Subject} {
		key = strconv.AppendInt(key, int64(len(part)), 10)
		key = append(key, ':')
		key = append(key, part...)
	}
	return string(key)
}

// HasScope tells whether the caller's token grants the scope, compared to the
// letter.
func (id *Identity) HasScope(scope string) bool {
	return slices.Contains(id.Scopes, scope)
}

// Claim returns a claim by its exact name, as its source delivered it: a string,
// bool, json.Number, []any or map[string]any. The authorizers of HTTP APIs and
// Cognito deliver every claim as a string; List and Decode turn that back. A
// null claim is none.
func (id *Identity) Claim(name string) (any, bool) {
	c, ok := id.claims.find(name)
	if !ok {
		return nil, false
	}
	switch c.kind {
	case '"':
		return c.text, true
	case '0':
		return json.Number(c.text), true
	case 't', 'f':
		return c.kind == 't', true
	}
	return c.decode(), true
}

// decode ignores the decoder's error: the text was checked when it was parsed.
func (c claim) decode() any {
	d := json.NewDecoder(strings.NewReader(c.text))
	d.UseNumber()
	var value any
	_ = d.Decode(&value)
	return value
}

// NewIdentity returns the Identity that src gives for these claims, for tests
// and verifiers. They are what a token holds, or a Lambda authorizer's context
// once its keys are renamed; for the other sources the members that the front
// writes: an HTTP API's authorizer.iam, a clientCert, a VPC Lattice identity,
// cognitoIdentityId and cognitoIdentityPoolId.
//
// The values are any Go number, json.Number, string, bool, []string, []any or
// map[string]any; nil is no claim. A source's own text for numbers and dates is
// understood as well. The default rules of Config apply. NewIdentity refuses an
// unknown source, a missing or empty subject, what Extractor.Identify refuses of
// src, and values of other types.
func NewIdentity(src Source, claims map[string]any) (*Identity, error) {
	if !src.known() {
		return nil, errors.New("claims: NewIdentity: " + src.String() + " is no source")
	}
	for name, value := range claims {
		if !isClaim(value) {
			return nil, errors.New("claims: NewIdentity: claim " + strconv.Quote(name) + " has no type that a token can hold")
		}
	}
	text, err := json.Marshal(claims)
	if err != nil {
		return nil, errors.New("claims: NewIdentity: a number that a token cannot hold")
	}
	return ParseIdentity(src, text)
}

// ParseIdentity is NewIdentity for claims that are still JSON, such as the
// payload of a token that a verifier has checked. A member that comes twice is an
// error.
func ParseIdentity(src Source, object []byte) (*Identity, error) {
	if !src.known() {
		return nil, errors.New("claims: ParseIdentity: " + src.String() + " is no source")
	}
	set, err := readClaims(object)
	if err != nil {
		return nil, err
	}
	return newGiven(&statement{source: src, claims: set})
}

// newGiven builds an Identity without an event.
func newGiven(st *statement) (id *Identity, err error) {
	switch st.source {
	case LambdaAuthorizer:
		return newToken(st, &defaults)
	case ClientCertificate:
		if st.certificate, err = newCertificate(st.claims); err != nil {
			return nil, err
		}
	}
	return st.build(&defaults)
}

// isClaim keeps out types that encoding/json would turn into something the
// caller did not write, such as a time.Time into a string.
func isClaim(value any) bool {
	switch v := value.(type) {
	case nil, string, bool, []string,
		int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return true
	case json.Number:
		return v != "" // encoding/json would write 0
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !isClaim(e) })
	case map[string]any:
		for _, member := range v {
			if !isClaim(member) {
				return false
			}
		}
		return true
	}
	return false
}
