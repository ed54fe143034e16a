package notesecho

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// Policy is who may do what.
func Policy(identify func(*http.Request) (*claims.Identity, error), store notes.Store) authz.Policy {
	_, r := newEcho(identify, store)
	return r.Policy()
}
