// Package helloecho is the hello example written with Echo: an *echo.Echo is an
// http.Handler, and nothing in it depends on Lambda.
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
	// RemoteAddr is the client's address as the gateway saw it. By default Echo
	// believes X-Forwarded-For, which the client can send itself.
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

// echoBody always answers plain text: with a type of the client's choice, the body
// could run scripts on this origin.
func echoBody(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderXContentTypeOptions, "nosniff")
	return c.Stream(http.StatusOK, echo.MIMETextPlainCharsetUTF8, c.Request().Body)
}
