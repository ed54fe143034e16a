package hostile

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// overrideMethod is what Echo's MethodOverride middleware does.
func overrideMethod(r *http.Request) {
	if method := r.Header.Get(echo.HeaderXHTTPMethodOverride); r.Method == http.MethodPost && method != "" {
		r.Method = method
	}
}

func before(change func(*http.Request)) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			change(c.Request())
			return next(c)
		}
	}
}

// always is middleware with its own answer.
func always(h echo.HandlerFunc) echo.MiddlewareFunc {
	return func(echo.HandlerFunc) echo.HandlerFunc { return h }
}
