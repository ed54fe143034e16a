package jwtverify

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// Binding says what a Verifier does if the claims that the gateway's authorizer put
// into the event do not go with the token that it verified itself.
type Binding uint8

const (
	// BindingRequired refuses a request unless the gateway says the same as the
	// token. It refuses if iss, sub, aud, client_id, azp, exp, iat, jti, scope,
	// scp, token_use, groups or cognito:groups differ, if there is a token without
	// claims from the gateway, and if there are claims without a token.
	BindingRequired Binding = iota
	// BindingReported refuses nothing for a difference: Config.OnFinding is told.
	BindingReported
	// BindingNone does not look at the gateway's claims: for fronts without a
	// token authorizer, such as an ALB, a Function URL, or an API with a Lambda or
	// IAM authorizer, and in a Lambda authorizer itself (package authorizer).
	BindingNone
)

// String returns the binding's name, or "Binding(n)" for a value that is not one of
// the constants.
func (b Binding) String() string {
	switch b {
	case BindingRequired:
		return "required"
	case BindingReported:
		return "reported"
	case BindingNone:
		return "none"
	}
	return "Binding(" + strconv.Itoa(int(b)) + ")"
}

// A Finding is a disagreement between the gateway and the verified token. It
// holds no value of either.
type Finding struct {
	// Err wraps ErrBinding if the request is refused, or would be with
	// BindingRequired. It is nil if only claims differ that BindingRequired does
	// not list.
	Err error
	// Claims are the sorted names of all claims that differ. It is nil if one side
	// has no claims at all.
	Claims []string
	// Refused reports whether the request is refused because of Err.
	Refused bool
}

// bound are the claims that decide who the caller is, what it may do and for how
// long; the dates among them are compared as dates.
var bound = []string{
	"iss", "sub", "aud", "client_id", "azp", "exp", "iat", "jti", "scope", "scp", "token_use", "cognito:groups", "groups",
}

var (
	errNoGateway = fmt.Errorf("%w: %w", ErrBinding, cause.Text("a token without claims from the gateway"))
	errGateway   = fmt.Errorf("%w: %w", ErrBinding, cause.Text("the gateway's claims cannot be used"))
)

// bind compares what the gateway says with a verified token, nil for none, and
// returns an error if that refuses the request.
func (v *Verifier) bind(r *http.Request, t *verified) error {
	if v.binding == BindingNone {
		return nil
	}
	f := v.compare(r, t)
	if f.Err == nil && f.Claims == nil {
		return nil
	}
	f.Refused = f.Err != nil && v.binding == BindingRequired
	if v.onFinding != nil {
		v.onFinding(r, f)
	}
	if f.Refused {
		return f.Err
	}
	return nil
}

// compare returns the zero Finding if there is nothing to object to.
func (v *Verifier) compare(r *http.Request, t *verified) (f Finding) {
	id, err := v.claims.Identify(r)
	switch {
	case t == nil && err != nil:
		f.Err = fmt.Errorf("%w: %w", errNoToken, err)
	case t == nil && id != nil:
		f.Err = errNoToken
	case err != nil:
		f.Err = fmt.Errorf("%w: %w", errGateway, err)
	case t != nil && id == nil:
		f.Err = errNoGateway
	case t != nil:
		f.Claims, f.Err = differing(id, t)
	}
	return f
}

// mismatch returns an error if one of the claims that differ counts. The names
// of those that do are ours, not the token's.
func mismatch(differing []string) error {
	var count []string
	for _, name := range bound {
		if slices.Contains(differing, name) {
			count = append(count, name)
		}
	}
	if count == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrBinding, cause.Text("in "+strings.Join(count, ", ")))
}
