package echoauthz

import (
	"errors"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// middleware lets a request pass only to a route that was registered with a
// requirement, which it meets.
func (s *site) middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		s.seal(c.Request())
		rt := matched(c)
		switch {
		case rt == nil:
			return s.refuse(c)
		case rt.site != s:
			return next(c) // another New's on the same Echo: its Guard decides
		}
		return rt.admit(c, next)
	}
}

// refuse answers where Echo chose a handler of its own, or one without a rule.
// It runs neither: what Echo says is said again for known callers.
func (s *site) refuse(c echo.Context) error {
	answer := builtin(c)
	if answer == nil {
		_, err := s.decide(c, c.Path(), nil)
		return err
	}
	return s.admit(c, "", authz.UnknownRoute(), func() error {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store") // strangers are answered otherwise
		return answer(c)
	})
}

// admit goes on with a request that is let through. Whatever parsed a form in the
// copy that carries the caller, or in one that middleware made of it, its files
// are removed: net/http's server knows only those of its own request.
func (s *site) admit(c echo.Context, pattern string, req authz.Requirement, next func() error) error {
	before := c.Request().MultipartForm
	ok, err := s.decide(c, pattern, req)
	if !ok {
		return err
	}
	decided := c.Request()
	defer func() {
		removeForm(decided, before)
		removeForm(c.Request(), before)
	}()
	return next()
}

// removeForm removes the files of r's form, unless it was there before.
func removeForm(r *http.Request, before *multipart.Form) {
	if r.MultipartForm != nil && r.MultipartForm != before {
		_ = r.MultipartForm.RemoveAll()
	}
}

// builtin returns Echo's answer where no route matched, nil where one did. Echo
// leaves the path empty then, or an Allow value where only the method was wrong.
func builtin(c echo.Context) echo.HandlerFunc {
	allow, found := c.Get(echo.ContextKeyHeaderAllow).(string)
	switch {
	case found && c.Request().Method == http.MethodOptions:
		return func(c echo.Context) error {
			c.Response().Header().Set(echo.HeaderAllow, allow)
			return c.NoContent(http.StatusNoContent)
		}
	case found:
		return echo.MethodNotAllowedHandler
	case c.Path() == "":
		return echo.NotFoundHandler
	}
	return nil
}

// decide asks the Guard about the request as Echo routed it. If it may go on, c
// has it with its caller afterwards. If not, it is answered, or the error is for
// Echo's error handler to answer.
func (s *site) decide(c echo.Context, pattern string, req authz.Requirement) (ok bool, err error) {
	r := routed(c, pattern)
	before := r.MultipartForm
	defer func() {
		if !ok { // refused, or a requirement panicked
			removeForm(r, before)
		}
	}()
	if s.opts.ErrorHandler {
		return s.check(c, r, req)
	}
	decided, ok := s.guard.Allow(c.Response(), r, req)
	if ok {
		c.SetRequest(decided)
	}
	return ok, nil
}

// check is decide with Echo's error handler to answer.
func (s *site) check(c echo.Context, r *http.Request, req authz.Requirement) (bool, error) {
	admitted, err := s.guard.Check(r, req)
	if err == nil {
		c.SetRequest(admitted)
		return true, nil
	}
	c.SetRequest(r.WithContext(claims.NewContext(r.Context(), nil)))
	refusal := &authz.Error{Status: http.StatusInternalServerError}
	errors.As(err, &refusal) // Check promises one
	s.guard.Challenge(c.Response().Header(), refusal)
	return false, echo.NewHTTPError(refusal.Status).SetInternal(err)
}

// routed returns the request with what net/http's own router would have put into
// it. It is a copy: a router around Echo has a pattern and values of its own. Of
// two parameters with one name c.Param has the first, and so does the copy.
func routed(c echo.Context, pattern string) *http.Request {
	r := c.Request().Clone(c.Request().Context())
	r.MultipartForm = c.Request().MultipartForm // whose it stays
	r.Pattern = pattern
	names, values := c.ParamNames(), c.ParamValues()
	for i := range slices.Backward(names) {
		r.SetPathValue(names[i], values[i])
	}
	return r
}
