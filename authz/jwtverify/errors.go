package jwtverify

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

var (
	// ErrInvalidToken is wrapped by the 401 for a token that did not pass.
	ErrInvalidToken error = cause.Text("jwtverify: invalid token")
	// ErrKeysUnavailable is wrapped by the 503 for a token that could not be
	// checked because its issuer's keys could not be fetched.
	ErrKeysUnavailable error = cause.Text("jwtverify: keys unavailable")
	// ErrBinding is wrapped by the 401 for a request whose token and event do not
	// say the same.
	ErrBinding error = cause.Text("jwtverify: the gateway and the token disagree")
)

var (
	errSeveral error = cause.Text("jwtverify: more than one credential in Authorization")
	errNoToken       = fmt.Errorf("%w: %w", ErrBinding, cause.Text("claims without a token"))
)

// invalid makes a reason against a token. Reasons hold no part of it.
func invalid(reason string) error { return fmt.Errorf("%w: %w", ErrInvalidToken, cause.Text(reason)) }

// refusal is the answer that a Guard gives because of err.
func refusal(err error) error {
	var own *authz.Error
	switch {
	case errors.As(err, &own):
		return err
	case errors.Is(err, errSeveral):
		return &authz.Error{Status: http.StatusBadRequest, Code: authz.CodeInvalidRequest, Err: err}
	case errors.Is(err, errNoToken):
		return &authz.Error{Status: http.StatusUnauthorized, Err: err}
	}
	return &authz.Error{Status: http.StatusUnauthorized, Code: authz.CodeInvalidToken, Err: err}
}

func unavailable(why error, retryAfter time.Duration) error {
	return &authz.Error{
		Status:     http.StatusServiceUnavailable,
		Code:       authz.CodeTemporarilyUnavailable,
		RetryAfter: max(retryAfter, time.Second),
		Err:        fmt.Errorf("%w: %w", ErrKeysUnavailable, why),
	}
}
