package notes

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
)

// A route is an operation as an authz.Mux serves it: what it requires, and what it
// answers if all goes well.
type route struct {
	pattern     string
	requirement authz.Requirement
	status      int
	answer      func(*http.Request) (any, error)
}

func (a *API) routes() []route {
	read, write := authz.Scope(ReadScope), authz.Scope(WriteScope)
	return []route{
		{"GET /hello", authz.Public(), http.StatusOK, func(r *http.Request) (any, error) {
			return a.Hello(r.Method, r.URL.Path), nil
		}},
		{"GET /profile", read, http.StatusOK, func(r *http.Request) (any, error) {
			return a.Profile(CallerOf(r.Context())), nil
		}},
		{"POST /notes", write, http.StatusCreated, func(r *http.Request) (any, error) {
			return a.Create(r.Context(), CallerOf(r.Context()), r.Header, r.Body)
		}},
		{"GET /notes", read, http.StatusOK, func(r *http.Request) (any, error) {
			return a.List(r.Context(), CallerOf(r.Context()), r.URL.Query())
		}},
		{"GET /notes/{id}", read, http.StatusOK, func(r *http.Request) (any, error) {
			return a.Get(r.Context(), CallerOf(r.Context()), r.PathValue("id"))
		}},
	}
}

func (rt route) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := rt.answer(r)
	if err != nil {
		p := ProblemOf(r.Context(), err)
		Write(w, p.Status, p)
		return
	}
	Write(w, rt.status, answer)
}
