package claims

import (
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"strconv"
	"time"
)

// Identity is who is calling, in one shape whoever vouched for it. Identities
// are shared: code that gets one must not modify it, and may then use it
// concurrently. Source and Subject are always set; every other field may be
// empty. The zero Identity means nobody, and this package never returns it.
type Identity struct {
	Source Source

	// Subject depends on the source. For a token it is sub or the claim that
	// Config.SubjectClaim names; for a Lambda authorizer, what Config.LambdaClaims
	// says; for SigV4, the UserID, or the CognitoIdentityID of a user of an
	// identity pool; for VPC Lattice, the principal; for a certificate, the
	// SubjectDN.
	Subject string
	// Issuer is iss, the CognitoIdentityPoolID or the certificate's IssuerDN. It is
	// "" for other sources.
	Issuer string

	ClientID string // client_id, else azp: the client that the token was issued to
	Username string // username or cognito:username
	TokenUse string // token_use: "access" or "id" in Cognito's tokens
	ID       string // jti

	Audience []string // aud; empty if the authorizer's text is ambiguous, for which List("aud") returns an error
	Scopes   []string // what the caller's token grants; only scope-tokens of RFC 6749, section 3.3

	Expiry   time.Time // exp, or NotAfter of a ClientCertificate; zero: not stated. Package authz decides whether it has passed
	IssuedAt time.Time // iat
	AuthTime time.Time // auth_time

	IAM         *IAM         // nil unless Source is SigV4, Lattice or IdentityPool
	Certificate *Certificate // of the connection, whatever the Source; nil: it had none
	APIKeyID    string       // of the REST API key in the request; it identifies a plan, and never authenticates

	apiID      string // whose API said so, where only that makes the subject unique
	claims     claimSet
	rules      *rules
	src        *source // nil in an Identity made by hand
	accessType bool    // a verifier read the type of an access token in the header
}

// Key returns a key under which to store who owns data: the kind of source, the
// issuer and the subject, each preceded by its length in bytes, so that no two
// callers share a key. All token sources are one kind, because the same
// issuer's subject is the same caller behind any of them.
//
// The key of a client certificate, and of a Lambda authorizer's caller without
// an issuer, has the API's id before the issuer: another API may have another
// authorizer or truststore, where the same name means another caller. To keep
// such data when the API is replaced, map iss in Config.LambdaClaims from the
// start.
//
// The key does not say which claim the subject came from: do not change
// Config.SubjectClaim under existing data. For AWS credentials of an assumed
// role, the subject ends in the session name, which is chosen by whoever
// assumes the role. Such a subject is one caller only if the role's trust
// policy fixes sts:RoleSessionName.
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

// HasScope reports whether the caller's token grants the scope, compared byte for
// byte.
func (id *Identity) HasScope(scope string) bool {
	return slices.Contains(id.Scopes, scope)
}

// Claim returns a claim by its exact name, as its source delivered it: a string,
// bool, json.Number, []any or map[string]any. The JWT authorizers of HTTP APIs
// and Cognito authorizers deliver every claim as a string; List and Decode turn
// that back. A null claim counts as missing. The value is a
// copy and may be modified.
func (id *Identity) Claim(name string) (any, bool) {
	c, ok := id.claims.find(name)
	if !ok {
		return nil, false
	}
	return c.value(), true
}

// Claims returns all claims with their names, each as Claim returns it, in no
// particular order. For a Lambda authorizer these are the claims that
// Config.LambdaClaims maps.
func (id *Identity) Claims() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for i := range id.claims.size() {
			name, v := id.claims.at(i)
			if v.present() && !yield(name, v.claim(id.claims.members.text).value()) {
				return
			}
		}
	}
}

// NewIdentity returns the Identity that src makes of these claims. It is for
// tests; a verifier uses Extractor.IdentifyVerified. The claims are those that a
// token holds, or a Lambda authorizer's after Config.LambdaClaims has renamed
// them. For the other sources they are the members that the front writes: those
// of an HTTP API's authorizer.iam, of a clientCert or of a VPC Lattice identity,
// or cognitoIdentityId and cognitoIdentityPoolId.
//
// A value is any Go number, json.Number, string, bool, []string, []any or
// map[string]any; nil counts as missing. A source's own text for numbers and
// dates is understood as well. The rules of the zero Config apply. NewIdentity
// returns an error for an unknown source, a missing or empty subject, a value of
// another type, and whatever Extractor.Identify refuses of src.
func NewIdentity(src Source, claims map[string]any) (*Identity, error) {
	if !src.known() {
		return nil, errors.New("claims: NewIdentity: " + src.String() + " is not a source")
	}
	for name, value := range claims {
		if !isClaim(value) {
			return nil, errors.New("claims: NewIdentity: claim " + strconv.Quote(name) + " is of a type that a token cannot hold")
		}
	}
	text, err := json.Marshal(claims)
	if err != nil {
		return nil, errors.New("claims: NewIdentity: a number that a token cannot hold")
	}
	set, err := readClaimBytes(string(text), text)
	if err != nil {
		return nil, err
	}
	return newGiven(&statement{source: src, claims: set})
}

// newGiven builds an Identity without an event.
func newGiven(st *statement) (id *Identity, err error) {
	switch st.source {
	case LambdaAuthorizer:
		return fromClaims(st.source, st.claims, &defaults, st.source.row())
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
