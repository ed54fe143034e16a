// Package bookingshuma is the bookings example written with huma, which makes the
// OpenAPI document from the program instead of the other way round.
//
//	GET  /rooms                   public
//	GET  /rooms/{room}/bookings   bookings/read
//	POST /rooms/{room}/bookings   bookings/write
//
// huma registers its routes in Mux.With, which gives each pattern its requirement.
// What the document says of an operation's security is made of the same table, so
// that the two cannot differ.
package bookingshuma

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// scopes are the policy: the scope of each operation, "" for a public one.
var scopes = map[string]string{
	"GET /rooms":                  "",
	"GET /rooms/{room}/bookings":  "bookings/read",
	"POST /rooms/{room}/bookings": "bookings/write",
}

// New returns the API and its OpenAPI 3.0 document. who says who is calling: a
// claims.Extractor, or nil for claims.FromContext, which is all that a test without
// events needs.
func New(who authz.Identifier) (*authz.Mux, []byte, error) {
	requirements := map[string]authz.Requirement{}
	for pattern, scope := range scopes {
		requirements[pattern] = authz.Public()
		if scope != "" {
			requirements[pattern] = authz.Scope(scope)
		}
	}
	mux := authz.NewMux(&authz.Guard{Realm: "bookings", Identifier: who})
	config := huma.DefaultConfig("Bookings", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", "" // routes that the policy does not have
	config.CreateHooks = nil                                             // no link to them in answers
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"oauth": {Type: "oauth2", Flows: &huma.OAuthFlows{}}}
	api := humago.New(mux.With(requirements), config)
	(&rooms{days: map[string]Booking{}}).register(api)
	document, err := api.OpenAPI().Downgrade() // API Gateway imports no 3.1
	return mux, document, err
}

// operation describes one operation, with the security of the table.
func operation(id, method, path string, status int) huma.Operation {
	o := huma.Operation{OperationID: id, Method: method, Path: path, DefaultStatus: status, Security: []map[string][]string{}}
	if scope := scopes[method+" "+path]; scope != "" {
		o.Security = []map[string][]string{{"oauth": {scope}}}
	}
	return o
}

// Room is a room that can be booked.
type Room struct {
	ID string `json:"id"`
}

// Booking is one day of one room.
type Booking struct {
	Day string `json:"day"`
	By  string `json:"by"`
}

type (
	roomList    struct{ Body []Room }
	bookingList struct{ Body []Booking }
	booked      struct{ Body Booking }
	ofRoom      struct {
		Room string `path:"room"`
	}
	newBooking struct {
		Room string `path:"room"`
		Body struct {
			Day string `json:"day"`
		}
	}
)

// rooms keeps the bookings of two rooms in memory.
type rooms struct {
	mu   sync.Mutex
	days map[string]Booking // by room and day
}

func (r *rooms) register(api huma.API) {
	huma.Register(api, operation("listRooms", http.MethodGet, "/rooms", http.StatusOK), r.list)
	huma.Register(api, operation("listBookings", http.MethodGet, "/rooms/{room}/bookings", http.StatusOK), r.bookings)
	huma.Register(api, operation("addBooking", http.MethodPost, "/rooms/{room}/bookings", http.StatusCreated), r.add)
}

func (*rooms) list(context.Context, *struct{}) (*roomList, error) {
	return &roomList{[]Room{{"attic"}, {"cellar"}}}, nil
}

func (r *rooms) bookings(_ context.Context, in *ofRoom) (*bookingList, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := []Booking{}
	for key, booking := range r.days {
		if key == in.Room+" "+booking.Day {
			list = append(list, booking)
		}
	}
	slices.SortFunc(list, func(a, b Booking) int { return strings.Compare(a.Day, b.Day) })
	return &bookingList{list}, nil
}

func (r *rooms) add(ctx context.Context, in *newBooking) (*booked, error) {
	caller, ok := claims.FromContext(ctx)
	if !ok {
		panic("bookingshuma: an operation for callers was reached by nobody")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key := in.Room + " " + in.Body.Day
	if _, taken := r.days[key]; taken {
		return nil, huma.Error409Conflict("the day is taken")
	}
	r.days[key] = Booking{Day: in.Body.Day, By: caller.Subject}
	return &booked{r.days[key]}, nil
}
