package console

import (
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// gatewayCure is what to change about a refusal of the gateway's.
func gatewayCure(reason string) string {
	for _, row := range [...]struct{ part, cure string }{
		{"no such route", "The gateway has no route for this method and path. Add it to Routes, or to the policy that the routes are made from."},
		{"does not begin with the stage", "The path needs the stage or base path that the API is served under: see the API's URL above."},
		{"no token", "Send Authorization: Bearer with a token: the page Tokens makes one."},
		{"token expired", "Get a new token: the page Tokens makes one. On AWS, refresh it."},
		{"not yet valid", "The token's nbf lies in the future: compare the clocks."},
		{"issued in the future", "The token's iat lies in the future: compare the clocks."},
		{"wrong issuer", "This route takes tokens of another issuer. Compare the token's iss with the route's authorizer."},
		{"wrong audience", "The token is for another client or API. Its aud, or client_id where it has none, must be one of Options.Audience."},
		{"scope missing", "The route asks for a scope that the token does not have: the client has to ask for it, and must be allowed to."},
		{"not an access token", "A route with scopes takes access tokens; this is an ID token."},
		{"not an ID token", "A REST API's Cognito authorizer takes ID tokens on routes without scopes. Give the route scopes, or send the ID token."},
		{"token not verified", "The signature is not the issuer's, or the token is cut off. Was it copied whole, and was the issuer restarted without -state?"},
		{"token without expiry", "The token has no exp, without which no gateway takes it."},
		{"claims malformed", "The token's claims are not what a gateway reads: exp, nbf and iat are numbers."},
		{"keys cannot be had", "The issuer's keys could not be fetched: is it running, and can this program reach it?"},
		{"body is over", "The front takes no larger request. Let clients upload to S3 with a presigned URL."},
		{"event is over", "The front takes no larger request, and base64 costs a third of what is not text. Let clients upload to S3 with a presigned URL."},
		{"took too long", "The front gives up at its limit. Answer 202 and work on, stream, or pause it with -timeout while debugging."},
		{"timed out", "The front gives up at its limit. Answer 202 and work on, stream, or pause it with -timeout while debugging."},
		{"the function failed", "The function returned an error instead of an answer: see Options.Fail, and the program's output."},
		{"stream broke off", "The handler ended the stream with a panic or an error, or the client went away: see the program's output."},
	} {
		if strings.Contains(reason, row.part) {
			return row.cure
		}
	}
	return "See the program's output."
}

// policyCure is what to change about a refusal of a Guard's whose cause says more than
// which requirement was not met; "" for the others.
func policyCure(cause string) string {
	for _, row := range [...]struct{ part, cure string }{
		{"has no Identifier", "Set Guard.Identifier: claims.New for what the front's authorizer says, jwtverify.New to verify the token in the function."},
		{"CORS preflight arrived", "A preflight never carries a token. Put cors.Wrap around the handler, with the page's origin in AllowOrigins; or, where the gateway is to answer, give the gateway CORS settings."},
		{"API key was sent", "Send Authorization: Bearer with a token as well: the page Tokens makes one. The key stays for the usage plan."},
		{"needs an access token", "Send the access token: a client that signs in gets both, and the ID token is for itself alone. The page Tokens makes one."},
		{"cannot be read as a list", "Name the claim in Lists or CommaLists of claims.Config, or have the issuer write a list without spaces in its members."},
		{"no requirement is registered", "Register the route by echoauthz, ginauthz or chiauthz with what it requires, or put Guard.Require around its handler."},
	} {
		if strings.Contains(cause, row.part) {
			return row.cure
		}
	}
	return ""
}

const pins = "Compare the pins of claims.Config (Issuers, Audiences, APIs, Accounts, Stages) with what the caller sent: the page Policy lists them, the page Tokens decodes the token."

// adapterCure is what to change where the adapter answered for the handler.
func adapterCure(reason adapter.Reason) string {
	switch reason {
	case adapter.ReasonTooLarge:
		return "The front takes no larger reply: 6 MB, of which base64 costs a third for what is not text. Redirect to a presigned URL, make pages, or stream."
	case adapter.ReasonLate:
		return "The handler took longer than the front waits. Answer 202 and work on, stream, or pause the limit with -timeout while debugging."
	case adapter.ReasonPanic, adapter.ReasonGoexit:
		return "The handler panicked or exited its goroutine: the stack is in the program's output."
	case adapter.ReasonBadStatus:
		return "The handler's status is not one that a function can send: 200 to 599, and not 101."
	case adapter.ReasonClosed:
		return "The client went away while the reply was sent, or a proxy before it has a limit of its own."
	case adapter.ReasonTooShort:
		return "The handler set a Content-Length and wrote less."
	case adapter.ReasonBadRequest, adapter.ReasonBadBase64:
		return "The event does not make a request that HTTP allows. A client that sends one by hand has a bug."
	}
	return "See the program's output."
}
