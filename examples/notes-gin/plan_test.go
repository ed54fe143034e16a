package notesgin_test

import (
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesgin "github.com/gatehouse-go/gatehouse/examples/notes-gin"
	"github.com/gatehouse-go/gatehouse/examples/notes/notestest"
)

// The gateway with the planned routes answers as the one with a catch-all does,
// and refuses more of it by itself.
func TestPlannedRoutes(t *testing.T) {
	notestest.Planned(t, func(who authz.Identifier, store notes.Store) (http.Handler, apigateway.Router) {
		routes := notesgin.New(who, store)
		return routes, routes
	})
}
