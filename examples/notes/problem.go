package notes

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
)

// Problem is an error that the client is told about (RFC 9457), in the shape of
// authz's refusals.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

func newProblem(status int, detail string) *Problem {
	return &Problem{http.StatusText(status), status, detail}
}

func (p *Problem) Error() string { return "notes: " + p.Detail }

// ProblemOf returns what to tell the client about an operation's error. It logs
// errors that are not the client's business, and returns a bare 500 for them.
func ProblemOf(ctx context.Context, err error) *Problem {
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, ErrNotFound):
		return newProblem(http.StatusNotFound, "There is no such note.")
	case errors.Is(err, ErrReused):
		return newProblem(http.StatusUnprocessableEntity, "This Idempotency-Key was used for another note.")
	}
	slog.ErrorContext(ctx, "notes: the store failed", "error", err)
	if errors.Is(err, ErrUnavailable) {
		return newProblem(http.StatusServiceUnavailable, "")
	}
	return newProblem(http.StatusInternalServerError, "")
}
