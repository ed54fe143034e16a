package notesecho

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// operations gives those of package notes what Echo found in the request.
type operations struct{ api *notes.API }

func (o operations) hello(c echo.Context) error {
	r := c.Request()
	return answer(c, http.StatusOK, o.api.Hello(r.Method, r.URL.Path))
}

func (o operations) profile(c echo.Context) error {
	return answer(c, http.StatusOK, o.api.Profile(caller(c)))
}

// create passes the body on as it is: c.Bind would also accept a form.
func (o operations) create(c echo.Context) error {
	r := c.Request()
	created, err := o.api.Create(r.Context(), caller(c), r.Header, r.Body)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, created)
}

func (o operations) list(c echo.Context) error {
	page, err := o.api.List(c.Request().Context(), caller(c), c.QueryParams())
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, page)
}

func (o operations) get(c echo.Context) error {
	found, err := o.api.Get(c.Request().Context(), caller(c), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, found)
}

func caller(c echo.Context) *claims.Identity { return notes.CallerOf(c.Request().Context()) }
