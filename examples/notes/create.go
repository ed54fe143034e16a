package notes

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"unicode/utf8"
)

// maxBody is the most a note may be in bytes, as the JSON it is sent in.
const maxBody = 64 << 10

// A draft is what a client says of a new note. Whose it is, it does not say.
type draft struct {
	Title   string `json:"title"`
	Content string `json:"content"`
}

type createAnswer struct {
	Message string     `json:"message"`
	Note    Note       `json:"note"`
	Auth    createAuth `json:"auth"`
}

type createAuth struct {
	Username string   `json:"username"`
	Scopes   []string `json:"scopes"`
}

func (a *api) create(r *http.Request) (any, error) {
	d, err := readDraft(r)
	if err != nil {
		return nil, err
	}
	caller := callerOf(r)
	note := Note{a.ids.next(), cmp.Or(d.Title, "Untitled"), d.Content, caller.Subject}
	if err := a.store.Add(r.Context(), caller.Key(), note); err != nil {
		return nil, err
	}
	return createAnswer{"Note created", note, createAuth{caller.Username, caller.Scopes}}, nil
}

func readDraft(r *http.Request) (*draft, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, newProblem(http.StatusBadRequest, "The body could not be read.")
	case len(body) > maxBody:
		return nil, newProblem(http.StatusRequestEntityTooLarge, fmt.Sprintf("A note is at most %d bytes of JSON.", maxBody))
	}
	var d *draft
	// encoding/json would replace what is no UTF-8, and takes null for an object.
	if !utf8.Valid(body) || json.Unmarshal(body, &d) != nil || d == nil {
		return nil, newProblem(http.StatusBadRequest, "The body is not the JSON of a note.")
	}
	return d, nil
}
