package notesecho

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/claims"
)

func hello(c echo.Context) error {
	r := c.Request()
	return answer(c, http.StatusOK, echo.Map{"message": "Hello from Lambda", "path": r.URL.Path, "method": r.Method})
}

func profile(c echo.Context) error {
	caller := callerOf(c)
	return answer(c, http.StatusOK, echo.Map{
		"message": "This is who you are",
		"user":    echo.Map{"sub": caller.Subject, "username": caller.Username, "clientId": caller.ClientID},
		"auth":    echo.Map{"tokenUse": caller.TokenUse, "scopes": caller.Scopes},
	})
}

// callerOf returns who is calling, which no handler of a public route may ask.
func callerOf(c echo.Context) *claims.Identity {
	caller, ok := claims.FromContext(c.Request().Context())
	if !ok {
		panic("notesecho: an operation for callers was reached by nobody")
	}
	return caller
}
