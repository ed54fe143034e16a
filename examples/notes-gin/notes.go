// Package notesgin is the notes example with gin's routing: the same operations,
// requirements and store, registered with ginauthz instead of an authz.Mux.
//
//	GET  /hello      public
//	GET  /profile    notes-api/read
//	POST /notes      notes-api/write
//	GET  /notes      notes-api/read    the caller's own, newest first
//	GET  /notes/:id  notes-api/read    404 for the notes of others, as if they did not exist
//
// Everything else is refused. If somebody registers a route with engine.GET, nothing
// is served, and the panic names that route. lambda/main.go deploys it;
// local/main.go runs it on a laptop.
//
// # The client's address
//
// Call SetTrustedProxies(nil). Without it, gin trusts every peer as a proxy, and
// c.ClientIP returns an address from X-Forwarded-For, or X-Real-IP. Both are request
// headers: a gateway appends the peer's address to X-Forwarded-For but does not
// remove what the client sent, and it passes X-Real-IP on untouched. A caller could
// thus choose the address in the log and the key of a rate limit. The adapter sets
// Request.RemoteAddr to the address that the gateway itself saw, and c.ClientIP
// then returns that.
package notesgin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// Handler returns the API with gin's routing. who says who is calling: a
// claims.Extractor, or nil for claims.FromContext, which is all that a test
// without events needs. Handler panics if store is nil.
func Handler(who authz.Identifier, store notes.Store) http.Handler {
	return New(who, store)
}

// New is Handler for programs that also need the policy, to make the gateway's
// routes from it. The Routes are the handler to serve.
func New(who authz.Identifier, store notes.Store) *ginauthz.Routes {
	gin.SetMode(gin.ReleaseMode) // gin's debug mode prints every route
	engine := gin.New()
	_ = engine.SetTrustedProxies(nil) // an error would be about a malformed address
	engine.Use(addressed)             // before New: refused requests have an address too

	o := operations{notes.NewAPI(store)}
	read, write := authz.Scope(notes.ReadScope), authz.Scope(notes.WriteScope)
	r := ginauthz.New(engine, notes.Guard(who), &ginauthz.Options{GetHead: true})
	r.GET("/hello", authz.Public(), o.hello)
	r.GET("/profile", read, o.profile)
	r.POST("/notes", write, o.create)
	r.GET("/notes", read, o.list)
	r.GET("/notes/:id", read, o.get)
	return r
}
