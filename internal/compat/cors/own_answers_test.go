package cors_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/cors"
)

// TestOwnAnswersUnderEcho: the answers that adapter.Handler makes itself carry
// CORS headers if cors is one middleware of Echo's among others.
func TestOwnAnswersUnderEcho(t *testing.T) {
	const origin = "https://app.example.com"
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			type key struct{}
			c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), key{}, 1)))
			return next(c)
		}
	})
	e.Use(echo.WrapMiddleware(cors.MustNew(cors.Config{AllowOrigins: []string{origin}}).Wrap))
	e.GET("/panic", func(echo.Context) error { panic("boom") })
	e.GET("/late", func(c echo.Context) error { <-c.Request().Context().Done(); return nil })
	e.GET("/large", func(c echo.Context) error { return c.Blob(http.StatusOK, "text/plain", make([]byte, 7<<20)) })
	h := adapter.New(e, &adapter.Options{Timeout: 50 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)})
	for path, status := range map[string]string{"/panic": "500", "/late": "504", "/large": "500"} {
		event := `{"httpMethod":"GET","path":"` + path + `","headers":{"Origin":"` + origin + `"},"requestContext":{}}`
		reply, err := h.Invoke(t.Context(), []byte(event))
		if err != nil || !strings.Contains(string(reply), `"statusCode":`+status) ||
			!strings.Contains(string(reply), `"Access-Control-Allow-Origin":["`+origin+`"]`) {
			t.Errorf("%s: %s (%v), want %s with the client's origin", path, reply, err, status)
		}
	}
}
