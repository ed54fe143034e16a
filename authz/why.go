package authz

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// What newcomers get wrong, in the words of the log line about their first
// refusals. A client learns nothing of it but that an ID token was sent.
var (
	errNoIdentifier  error = cause.Text("authz: a token was sent, but the Guard has no Identifier: set Guard.Identifier")
	errNoAuthorizer  error = cause.Text("authz: a token was sent, but the event names no caller: does this route of the gateway have an authorizer?")
	errAPIKey        error = cause.Text("authz: an API key was sent: it identifies a client, it does not authenticate a caller")
	errPreflight     error = cause.Text("authz: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux")
	errIDToken       error = cause.Text("authz: the caller sent an ID token, and needs an access token")
	errNoAccessToken error = cause.Text("authz: needs an access token")
)

// whyNobody says why there may be no caller, where the Identifier does not. offered
// reports that there was a token.
func (g *Guard) whyNobody(r *http.Request, offered bool) error {
	switch {
	case offered && g.Identifier == nil:
		return errNoIdentifier
	case offered && hasEvent(r):
		return errNoAuthorizer
	case offered:
		return nil
	case isPreflight(r):
		return errPreflight
	case r.Header.Get("X-Api-Key") != "":
		return errAPIKey
	}
	return nil
}

func hasEvent(r *http.Request) bool {
	_, ok := adapter.FromContext(r.Context())
	return ok
}

// isPreflight follows the Fetch standard: https://fetch.spec.whatwg.org/#cors-preflight-request.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}
