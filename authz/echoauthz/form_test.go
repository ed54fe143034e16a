package echoauthz_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A handler that parses an upload leaves no temporary file behind, although it
// sees a copy of the request.
func TestNoTemporaryFileOfAFormStays(t *testing.T) {
	handler := func(after func()) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := c.Request().ParseMultipartForm(64 << 10); err != nil {
				t.Error(err)
			}
			if temporaryFiles(t) == 0 {
				t.Error("the handler's form has no temporary file: the test tests nothing")
			}
			after()
			return c.NoContent(http.StatusNoContent)
		}
	}
	reading := func(err error) authz.Requirement {
		return authz.Func("reads the form", func(r *http.Request, _ *claims.Identity) error {
			return errors.Join(r.ParseMultipartForm(64<<10), err)
		})
	}
	aborts := func() { panic(http.ErrAbortHandler) }
	copying := func(next echo.HandlerFunc) echo.HandlerFunc { // as tracing middleware does
		return func(c echo.Context) error {
			type key struct{}
			c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), key{}, 1)))
			return next(c)
		}
	}
	returns := func() {}
	tests := []struct {
		name   string
		req    authz.Requirement
		h      echo.HandlerFunc
		m      []echo.MiddlewareFunc
		opts   *echoauthz.Options
		routed bool
	}{
		{"a handler", authz.Scope("read"), handler(returns), nil, nil, true},
		{"a public handler", authz.Public(), handler(returns), nil, nil, true},
		{"a handler behind middleware that copies", authz.Scope("read"), handler(returns), []echo.MiddlewareFunc{copying}, nil, true},
		{"a handler that panics", authz.Scope("read"), handler(aborts), nil, nil, true},
		{"a requirement that reads the form", reading(nil), handler(returns), nil, nil, true},
		{"a requirement that refuses then", reading(errors.New("no")), handler(returns), nil, nil, true},
		{"a requirement that refuses then, to the error handler", reading(errors.New("no")), handler(returns), nil,
			&echoauthz.Options{ErrorHandler: true}, true},
		{"no route", nil, nil, nil, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			e := echo.New()
			g := &authz.Guard{Identifier: by(func(*http.Request) (*claims.Identity, error) {
				return claims.NewIdentity(claims.JWT, map[string]any{"sub": "user", "scope": "read"})
			})}
			r := echoauthz.New(e, g, test.opts)
			if test.routed {
				r.POST("/", test.req, test.h, test.m...)
			} else {
				g.OnDecision = func(r *http.Request, _ authz.Decision) { _ = r.ParseMultipartForm(64 << 10) }
			}
			server := httptest.NewUnstartedServer(e)
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Start()
			for range 3 {
				upload(t, server.URL)
			}
			server.Close()
			if n := temporaryFiles(t); n != 0 {
				t.Errorf("%d temporary files stay after three uploads", n)
			}
		})
	}
}

func temporaryFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// upload posts a file that is not held in memory.
func upload(t *testing.T, url string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "scan.pdf")
	if err != nil {
		t.Fatal(err)
	}
	file.Write(make([]byte, 1_900_000))
	form.Close()
	if res, err := http.Post(url, form.FormDataContentType(), &body); err == nil {
		res.Body.Close()
	}
}
