package noteschi

import (
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// Routes are those of Handler.
func Routes(who authz.Identifier, store notes.Store) *chiauthz.Routes {
	_, r := newRouter(who, store)
	return r
}
