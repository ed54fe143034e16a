package notes

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
)

// A problem is an error that the client is told (RFC 9457), in the shape that
// authz has for its refusals.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

func newProblem(status int, detail string) *problem {
	return &problem{http.StatusText(status), status, detail}
}

func (p *problem) Error() string { return "notes: " + p.Detail }

// problemOf logs what is not the client's business and makes a bare 500 of it.
func problemOf(ctx context.Context, err error) *problem {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, ErrNotFound):
		return newProblem(http.StatusNotFound, "There is no such note.")
	}
	slog.ErrorContext(ctx, "notes: the store failed", "error", err)
	return newProblem(http.StatusInternalServerError, "")
}
