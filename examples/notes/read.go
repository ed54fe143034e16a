package notes

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// How many notes a page has. The largest notes must fit into Lambda's reply of
// 6 MB, where JSON inside JSON may be three times as long as it was sent.
const (
	usualPage = 10
	maxPage   = 25
)

type noteAnswer struct {
	Note Note `json:"note"`
}

type listAnswer struct {
	Notes []Note `json:"notes"`
	Next  string `json:"next,omitempty"` // cursor of the next page; empty on the last
}

func (a *api) get(r *http.Request) (any, error) {
	note, err := a.store.Get(r.Context(), callerOf(r).Key(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return noteAnswer{note}, nil
}

func (a *api) list(r *http.Request) (any, error) {
	owner := callerOf(r).Key()
	before, limit, err := readPage(owner, r.URL.Query())
	if err != nil {
		return nil, err
	}
	notes, err := a.store.List(r.Context(), owner, before, limit+1) // one more tells whether there is a next page
	if err != nil {
		return nil, err
	}
	page := listAnswer{Notes: []Note{}} // in JSON a nil slice would be null
	if len(notes) > limit {
		notes = notes[:limit]
		page.Next = sealCursor(owner, notes[limit-1].ID)
	}
	page.Notes = append(page.Notes, notes...)
	return page, nil
}

// readPage reads ?limit= and ?cursor=; empty is absent.
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
