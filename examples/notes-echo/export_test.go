package notesecho

import (
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// Policy is who may do what.
func Policy(who authz.Identifier, store notes.Store) authz.Policy {
	_, r := newEcho(who, store)
	return r.Policy()
}
