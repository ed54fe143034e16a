// Package helloecho is the hello example written with Echo: an *echo.Echo is an
// http.Handler, and nothing in it knows of Lambda.
package helloecho

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

type greeting struct {
	Message string `json:"message"`
	Path    string `json:"path"`
	Method  string `json:"method"`
}

// Handler returns the program's routes.
func Handler() http.Handler {
	e := echo.New()
	// The peer's address is the client's, as the gateway saw it. Echo would
	// otherwise believe X-Forwarded-For, which the client begins to write.
	e.IPExtractor = echo.ExtractIPDirect()

	e.GET("/hello", func(c echo.Context) error {
		return greet(c, "Hello from Lambda")
	})
	e.GET("/hello/:name", func(c echo.Context) error {
		return greet(c, "Hello, "+c.Param("name"))
	})
	e.POST("/echo", echoBody)
	return e
}

func greet(c echo.Context, message string) error {
	r := c.Request()
	return c.JSON(http.StatusOK, greeting{message, r.URL.Path, r.Method})
}

// echoBody answers plain text whatever it was sent: a type of the client's
// choice would let it run scripts on this origin.
func echoBody(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderXContentTypeOptions, "nosniff")
	return c.Stream(http.StatusOK, echo.MIMETextPlainCharsetUTF8, c.Request().Body)
}
