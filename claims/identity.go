package claims

import (
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strconv"
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

	apiID      string // whose API said so, where only that makes the subject unique
	claims     claimSet
	rules      *rules
	src        *source // nil in an Identity made by hand
	accessType bool    // a verifier read the type of an access token in the header
}

// Key returns what to own data by: the kind of source, the issuer and the
// subject, each preceded by its length in bytes, so that no two callers share a
// key. All token sources are one kind, because the same issuer's subject is the
// same caller behind any of them.
//
// The key of a client certificate, and of a Lambda authorizer's caller without
// an issuer, has the API's id before the issuer: another API may have another
// authorizer or truststore, and means another caller by the same name. To keep
// such data when the API is replaced, map iss in Config.LambdaClaims from the
// start.
//
// The key does not say which claim the subject came from: do not change
// Config.SubjectClaim under existing data. For AWS credentials of an assumed
// role the subject ends in the session's name, which whoever may assume the role
// chooses: it is one caller only where the role's trust policy fixes
// sts:RoleSessionName.
func (id *Identity) Key() string {
	key := appendPart(nil, id.row().keyKind)
	if id.isLocal() {
		key = appendPart(key, id.apiID)
	}
	return string(appendPart(appendPart(key, id.Issuer), id.Subject))
}

func appendPart(key []byte, part string) []byte {
	key = strconv.AppendInt(key, int64(len(part)), 10)
	return append(append(key, ':'), part...)
}

// isLocal reports whether Issuer and Subject mean something within one API only.
func (id *Identity) isLocal() bool {
	p := id.row().pins
	return p.local && (p.issuer == noIssuer || id.Issuer == "")
}

// row is what there is to know of the source.
func (id *Identity) row() *source {
	if id.src == nil {
		return id.Source.row()
	}
	return id.src
}

// rendering is how the source writes claims.
func (id *Identity) rendering() *rendering {
	if id.src == nil {
		return &exact // and there are no claims
	}
	return &id.src.rendering
}

var exact rendering

// LogValue returns the source alone, so that a logger given an Identity writes
// neither its subject nor its claims.
func (id *Identity) LogValue() slog.Value {
	if id == nil {
		return slog.StringValue(Source(0).String())
	}
	return slog.StringValue(id.Source.String())
}

// HasScope reports whether the caller's token grants the scope, compared to the
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
	return c.value(), true
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
	set, err := readClaimBytes(string(object), object)
	if err != nil {
		return nil, err
	}
	return newGiven(&statement{source: src, claims: set})
}

// newGiven builds an Identity without an event.
func newGiven(st *statement) (id *Identity, err error) {
	switch st.source {
	case LambdaAuthorizer:
		return newIdentity(st.source, st.claims, &defaults, st.source.row())
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
