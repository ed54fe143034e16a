package notes

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Recorded is Handler, except that ran is told the pattern of each handler that
// runs: the same routes and requirements, and the only way to know that a
// refused request reached none.
func Recorded(who authz.Identifier, store Store, ran func(pattern string)) http.Handler {
	routes := NewAPI(store).routes()
	for i := range routes {
		pattern, answer := routes[i].pattern, routes[i].answer
		routes[i].answer = func(r *http.Request) (any, error) {
			ran(pattern)
			return answer(r)
		}
	}
	return newMux(who, routes)
}

// For the tests of cursors.
var (
	SealCursor = sealCursor
	OpenCursor = openCursor
)

// Limits.
const (
	MaxBody = maxBody
	MaxPage = maxPage
)

// IDs with Tick and Next are the generator of IDs.
type IDs = ids

var (
	Tick = (*ids).tick
	Next = (*ids).next
)
