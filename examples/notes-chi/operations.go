package noteschi

import (
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// operations gives those of package notes what chi found in the request.
type operations struct{ api *notes.API }

func (o operations) hello(w http.ResponseWriter, r *http.Request) {
	notes.Write(w, http.StatusOK, o.api.Hello(r.Method, r.URL.Path))
}

func (o operations) profile(w http.ResponseWriter, r *http.Request) {
	notes.Write(w, http.StatusOK, o.api.Profile(caller(r)))
}

func (o operations) create(w http.ResponseWriter, r *http.Request) {
	created, err := o.api.Create(r.Context(), caller(r), r.Header, r.Body)
	answer(w, r, http.StatusCreated, created, err)
}

func (o operations) list(w http.ResponseWriter, r *http.Request) {
	page, err := o.api.List(r.Context(), caller(r), r.URL.Query())
	answer(w, r, http.StatusOK, page, err)
}

func (o operations) get(w http.ResponseWriter, r *http.Request) {
	found, err := o.api.Get(r.Context(), caller(r), chi.URLParam(r, "id"))
	answer(w, r, http.StatusOK, found, err)
}

func caller(r *http.Request) *claims.Identity { return notes.CallerOf(r.Context()) }

func answer(w http.ResponseWriter, r *http.Request, status int, v any, err error) {
	if err != nil {
		p := notes.ProblemOf(r.Context(), err)
		notes.Write(w, p.Status, p)
		return
	}
	notes.Write(w, status, v)
}

// addressed adds the address that the adapter has set to the invocation's line.
func addressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		adapter.AddAttrs(r.Context(), slog.String("client.address", r.RemoteAddr))
		next.ServeHTTP(w, r)
	})
}
