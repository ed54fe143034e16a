package noteschi_test

import (
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	noteschi "github.com/gatehouse-go/gatehouse/examples/notes-chi"
	"github.com/gatehouse-go/gatehouse/examples/notes/notestest"
)

// The gateway with the planned routes answers as the one with a catch-all does,
// and refuses more of it by itself.
func TestPlannedRoutes(t *testing.T) {
	notestest.Planned(t, func(who authz.Identifier, store notes.Store) (http.Handler, apigateway.Router) {
		return noteschi.New(who, store)
	})
}
