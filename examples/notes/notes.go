// Package notes is an API behind one catch-all route: the gateway checks that a
// caller holds a token, and the function decides which scope each operation
// needs and whose notes it sees.
//
//	GET  /hello       public
//	GET  /profile     notes-api/read
//	POST /notes       notes-api/write
//	GET  /notes       notes-api/read    the caller's own, newest first
//	GET  /notes/{id}  notes-api/read    another's note is 404, as one that never was
//
// Anything else is refused. lambda/main.go deploys it; local/main.go runs it on
// a laptop, with a gateway and a token issuer.
package notes

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
)

// The scopes of the API, as its resource server would define them.
const (
	ReadScope  = "notes-api/read"
	WriteScope = "notes-api/write"
)

// Handler returns the API. who says who is calling: a
// claims.Extractor, or nil for claims.FromContext, which is all that a test
// without events needs. The Mux's Policy tells who may do what. Handler panics
// if store is nil.
func Handler(who authz.Identifier, store Store) *authz.Mux {
	if store == nil {
		panic("notes: no store")
	}
	return newMux(who, (&api{store: store}).routes())
}

type api struct {
	store Store
	ids   ids
}

func (a *api) routes() []route {
	read, write := authz.Scope(ReadScope), authz.Scope(WriteScope)
	return []route{
		{"GET /hello", authz.Public(), http.StatusOK, hello},
		{"GET /profile", read, http.StatusOK, profile},
		{"POST /notes", write, http.StatusCreated, a.create},
		{"GET /notes", read, http.StatusOK, a.list},
		{"GET /notes/{id}", read, http.StatusOK, a.get},
	}
}

func newMux(who authz.Identifier, routes []route) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Realm: "notes", Identifier: who})
	for _, r := range routes {
		mux.Handle(r.pattern, r.needs, r)
	}
	return mux
}
