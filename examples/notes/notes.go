// Package notes is an API behind one catch-all route: the gateway checks that a
// caller holds a token, and the function decides which scope each operation
// needs and whose notes it sees.
//
//	GET  /hello       public
//	GET  /profile     notes-api/read
//	POST /notes       notes-api/write
//	GET  /notes       notes-api/read    the caller's own, newest first
//	GET  /notes/{id}  notes-api/read    404 for the notes of others, as if they did not exist
//
// Everything else is refused. lambda/main.go deploys it; local/main.go runs it on
// a laptop, with a gateway and a token issuer.
package notes

import "github.com/gatehouse-go/gatehouse/authz"

// The scopes of the API, as its resource server would define them.
const (
	ReadScope  = "notes-api/read"
	WriteScope = "notes-api/write"
)

// Handler returns the API with net/http's routing. who says who is calling: a
// claims.Extractor, or nil for claims.FromContext, which is all that a test
// without events needs. The Mux's Policy lists who may do what. Handler panics if
// store is nil.
func Handler(who authz.Identifier, store Store) *authz.Mux {
	return newMux(who, NewAPI(store).routes())
}

func newMux(who authz.Identifier, routes []route) *authz.Mux {
	mux := authz.NewMux(Guard(who))
	for _, r := range routes {
		mux.Handle(r.pattern, r.requirement, r)
	}
	return mux
}
