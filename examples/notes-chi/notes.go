// Package noteschi is the notes example with chi's routing: the same operations,
// requirements and store, registered with chiauthz instead of an authz.Mux.
//
//	GET  /hello       public
//	GET  /profile     notes-api/read
//	POST /notes       notes-api/write
//	GET  /notes       notes-api/read    the caller's own, newest first
//	GET  /notes/{id}  notes-api/read    404 for the notes of others, as if they did not exist
//
// Everything else is refused, even a route that somebody registers with router.Get.
// lambda/main.go deploys it; local/main.go runs it on a laptop.
//
// # The client's address
//
// Log r.RemoteAddr, and do not use chi's RealIP. It replaces RemoteAddr by
// True-Client-IP, X-Real-IP or the first address in X-Forwarded-For, which are
// request headers: a gateway appends the peer's address to X-Forwarded-For but does
// not remove what the client sent. A caller could thus choose the address in the
// log and the key of a rate limit. The adapter sets RemoteAddr to the address that
// the gateway itself saw.
package noteschi

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// Handler returns the API with chi's routing. who says who is calling: a
// claims.Extractor, or nil for claims.FromContext, which is all that a test
// without events needs. Handler panics if store is nil.
func Handler(who authz.Identifier, store notes.Store) http.Handler {
	router, _ := New(who, store)
	return router
}

// New is Handler for programs that also need the policy, to make the gateway's
// routes from it.
func New(who authz.Identifier, store notes.Store) (*chi.Mux, *chiauthz.Routes) {
	router := chi.NewRouter()
	router.Use(addressed) // before New: refused requests have an address too

	o := operations{notes.NewAPI(store)}
	read, write := authz.Scope(notes.ReadScope), authz.Scope(notes.WriteScope)
	r := chiauthz.New(router, notes.Guard(who), &chiauthz.Options{GetHead: true})
	r.Get("/hello", authz.Public(), o.hello)
	r.Get("/profile", read, o.profile)
	r.Post("/notes", write, o.create)
	r.Get("/notes", read, o.list)
	r.Get("/notes/{id}", read, o.get)
	return router, r
}
