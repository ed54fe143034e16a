package ginauthz

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// ServeHTTP serves r by the engine if the Guard admits it. At the first request it
// ends registration.
//
// ServeHTTP panics if the engine has routes that were registered without a
// requirement, and names them, or if its redirects were turned on again.
func (r *Routes) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.site.seal(req)
	before := req.MultipartForm
	marked := r.site.mark(req)
	defer removeForm(marked, before)
	r.site.enclosed.ServeHTTP(w, marked)
}

// through is the context's key for the site whose Routes a request came through.
type through struct{}

// mark returns a copy of req that is ours alone: a router around Routes has a
// pattern and values of its own in req.
func (s *site) mark(req *http.Request) *http.Request {
	ctx := context.WithValue(req.Context(), through{}, s)
	form := req.MultipartForm
	if req.Pattern == "" {
		req = req.WithContext(ctx)
	} else {
		req = req.Clone(ctx) // with path values, which WithContext would share
	}
	req.MultipartForm = form // whose it stays
	return req
}

// removeForm removes the files of r's form, unless it was there before. net/http's
// server knows only the forms of its own request.
func removeForm(r *http.Request, before *multipart.Form) {
	if r.MultipartForm != nil && r.MultipartForm != before {
		_ = r.MultipartForm.RemoveAll()
	}
}

// middleware lets a request pass only to a route that was registered with a
// requirement, which it meets.
func (s *site) middleware(c *gin.Context) {
	if c.Request.Context().Value(through{}) != s {
		s.refuse(c, throughRoutes)
		return
	}
	rt := s.routes[place{c.Request.Method, c.FullPath()}]
	switch {
	case rt != nil:
		rt.admit(c)
	case c.FullPath() != "":
		s.refuse(c, nil) // registered after the first request, or the method was changed
	default:
		s.unknown(c)
	}
}

// throughRoutes is what a request lacks that was served by the engine. Its text is
// in the Decision.
var throughRoutes = authz.Func("served by ginauthz.Routes, not by its engine", func(*http.Request, *claims.Identity) error {
	return errors.New("ginauthz: serve the Routes that New returned, not the engine")
})

// refuse answers where gin has chosen a handler without a rule.
func (s *site) refuse(c *gin.Context, req authz.Requirement) {
	before := c.Request.MultipartForm
	r := c.Request.Clone(c.Request.Context())
	r.MultipartForm = before
	defer removeForm(r, before)
	r.Pattern = c.FullPath()
	c.Writer.Header().Del("Allow")
	s.guard.Allow(c.Writer, r, req)
	end(c)
}

// unknown answers where no route matches. gin has set the status and, for the
// method alone, Allow, which is not for strangers.
func (s *site) unknown(c *gin.Context) {
	allow := strings.Split(c.Writer.Header().Get("Allow"), ", ")
	c.Writer.Header().Del("Allow")
	c.Request.Pattern = ""
	s.guard.Unknown(c.Writer, c.Request, unknown(allow))
	end(c)
}

// unknown answers known callers as net/http's router does, with the methods that
// the path has.
type unknown []string

func (allow unknown) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if allow[0] == "" {
		http.NotFound(w, r)
		return
	}
	slices.Sort(allow)
	w.Header().Set("Allow", strings.Join(allow, ", "))
	http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
}

// end keeps gin from adding anything to an answer: handlers, or a body of its own
// where there is none.
func end(c *gin.Context) {
	c.Abort()
	c.Writer.WriteHeaderNow()
}
