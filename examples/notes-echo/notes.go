// Package notesecho is the notes example written with Echo: the same operations,
// requirements and store, with echoauthz in the place of authz.Mux.
//
//	GET  /hello      public
//	GET  /profile    notes-api/read
//	POST /notes      notes-api/write
//	GET  /notes      notes-api/read    the caller's own, newest first
//	GET  /notes/:id  notes-api/read    another's note is 404, as one that never was
//
// Anything else is refused, a route that somebody registers with e.GET included.
// lambda/main.go deploys it; local/main.go runs it on a laptop.
//
// # Whose word c.RealIP is
//
// Without an IPExtractor, Echo answers RealIP with the first address in
// X-Forwarded-For, or with X-Real-Ip. Both are request headers: a gateway appends
// the peer's address to X-Forwarded-For, it does not remove what the client wrote
// there before, and it passes X-Real-Ip on untouched. A caller could thus choose
// the address in the log, and the key of a rate limit. The adapter sets
// http.Request.RemoteAddr to the address that the gateway itself saw, and
// echo.ExtractIPDirect takes it from there.
package notesecho

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// Handler returns the API. who says who is calling: a
// claims.Extractor, or nil for claims.FromContext, which is all that a test
// without events needs. Handler panics if store is nil.
func Handler(who authz.Identifier, store notes.Store) http.Handler {
	e, _ := newEcho(who, store)
	return e
}

func newEcho(who authz.Identifier, store notes.Store) (*echo.Echo, *echoauthz.Routes) {
	if store == nil {
		panic("notesecho: no store")
	}
	e := echo.New()
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = answerError
	e.Use(logged) // before New: refused requests are logged too

	a := &api{store: store}
	read, write := authz.Scope(notes.ReadScope), authz.Scope(notes.WriteScope)
	get := []string{http.MethodGet, http.MethodHead} // Echo does not serve HEAD with GET's handler
	r := echoauthz.New(e, &authz.Guard{Realm: "notes", Identifier: who}, nil)
	r.Match(get, "/hello", authz.Public(), hello)
	r.Match(get, "/profile", read, profile)
	r.POST("/notes", write, a.create)
	r.Match(get, "/notes", read, a.list)
	r.Match(get, "/notes/:id", read, a.get)
	return e, r
}
