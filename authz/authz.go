// Package authz says what each operation of an API requires of its caller and
// refuses everything else.
//
// Behind one catch-all route a gateway can check that a caller holds a valid
// token, but not which scope each operation needs. This package decides that in
// the function, per route:
//
//	mux := authz.NewMux(&authz.Guard{Identifier: who})
//	mux.HandleFunc("GET /hello", authz.Public(), hello)
//	mux.HandleFunc("GET /notes", authz.Scope("notes-api/read"), list)
//	mux.HandleFunc("POST /notes", authz.Scope("notes-api/write"), create)
//
// # How a request is decided
//
// A [Mux] finds the route. No route can be registered without its [Requirement],
// and a request that matches no route is refused or, for a known caller, answered
// with 404. The [Guard] then asks its [Identifier] who is calling, asks the
// requirement whether that caller may, reports the [Decision], and only then runs
// the handler. Requirements, OnDecision and the handler see the same caller, in
// the request's context. A missing rule, a missing or expired identity and any
// error mean that the request is refused. A panic before the handler ends the
// request without running it.
//
// Only [Public], as the whole requirement of a route, admits a request without
// an identity. No other requirement is ever asked about a missing identity.
//
// # What the client sees
//
//	400 invalid_request     more than one credential in Authorization
//	401                     nobody, and no token was offered
//	401 invalid_token       nobody although a token was offered, or it expired
//	403 insufficient_scope  the caller lacks what the operation requires
//	503                     the token cannot be checked now; with Retry-After
//
// The challenge follows RFC 6750 section 3. The body repeats the code as an RFC
// 9457 problem, because an API Gateway REST API renames WWW-Authenticate. The
// client never learns why exactly a request was refused. [Guard.OnDecision] does,
// and behind an adapter.Handler its log has a line about each kind of refusal.
//
// # Other routers
//
// Packages echoauthz, chiauthz and ginauthz do for their routers what the Mux does
// for http.ServeMux. A Mux can also be mounted in any router, with whole paths as
// its patterns.
//
// [Guard.Require] is middleware for everything else, and can be forgotten: on a
// route that is registered without it, on a handler for unknown paths, on a
// pattern that is registered a second time, or where middleware answers by
// itself. Put [Guard.Enclose] around such a router: then a request for which no
// decision was made is answered with 500 instead of the handler's answer.
//
// Where a second router behind the Mux looks at the path again, as Fiber's does
// behind an adaptor, the decision holds only as far as the two routers agree on
// what a path means: on case, trailing slashes and escapes.
//
// # What this cannot know
//
//   - authz believes the Identity it is given. Whoever may invoke the function
//     directly (lambda:InvokeFunction, a non-proxy integration, an IoT rule, a
//     workflow) can write the whole event, authorizer data included. Only an
//     Identifier that verifies the token itself helps against that, such as
//     jwtverify's.
//   - Scope, Groups, Claim and TokenUse trust all accepted issuers alike. Where
//     there are several, combine them with [Issuer].
//   - A claim proves nothing if its issuer lets users write it: Cognito's
//     custom: attributes may be writable by the users themselves.
//   - A pattern with a host is not a boundary: Host is the client's choice, and
//     ADMIN.example.com, or a name with a trailing dot, is another host.
//   - adapter.Options.StripStage gives each path a second name: /prod/admin is
//     /admin. The Mux sees the path after stripping.
//   - An API key identifies a client and does not authenticate it.
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
