package authz

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/gatehouse-go/gatehouse/claims"
)

// Identifier says who is calling. A *claims.Extractor is one, a
// *jwtverify.Verifier is another, and IdentifierFunc makes one of a function.
// Implementations must be safe for concurrent use.
type Identifier interface {
	// Identify returns the caller; (nil, nil) means nobody, and so does an
	// error. The refusal is then a 401, unless the error is or wraps an *Error,
	// which chooses its own status, such as 503 while the keys to verify a token
	// with cannot be fetched.
	Identify(*http.Request) (*claims.Identity, error)

	// Trust describes whom Identify trusts to say who is calling. Policy prints
	// it, and the gateway's half of a policy is made from it.
	Trust() claims.Trust

	// String describes the Identifier in one line for Policy, with its pins, so
	// that reviewers notice when one is removed.
	String() string
}

// IdentifierFunc returns an Identifier that calls f. Its String is name,
// followed by trust unless that is zero. f must be safe for concurrent use.
// IdentifierFunc panics if name is empty or longer than one line, or if f is
// nil.
func IdentifierFunc(name string, trust claims.Trust, f func(*http.Request) (*claims.Identity, error)) Identifier {
	if name == "" || strings.ContainsAny(name, "\r\n\t") {
		panic("authz: IdentifierFunc without a name of one line")
	}
	if f == nil {
		panic("authz: IdentifierFunc with a nil function")
	}
	return &identifierFunc{name, trust, f}
}

type identifierFunc struct {
	name  string
	trust claims.Trust
	f     func(*http.Request) (*claims.Identity, error)
}

func (i *identifierFunc) Identify(r *http.Request) (*claims.Identity, error) { return i.f(r) }
func (i *identifierFunc) Trust() claims.Trust                                { return i.trust }

func (i *identifierFunc) String() string {
	if reflect.ValueOf(i.trust).IsZero() {
		return i.name
	}
	return i.name + "; " + i.trust.String()
}

// noIdentifier describes a Guard without an Identifier in a Policy.
const noIdentifier = "none; claims.FromContext: nobody unless something outside the Guard put a caller there"

func describe(i Identifier) (string, claims.Trust) {
	if i == nil {
		return noIdentifier, claims.Trust{}
	}
	return i.String(), i.Trust()
}

// isTypedNil reports whether i is a nil pointer or function in a non-nil
// interface.
func isTypedNil(i Identifier) bool {
	switch v := reflect.ValueOf(i); v.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan:
		return v.IsNil()
	}
	return false
}
