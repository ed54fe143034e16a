package echoauthz

import (
	"reflect"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// route is a handler with its requirement. The decision is made for the very
// value that then serves, not for a path that looks the same.
type route struct {
	site        *site
	requirement authz.Requirement
	pattern     string
	rule        authz.Rule
	chain       echo.HandlerFunc // require, then middleware and handler
}

// serve is the handler in Echo's tree.
func (rt *route) serve(c echo.Context) error {
	if p, ok := c.(*probe); ok {
		p.route = rt
		return nil
	}
	return rt.chain(c)
}

// probe is a context with a question for a handler: which route it is. Only a
// route's serve may be given one.
type probe struct {
	echo.Context
	route *route
}

// serveCode is where the code of every serve begins. Functions cannot be
// compared, but no function from outside this package has this code.
var serveCode = code((*route)(nil).serve)

func code(h echo.HandlerFunc) uintptr { return reflect.ValueOf(h).Pointer() }

// matched returns the route whose handler Echo chose, nil for any other
// handler.
func matched(c echo.Context) *route {
	h := c.Handler()
	if code(h) != serveCode {
		return nil
	}
	var p probe
	h(&p)
	return p.route
}

// grant is a decision on its way from the middleware to the handler. Echo clears
// what a context holds before the next request.
type grant struct {
	route  *route
	values []string         // of the parameters, which the requirement may have looked at
	caller *claims.Identity // nil: nobody, on a Public route
}

const grantKey = "github.com/gatehouse-go/gatehouse/authz/echoauthz"

// require is the outermost middleware of each route. The decision was made
// already, unless some middleware asked Echo's router again.
func (rt *route) require(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if g, ok := c.Get(grantKey).(*grant); ok && g.route == rt && slices.Equal(g.values, c.ParamValues()) {
			g.restore(c)
			return next(c)
		}
		return rt.admit(c, next)
	}
}

// admit has the Guard decide, and goes on if the request is let through.
func (rt *route) admit(c echo.Context, next echo.HandlerFunc) error {
	return rt.site.admit(c, rt.pattern, rt.requirement, func() error {
		caller, _ := claims.FromContext(c.Request().Context())
		c.Set(grantKey, &grant{rt, slices.Clone(c.ParamValues()), caller})
		return next(c)
	})
}

// restore puts the caller back into the request's context, if middleware in
// between replaced the request: handlers see the Identity that was decided on.
func (g *grant) restore(c echo.Context) {
	r := c.Request()
	if caller, _ := claims.FromContext(r.Context()); caller != g.caller {
		c.SetRequest(r.WithContext(claims.NewContext(r.Context(), g.caller)))
	}
}
