package notesecho

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/examples/notes"
)

func answer(c echo.Context, status int, v any) error {
	return write(c, status, echo.MIMEApplicationJSON, v)
}

// write forbids caches to keep what is one caller's, and browsers to take a
// note for anything but JSON. c.JSON would escape HTML, and so make a page of
// notes up to six times as large.
func write(c echo.Context, status int, contentType string, v any) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, contentType)
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set(echo.HeaderXContentTypeOptions, "nosniff")
	c.Response().WriteHeader(status)
	encoder := json.NewEncoder(c.Response())
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// answerError makes a problem (RFC 9457) of an error, in the shape that authz
// has for its refusals. What is not the client's business is logged.
func answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	var known *echo.HTTPError
	switch {
	case errors.As(err, &known):
	case errors.Is(err, notes.ErrNotFound):
		known = echo.NewHTTPError(http.StatusNotFound, "There is no such note.")
	default:
		slog.ErrorContext(c.Request().Context(), "notesecho: the store failed", "error", err)
		known = echo.ErrInternalServerError
	}
	title := http.StatusText(known.Code)
	problem := echo.Map{"title": title, "status": known.Code}
	if known.Message != title {
		problem["detail"] = known.Message
	}
	_ = write(c, known.Code, "application/problem+json", problem) // fails only if the client has gone
}

// logged logs each request. The route is logged and not the path, which is the
// client's, as would be the address without IPExtractor.
func logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := next(c); err != nil {
			c.Error(err) // now, so that the status is known
		}
		slog.InfoContext(c.Request().Context(), "request",
			"route", c.Path(), "status", c.Response().Status, "from", c.RealIP())
		return nil
	}
}
