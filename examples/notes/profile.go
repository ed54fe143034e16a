package notes

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/claims"
)

type greeting struct {
	Message string `json:"message"`
	Path    string `json:"path"`
	Method  string `json:"method"`
}

func hello(r *http.Request) (any, error) {
	return greeting{"Hello from Lambda", r.URL.Path, r.Method}, nil
}

type profileAnswer struct {
	Message string      `json:"message"`
	User    profileUser `json:"user"`
	Auth    profileAuth `json:"auth"`
}

type profileUser struct {
	Sub      string `json:"sub"`
	Username string `json:"username"` // empty for a client that speaks for itself
	ClientID string `json:"clientId"`
}

type profileAuth struct {
	TokenUse string   `json:"tokenUse"`
	Scopes   []string `json:"scopes"`
}

func profile(r *http.Request) (any, error) {
	return profileFor(callerOf(r)), nil
}

func profileFor(id *claims.Identity) profileAnswer {
	return profileAnswer{
		Message: "This is who you are",
		User:    profileUser{id.Subject, id.Username, id.ClientID},
		Auth:    profileAuth{id.TokenUse, id.Scopes},
	}
}
