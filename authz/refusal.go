package authz

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// Codes of refusals, for Error.Code. The first three are those of RFC 6750
// section 3.1, the others come from RFC 6749 section 4.1.2.1.
const (
	// CodeInvalidRequest goes with 400: credentials that are malformed, or more
	// than one.
	CodeInvalidRequest = "invalid_request"
	// CodeInvalidToken goes with 401: the token that was offered is not accepted.
	CodeInvalidToken = "invalid_token"
	// CodeInsufficientScope goes with 403: the caller lacks what the operation
	// requires, whether or not that is a scope.
	CodeInsufficientScope = "insufficient_scope"
	// CodeTemporarilyUnavailable goes with 503: the token cannot be checked now.
	CodeTemporarilyUnavailable = "temporarily_unavailable"
	// CodeServerError goes with 500, also where an Error has a status outside
	// 400–599.
	CodeServerError = "server_error"
)

// Error is a refusal: what Guard.Check returns, and what Identify or a
// Requirement may return to choose the answer.
type Error struct {
	// Status of the answer. A Guard replaces a status outside 400–599 with 500.
	Status int

	// Code is the error code of RFC 6750 section 3.1, sent in the challenge and
	// in the body. Empty: none, as for a caller who offered no token. A code
	// with characters that section does not allow is not sent.
	Code string

	// Scopes that the operation requires, sent with insufficient_scope. Nil: a
	// Guard sends those that the route's requirement names.
	Scopes []string

	// RetryAfter is sent as Retry-After, in whole seconds rounded up. Zero or
	// less: not sent, except with a 503, which sends one second.
	RetryAfter time.Duration

	// Err is the cause, for OnDecision; the client never sees it. May be nil.
	Err error
}

// Error returns the status, the code and the cause.
func (e *Error) Error() string {
	text := "authz: " + strconv.Itoa(e.Status)
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.Err != nil {
		text += ": " + strings.TrimPrefix(e.Err.Error(), "authz: ")
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// refusalFor makes a refusal of err: the *Error in it, or otherwise one with
// this status and code.
func refusalFor(err error, status int, code string) Error {
	var own *Error
	if !errors.As(err, &own) {
		return Error{Status: status, Code: code, Err: err}
	}
	if own == nil { // an *Error that is nil: a mistake of whoever made it
		return Error{Status: status, Code: code}
	}
	e := *own
	switch named, ok := err.(*cause.Named); {
	case !ok && err != error(own), ok && named.Err != error(own):
		e.Err = err // what wraps it belongs to the cause
	case ok && own.Err != nil:
		e.Err = &cause.Named{Name: named.Name, Err: own.Err}
	}
	if e.Status < 400 || e.Status > 599 {
		e.Status, e.Code = http.StatusInternalServerError, CodeServerError
	}
	return e
}
