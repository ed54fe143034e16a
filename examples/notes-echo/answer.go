package notesecho

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// answer is notes.Write in place of c.JSON, which escapes HTML.
func answer(c echo.Context, status int, v any) error {
	notes.Write(c.Response(), status, v)
	return nil
}

// answerError answers errors in the shape of authz's refusals: those of
// operations, and those of Echo itself, such as 404 for a path without a route.
func answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	var echos *echo.HTTPError
	var p *notes.Problem
	if errors.As(err, &echos) {
		p = &notes.Problem{Title: http.StatusText(echos.Code), Status: echos.Code}
	} else {
		p = notes.ProblemOf(c.Request().Context(), err)
	}
	notes.Write(c.Response(), p.Status, p)
}

// addressed adds the address that IPExtractor finds to the invocation's line.
func addressed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		adapter.AddAttrs(c.Request().Context(), slog.String("client.address", c.RealIP()))
		return next(c)
	}
}
