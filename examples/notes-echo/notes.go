// Package notesecho is the notes example with Echo's routing: the same operations,
// requirements and store, registered with echoauthz instead of an authz.Mux.
//
//	GET  /hello      public
//	GET  /profile    notes-api/read
//	POST /notes      notes-api/write
//	GET  /notes      notes-api/read    the caller's own, newest first
//	GET  /notes/:id  notes-api/read    404 for the notes of others, as if they did not exist
//
// Everything else is refused, even a route that somebody registers with e.GET.
// lambda/main.go deploys it; local/main.go runs it on a laptop.
//
// # The client's address
//
// Set IPExtractor. Without it, Echo's RealIP returns the first address in
// X-Forwarded-For, or X-Real-Ip. Both are request headers: a gateway appends the
// peer's address to X-Forwarded-For but does not remove what the client sent, and
// it passes X-Real-Ip on untouched. A caller could thus choose the address in the
// log and the key of a rate limit. The adapter sets http.Request.RemoteAddr to the
// address that the gateway itself saw; echo.ExtractIPDirect takes it from there.
package notesecho

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// Handler returns the API with Echo's routing. who says who is calling: a
// claims.Extractor, or nil for claims.FromContext, which is all that a test
// without events needs. Handler panics if store is nil.
func Handler(who authz.Identifier, store notes.Store) http.Handler {
	e, _ := New(who, store)
	return e
}

// New is Handler for programs that also need the policy, to make the gateway's
// routes from it.
func New(who authz.Identifier, store notes.Store) (*echo.Echo, *echoauthz.Routes) {
	e := echo.New()
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = answerError
	e.Use(addressed) // before New: refused requests have an address too

	o := operations{notes.NewAPI(store)}
	read, write := authz.Scope(notes.ReadScope), authz.Scope(notes.WriteScope)
	get := []string{http.MethodGet, http.MethodHead} // Echo does not serve HEAD with GET's handler
	r := echoauthz.New(e, notes.Guard(who), nil)
	r.Match(get, "/hello", authz.Public(), o.hello)
	r.Match(get, "/profile", read, o.profile)
	r.POST("/notes", write, o.create)
	r.Match(get, "/notes", read, o.list)
	r.Match(get, "/notes/:id", read, o.get)
	return e, r
}
