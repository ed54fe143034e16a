package notesecho

import (
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// Routes are those of Handler.
func Routes(who authz.Identifier, store notes.Store) *echoauthz.Routes {
	_, r := New(who, store)
	return r
}
