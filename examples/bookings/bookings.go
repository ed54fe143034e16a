// Package bookings is an API whose server oapi-codegen generated from a document,
// api.json, with the strict interface: the functions below see decoded requests and
// return typed answers, and no http.ResponseWriter.
//
//	GET  /rooms                   public
//	GET  /rooms/{room}/bookings   bookings/read
//	POST /rooms/{room}/bookings   bookings/write
//
// The generated code registers its routes in whatever has HandleFunc and ServeHTTP.
// Here that is Mux.With, which gives each pattern its requirement: a route that is
// generated from a newer document and has none panics when the program starts. The
// plan of package apigateway completes the same document for the gateway, and
// reports an operation whose security in the document is not the policy's.
//
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.7.2 -generate types,std-http,strict-server -package bookings -o bookings.gen.go api.json
package bookings

import (
	"context"
	_ "embed" // for Document
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Document is the API's OpenAPI document.
//
//go:embed api.json
var Document []byte

// requirements are the policy, by the patterns of the generated routes.
var requirements = map[string]authz.Requirement{
	"GET /rooms":                  authz.Public(),
	"GET /rooms/{room}/bookings":  authz.Scope("bookings/read"),
	"POST /rooms/{room}/bookings": authz.Scope("bookings/write"),
}

// New returns the API. who says who is calling: a claims.Extractor, or nil for
// claims.FromContext, which is all that a test without events needs.
func New(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Realm: "bookings", Identifier: who})
	server := NewStrictHandlerWithOptions(&rooms{days: map[string]Booking{}}, nil, StrictHTTPServerOptions{
		RequestErrorHandlerFunc:  answer(http.StatusBadRequest),
		ResponseErrorHandlerFunc: answer(http.StatusInternalServerError),
	})
	HandlerWithOptions(server, StdHTTPServerOptions{
		BaseRouter:       mux.With(requirements),
		ErrorHandlerFunc: answer(http.StatusBadRequest),
	})
	return mux
}

// answer replaces the generated error handlers, which send the client the text of
// the error.
func answer(status int) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, _ *http.Request, _ error) {
		http.Error(w, http.StatusText(status), status)
	}
}

// rooms keeps the bookings of two rooms in memory.
type rooms struct {
	mu   sync.Mutex
	days map[string]Booking // by room and day
}

var names = []string{"attic", "cellar"}

func (*rooms) ListRooms(context.Context, ListRoomsRequestObject) (ListRoomsResponseObject, error) {
	list := ListRooms200JSONResponse{}
	for _, name := range names {
		list = append(list, Room{Id: name})
	}
	return list, nil
}

func (r *rooms) ListBookings(_ context.Context, request ListBookingsRequestObject) (ListBookingsResponseObject, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := ListBookings200JSONResponse{}
	for key, booking := range r.days {
		if key == request.Room+" "+booking.Day {
			list = append(list, booking)
		}
	}
	slices.SortFunc(list, func(a, b Booking) int { return strings.Compare(a.Day, b.Day) })
	return list, nil
}

func (r *rooms) AddBooking(ctx context.Context, request AddBookingRequestObject) (AddBookingResponseObject, error) {
	caller, ok := claims.FromContext(ctx)
	if !ok {
		return nil, errors.New("bookings: an operation for callers was reached by nobody")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key := request.Room + " " + request.Body.Day
	if _, taken := r.days[key]; taken {
		return AddBooking409Response{}, nil
	}
	r.days[key] = Booking{Day: request.Body.Day, By: caller.Subject}
	return AddBooking201JSONResponse(r.days[key]), nil
}
