package notes

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gatehouse-go/gatehouse/claims"
)

// How many notes a page has. A page of the largest notes must fit into Lambda's
// reply of 6 MB, in which JSON may take three times the bytes it was sent in.
const (
	usualPage = 10
	maxPage   = 25
)

// Found is the answer to GET /notes/{id}.
type Found struct {
	Note Note `json:"note"`
}

// Page is the answer to GET /notes.
type Page struct {
	Notes []Note `json:"notes"`
	Next  string `json:"next,omitempty"` // the cursor of the next page; empty on the last
}

// Get returns one of the caller's notes.
func (a *API) Get(ctx context.Context, caller *claims.Identity, id string) (*Found, error) {
	note, err := a.store.Get(ctx, caller.Key(), id)
	if err != nil {
		return nil, err
	}
	return &Found{note}, nil
}

// List returns a page of the caller's notes, the newest first: ?limit= of them,
// from ?cursor= on.
func (a *API) List(ctx context.Context, caller *claims.Identity, query url.Values) (*Page, error) {
	owner := caller.Key()
	before, limit, err := readPage(owner, query)
	if err != nil {
		return nil, err
	}
	notes, err := a.store.List(ctx, owner, before, limit+1) // one more, to learn whether there is a next page
	if err != nil {
		return nil, err
	}
	page := Page{Notes: []Note{}} // not nil, which is null in JSON
	if len(notes) > limit {
		notes = notes[:limit]
		page.Next = sealCursor(owner, notes[limit-1].ID)
	}
	page.Notes = append(page.Notes, notes...)
	return &page, nil
}

// readPage reads ?limit= and ?cursor=. Empty is the same as absent.
func readPage(owner string, query url.Values) (before string, limit int, err error) {
	limit = usualPage
	if text := query.Get("limit"); text != "" {
		limit, err = strconv.Atoi(text)
		if err != nil || limit < 1 || limit > maxPage {
			return "", 0, newProblem(http.StatusBadRequest, fmt.Sprintf("limit is a number from 1 to %d.", maxPage))
		}
	}
	if cursor := query.Get("cursor"); cursor != "" {
		var ok bool
		if before, ok = openCursor(owner, cursor); !ok {
			return "", 0, newProblem(http.StatusBadRequest, "This cursor is not one of yours.")
		}
	}
	return before, limit, nil
}
