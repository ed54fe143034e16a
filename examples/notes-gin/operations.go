package notesgin

import (
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// operations gives those of package notes what gin found in the request.
type operations struct{ api *notes.API }

func (o operations) hello(c *gin.Context) {
	notes.Write(c.Writer, http.StatusOK, o.api.Hello(c.Request.Method, c.Request.URL.Path))
}

func (o operations) profile(c *gin.Context) {
	notes.Write(c.Writer, http.StatusOK, o.api.Profile(caller(c)))
}

// create passes the body on as it is: c.ShouldBind would also accept a form.
func (o operations) create(c *gin.Context) {
	r := c.Request
	created, err := o.api.Create(r.Context(), caller(c), r.Header, r.Body)
	answer(c, http.StatusCreated, created, err)
}

func (o operations) list(c *gin.Context) {
	page, err := o.api.List(c.Request.Context(), caller(c), c.Request.URL.Query())
	answer(c, http.StatusOK, page, err)
}

func (o operations) get(c *gin.Context) {
	found, err := o.api.Get(c.Request.Context(), caller(c), c.Param("id"))
	answer(c, http.StatusOK, found, err)
}

func caller(c *gin.Context) *claims.Identity { return notes.CallerOf(c.Request.Context()) }

// answer is notes.Write in place of c.JSON, which escapes HTML.
func answer(c *gin.Context, status int, v any, err error) {
	if err != nil {
		p := notes.ProblemOf(c.Request.Context(), err)
		notes.Write(c.Writer, p.Status, p)
		return
	}
	notes.Write(c.Writer, status, v)
}

// addressed adds the address that ClientIP finds to the invocation's line.
func addressed(c *gin.Context) {
	adapter.AddAttrs(c.Request.Context(), slog.String("client.address", c.ClientIP()))
}
