package bookings_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/bookings"
)

// as is a request of a caller with scopes; "" is nobody.
func as(scopes, method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if scopes == "" {
		return r
	}
	caller, err := claims.NewIdentity(claims.JWT, map[string]any{"iss": "https://issuer.example", "sub": "ada", "scope": scopes})
	if err != nil {
		panic(err)
	}
	return r.WithContext(claims.NewContext(r.Context(), caller))
}

func TestBookings(t *testing.T) {
	h := bookings.New(nil)
	for _, tt := range []struct {
		name string
		r    *http.Request
		code int
		want string
	}{
		{"rooms are public", as("", "GET", "/rooms", ""), 200, `[{"id":"attic"},{"id":"cellar"}]`},
		{"bookings are not", as("", "GET", "/rooms/attic/bookings", ""), 401, ""},
		{"a reader does not book", as("bookings/read", "POST", "/rooms/attic/bookings", `{"day":"2026-12-01"}`), 403, ""},
		{"a booking", as("bookings/write", "POST", "/rooms/attic/bookings", `{"day":"2026-12-01"}`), 201, `{"by":"ada","day":"2026-12-01"}`},
		{"the day is taken", as("bookings/write", "POST", "/rooms/attic/bookings", `{"day":"2026-12-01"}`), 409, ""},
		{"a reader reads", as("bookings/read", "GET", "/rooms/attic/bookings", ""), 200, `[{"by":"ada","day":"2026-12-01"}]`},
		{"another room", as("bookings/read", "GET", "/rooms/cellar/bookings", ""), 200, `[]`},
		{"no JSON, and no cause", as("bookings/write", "POST", "/rooms/attic/bookings", `{`), 400, "Bad Request"},
		{"no such route", as("bookings/read", "GET", "/elsewhere", ""), 404, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, tt.r)
		if got := strings.TrimSpace(w.Body.String()); w.Code != tt.code || tt.want != "" && got != tt.want {
			t.Errorf("%s: %d %s, want %d %s", tt.name, w.Code, got, tt.code, tt.want)
		}
	}
}

// The document promises what the policy demands, and the plan completes it.
func TestDocumentAgreesWithThePolicy(t *testing.T) {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.invalid"}})
	plan, err := apigateway.New(bookings.New(who), &apigateway.Options{Document: bookings.Document})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Problems)+len(plan.Differences) > 0 {
		t.Error(plan)
	}
	if doc := string(plan.OpenAPI(nil)); !strings.Contains(doc, `"operationId": "addBooking"`) || !strings.Contains(doc, "x-amazon-apigateway-integration") {
		t.Errorf("the document was not completed:\n%s", doc)
	}
}

// A generated route without a requirement ends the program before it serves.
func TestRouteWithoutRequirement(t *testing.T) {
	defer func() {
		if p := recover(); p == nil {
			t.Error("it was registered")
		}
	}()
	mux := authz.NewMux(nil).With(map[string]authz.Requirement{"GET /rooms": authz.Public()})
	bookings.HandlerFromMux(nil, mux)
}
