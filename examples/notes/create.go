package notes

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"unicode/utf8"

	"github.com/gatehouse-go/gatehouse/claims"
)

// maxBody is the size of the largest body with a note, in bytes.
const maxBody = 64 << 10

// Created is the answer to POST /notes.
type Created struct {
	Message string      `json:"message"`
	Note    Note        `json:"note"`
	Auth    CreatedAuth `json:"auth"`
}

// CreatedAuth says who created it.
type CreatedAuth struct {
	Username string   `json:"username"`
	Scopes   []string `json:"scopes"`
}

// Create adds the note in body to the caller's. A request that is sent again
// with the same Idempotency-Key in its header adds no second one; without a key,
// each request adds a note.
func (a *API) Create(ctx context.Context, caller *claims.Identity, header http.Header, body io.Reader) (*Created, error) {
	once, err := readKey(header)
	if err != nil {
		return nil, err
	}
	d, err := readDraft(body)
	if err != nil {
		return nil, err
	}
	note := Note{a.ids.next(), cmp.Or(d.Title, "Untitled"), d.Content, caller.Subject}
	note, err = a.store.Add(ctx, caller.Key(), note, once)
	if err != nil {
		return nil, err
	}
	return &Created{"Note created", note, CreatedAuth{caller.Username, caller.Scopes}}, nil
}

// maxKey is the length of the longest Idempotency-Key, in bytes.
const maxKey = 255

// readKey reads Idempotency-Key; empty is the same as absent.
func readKey(header http.Header) (string, error) {
	keys := header.Values("Idempotency-Key")
	if len(keys) > 1 || len(keys) == 1 && len(keys[0]) > maxKey {
		return "", newProblem(http.StatusBadRequest, fmt.Sprintf("Idempotency-Key is one value of at most %d bytes.", maxKey))
	}
	return header.Get("Idempotency-Key"), nil
}

// A draft is what a client sends of a new note. The owner is not part of it.
type draft struct {
	Title   string `json:"title"`
	Content string `json:"content"`
}

func readDraft(r io.Reader) (*draft, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	switch {
	case err != nil:
		return nil, newProblem(http.StatusBadRequest, "The body could not be read.")
	case len(body) > maxBody:
		return nil, newProblem(http.StatusRequestEntityTooLarge, fmt.Sprintf("A note is at most %d bytes of JSON.", maxBody))
	}
	var d *draft
	// encoding/json replaces bytes that are not UTF-8, and accepts null as an object.
	if !utf8.Valid(body) || json.Unmarshal(body, &d) != nil || d == nil {
		return nil, newProblem(http.StatusBadRequest, "The body is not the JSON of a note.")
	}
	return d, nil
}
