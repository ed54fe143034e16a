package ginauthz

import (
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// route is what was registered with a requirement.
type route struct {
	site        *site
	requirement authz.Requirement
	rule        authz.Rule
}

// grant is a decision on its way from the middleware to the handler. gin clears
// what a context holds before the next request.
type grant struct {
	route  *route
	params gin.Params       // which the requirement may have looked at
	caller *claims.Identity // nil: nobody, on a Public route
}

const grantKey = "github.com/gatehouse-go/gatehouse/authz/ginauthz"

// require is the first handler of each route. The decision about this very route
// was made already, unless something led here past the middleware.
func (rt *route) require(c *gin.Context) {
	value, _ := c.Get(grantKey)
	if g, ok := value.(*grant); ok && g.route == rt && slices.Equal(g.params, c.Params) {
		g.restore(c)
		return
	}
	rt.admit(c)
}

// admit has the Guard decide, and goes on if the request is let through. Whatever
// parsed a form in the copy that carries the caller, or in one that middleware made
// of it, its files are removed.
func (rt *route) admit(c *gin.Context) {
	r := c.Request
	before := r.MultipartForm
	defer removeForm(r, before)
	r.Pattern = rt.rule.Pattern
	for _, p := range c.Params {
		r.SetPathValue(p.Key, p.Value)
	}
	decided, ok := rt.site.guard.Allow(c.Writer, r, rt.requirement)
	if !ok {
		end(c)
		return
	}
	c.Request = decided
	defer func() {
		removeForm(decided, before)
		removeForm(c.Request, before)
	}()
	caller, _ := claims.FromContext(decided.Context())
	c.Set(grantKey, &grant{rt, slices.Clone(c.Params), caller})
	c.Next()
}

// restore puts the caller back into the request's context, if middleware in
// between replaced the request: handlers see the Identity that was decided on.
func (g *grant) restore(c *gin.Context) {
	r := c.Request
	if caller, _ := claims.FromContext(r.Context()); caller != g.caller {
		c.Request = r.WithContext(claims.NewContext(r.Context(), g.caller))
	}
}
