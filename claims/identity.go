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
	Source  Source
	Subject string // sub, or the claim of Config.SubjectClaim
	Issuer  string // iss

	ClientID string // client_id, else the single audience
	Username string // username or cognito:username
	TokenUse string // token_use: "access" or "id" in Cognito's tokens
	ID       string // jti

	Audience []string // aud; empty where the authorizer's text is ambiguous, which List("aud") reports
	Scopes   []string // what the caller's token grants, scope-tokens of RFC 6749, section 3.3, only

	Expiry   time.Time // exp; zero: none stated. authz decides whether it has passed
	IssuedAt time.Time // iat
	AuthTime time.Time // auth_time

	IAM         *IAM         // nil unless Source is SigV4, Lattice or IdentityPool
	Certificate *Certificate // nil without a client certificate
	APIKeyID    string       // of a REST API key; identification, never authentication

	claims claimSet
	rules  *rules
}

// IAM is the AWS principal that signed a request. Every field may be empty.
type IAM struct {
	AccessKeyID string
	AccountID   string
	CallerID    string
	UserARN     string
	UserID      string
	OrgID       string // of AWS Organizations

	CognitoIdentityID     string
	CognitoIdentityPoolID string
	CognitoAMR            []string // how the identity pool authenticated its user
}

// Certificate is the client certificate of a mutual TLS connection, as the
// gateway checked it. Every field may be empty.
type Certificate struct {
	SubjectDN    string
	IssuerDN     string
	SerialNumber string // hexadecimal bytes with colons, as the gateway writes it
	NotBefore    time.Time
	NotAfter     time.Time
	PEM          string
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

// NewIdentity returns the Identity that src gives for these claims of a token,
// for tests and verifiers. The values are what a token holds: any Go number,
// json.Number, string, bool, []string, []any or map[string]any; nil is no claim.
// A source's own text for numbers and dates is understood as well. The default
// rules of Config apply. NewIdentity refuses an unknown source, a missing or
// empty sub, an unreadable exp, iat or auth_time, and values of other types.
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
	set, err := readClaims(text)
	if err != nil {
		return nil, err
	}
	return newToken(src, set, &defaults)
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
