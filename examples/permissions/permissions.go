// Package permissions is an API whose operations ask for scopes, groups and
// ownership: what docs/permissions.md explains, and docs/testing.md tests.
package permissions

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Documents keeps documents by owner: whoever has no owner's key finds none.
type Documents interface {
	// Get returns the owner's document, or ErrNoDocument.
	Get(ctx context.Context, owner, id string) (text string, err error)
	// Delete removes the document, whoever owns it.
	Delete(ctx context.Context, id string) error
	// Owner returns the key of a document's owner, or ErrNoDocument.
	Owner(ctx context.Context, id string) (string, error)
}

// ErrNoDocument says that there is no such document, or none of this owner.
var ErrNoDocument = errors.New("permissions: no such document")

// New returns the API for callers that who knows.
func New(who authz.Identifier, documents Documents) *authz.Mux {
	a := api{documents}
	mux := authz.NewMux(&authz.Guard{Identifier: who, Every: authz.AccessToken()})
	mux.HandleFunc("GET /health", authz.Public(), health)
	mux.HandleFunc("GET /documents/{id}", authz.Scope("documents/read"), a.get)
	mux.HandleFunc("DELETE /documents/{id}", authz.All(
		authz.Scope("documents/write"),
		authz.Any(authz.Groups("staff"), authz.Func("the document's owner", a.owns)),
	), a.remove)
	mux.HandleFunc("GET /reports", authz.AllScopes("documents/read", "reports/read"), reports)
	mux.HandleFunc("POST /imports", authz.All(authz.Scope("documents/write"), authz.Claim("client_id", "importer")), imports)
	return mux
}

type api struct{ documents Documents }

// get finds only the caller's own documents: to everybody else there is no such
// document.
func (a api) get(w http.ResponseWriter, r *http.Request) {
	caller, _ := claims.FromContext(r.Context())
	text, err := a.documents.Get(r.Context(), caller.Key(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNoDocument):
		http.NotFound(w, r)
	case err != nil:
		http.Error(w, "the document cannot be read now", http.StatusServiceUnavailable)
	default:
		fmt.Fprint(w, text)
	}
}

// owns admits the document's owner. A document that is not there is refused in the
// same words as another's.
func (a api) owns(r *http.Request, caller *claims.Identity) error {
	owner, err := a.documents.Owner(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNoDocument) || err == nil && owner != caller.Key():
		return ErrNoDocument
	case err != nil:
		return &authz.Error{Status: http.StatusServiceUnavailable, Err: err}
	}
	return nil
}

func (a api) remove(w http.ResponseWriter, r *http.Request) {
	if err := a.documents.Delete(r.Context(), r.PathValue("id")); err != nil {
		http.Error(w, "the document cannot be removed now", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func health(w http.ResponseWriter, _ *http.Request)  { fmt.Fprint(w, "ok") }
func reports(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[]") }
func imports(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }
