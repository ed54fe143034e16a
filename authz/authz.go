// Package authz says what each operation of an API requires of its caller and
// refuses everything else.
//
// Behind one catch-all route a gateway can check that a caller holds a valid
// token, but not which scope each operation needs. That is decided here, in
// the function, per route:
//
//	mux := authz.NewMux(&authz.Guard{Identifier: who})
//	mux.HandleFunc("GET /hello", authz.Public(), hello)
//	mux.HandleFunc("GET /notes", authz.Scope("notes-api/read"), list)
//	mux.HandleFunc("POST /notes", authz.Scope("notes-api/write"), create)
//
// # How a request is decided
//
// A [Mux] finds the route; a route cannot be registered without its
// [Requirement], and what matches no route is refused or, for a known caller,
// not found. The [Guard] then asks Identify who is calling, asks the
// requirement whether that caller may, reports the [Decision], and only then
// runs the handler, with the Identity it decided on in the request's context.
// No rule, no identity, an expired identity or any error: refused. A panic
// anywhere before the handler ends the request without it.
//
// Only [Public], as the whole requirement of a route, admits nobody: no other
// requirement is ever asked about a missing identity.
//
// # What the client sees
//
//	400 invalid_request     more than one credential in Authorization
//	401                     nobody, and no token was offered
//	401 invalid_token       nobody although a token was offered, or it expired
//	403 insufficient_scope  the caller lacks what the operation requires
//	503                     the token cannot be checked now; with Retry-After
//
// The challenge follows RFC 6750 section 3; the same code is repeated in an
// RFC 9457 body, because an API Gateway REST API renames WWW-Authenticate. Why
// exactly a request was refused is told to [Guard.OnDecision] and never to the
// client.
//
// # Other routers
//
// A Mux can be mounted in chi or gorilla, with whole paths as its patterns, and
// then still knows nothing but routes with a requirement. Package echoauthz does
// the same for Echo. [Guard.Require] is middleware for everything else, and can
// be forgotten; in chi
//
//   - on a route registered without With, and in a Group or Route next to the
//     one that has it,
//   - on the handlers given to NotFound and MethodNotAllowed of a router that
//     does not have it by Use,
//   - where a pattern is registered twice: the last one counts,
//   - on what middleware answers itself, before or instead of a handler.
//
// chi.Walk does not find these: it lists middleware as functions, which do not
// say what they require.
//
// # What this cannot know
//
// authz believes the Identity it is given. Whoever may invoke the function
// directly (lambda:InvokeFunction, a non-proxy integration, an IoT rule, a
// workflow) can write the whole event, authorizer data included. The only help
// against that is an Identify that verifies the token itself.
package authz

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/claims"
)

// Requirement is what an operation asks of its caller. Implementations must be
// safe for concurrent use and must not change once used.
type Requirement interface {
	// Check returns nil if id meets the requirement. A Guard never calls it
	// with a nil id. Any error refuses with 403 insufficient_scope, unless it
	// is or wraps an *Error, whose Status, from 400 to 599, is then used.
	Check(r *http.Request, id *claims.Identity) error

	// String describes the requirement in a few words for Policy and for
	// Decision. An empty text is refused where requirements are registered.
	String() string
}
