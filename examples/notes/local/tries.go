package main

import (
	"context"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// tries are the requests to paste; note is the ID of one of writer's.
func tries(note string) []local.Try {
	const draft = `{"title":"Groceries","content":"Milk and bread"}`
	return []local.Try{
		{Path: "/hello", Want: http.StatusOK},
		{Path: "/profile", Want: http.StatusUnauthorized},
		{Path: "/profile", Client: "reader", Want: http.StatusOK},
		{Path: "/profile", Client: "page", User: "demo", Want: http.StatusOK},
		{Method: "POST", Path: "/notes", Client: "reader", Body: draft, Want: http.StatusForbidden},
		{Method: "POST", Path: "/notes", Client: "writer", Body: draft, Want: http.StatusCreated},
		{Method: "POST", Path: "/notes", Client: "writer", Body: `{"title":`, Want: http.StatusBadRequest},
		{Path: "/notes?limit=2", Client: "writer", Want: http.StatusOK},
		{Path: "/notes/" + note, Client: "writer", Want: http.StatusOK},
		{Path: "/notes/" + note, Client: "reader", Want: http.StatusNotFound},
		{Path: "/elsewhere", Client: "reader", Want: http.StatusNotFound},
	}
}

// welcomeNote returns the ID of a note of writer's, so that there is one to read
// before anybody has written one.
func welcomeNote(store notes.Store, issuer string) (string, error) {
	writer, err := claims.NewIdentity(claims.JWT, map[string]any{"iss": issuer, "sub": "writer"})
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	found, err := store.List(ctx, writer.Key(), "", 1)
	if err != nil {
		return "", err
	}
	if len(found) == 1 {
		return found[0].ID, nil
	}
	const id = "00000000-0000-7000-8000-000000000000" // before any that is made
	_, err = store.Add(ctx, writer.Key(), notes.Note{ID: id, Title: "Welcome", Content: "Only writer sees this.", OwnerSub: writer.Subject}, "")
	return id, err
}
