// Package profile tells users their e-mail address, which an access token of Amazon
// Cognito does not hold. It takes the address from the token where a trigger has put
// it there, and else asks the issuer's userInfo endpoint.
package profile

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/internal/answer"
)

// Scope is what the profile requires; userInfo asks for it too.
const Scope = "openid"

// Profile is what a user is told. Email is empty if the issuer knows none, or none
// that was verified.
type Profile struct {
	Subject  string `json:"sub"`
	Username string `json:"username,omitempty"`
	Email    string `json:"email,omitempty"`
}

// An Asker knows the e-mail address of a caller by the caller's own access token.
type Asker interface {
	Email(ctx context.Context, caller *claims.Identity, token string) (string, error)
}

// Errors of an Asker. Any other means that the issuer cannot be asked now.
var (
	ErrRefused = errors.New("profile: userInfo refused the token")
	ErrAnother = errors.New("profile: userInfo spoke of another subject")
)

// Handler returns the API: GET /profile.
func Handler(who authz.Identifier, info Asker) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who, Every: authz.AccessToken()})
	mux.HandleFunc("GET /profile", authz.Scope(Scope), func(w http.ResponseWriter, r *http.Request) {
		caller, _ := claims.FromContext(r.Context())
		p := Profile{Subject: caller.Subject, Username: caller.Username}
		if email, ok := caller.Claim("email"); ok {
			if verified, said := caller.Claim("email_verified"); !said || isTrue(verified) {
				p.Email, _ = email.(string)
			}
			answer.JSON(w, http.StatusOK, p)
			return
		}
		token, _ := bearer(r.Header)
		email, err := info.Email(r.Context(), caller, token)
		switch {
		case errors.Is(err, ErrRefused):
			// Valid for the gateway and not for the issuer: revoked, say. The client
			// needs another token.
			mux.Guard().Challenge(w.Header(), &authz.Error{Status: http.StatusUnauthorized, Code: authz.CodeInvalidToken})
			answer.Problem(w, http.StatusUnauthorized, "")
		case err != nil:
			slog.ErrorContext(r.Context(), "profile: the issuer's userInfo endpoint failed", "error", err)
			w.Header().Set("Retry-After", "1")
			answer.Problem(w, http.StatusServiceUnavailable, "")
		default:
			p.Email = email
			answer.JSON(w, http.StatusOK, p)
		}
	})
	return mux
}

// bearer returns the token that the caller sent. It says nothing about who that is,
// which the Guard has found out by then.
func bearer(h http.Header) (string, bool) {
	values := h.Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	return token, ok && strings.EqualFold(scheme, "Bearer")
}
