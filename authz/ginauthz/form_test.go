package ginauthz_test

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
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A handler that parses an upload leaves no temporary file behind, although it
// sees a copy of the request.
func TestNoTemporaryFileOfAFormStays(t *testing.T) {
	handler := func(after func()) gin.HandlerFunc {
		return func(c *gin.Context) {
			if err := c.Request.ParseMultipartForm(64 << 10); err != nil {
				t.Error(err)
			}
			if temporaryFiles(t) == 0 {
				t.Error("the handler's form has no temporary file: the test tests nothing")
			}
			after()
		}
	}
	reading := func(err error) authz.Requirement {
		return authz.Func("reads the form", func(r *http.Request, _ *claims.Identity) error {
			return errors.Join(r.ParseMultipartForm(64<<10), err)
		})
	}
	aborts := func() { panic(http.ErrAbortHandler) }
	returns := func() {}
	panicking := authz.Func("panics", func(r *http.Request, _ *claims.Identity) error {
		_ = r.ParseMultipartForm(64 << 10)
		panic(http.ErrAbortHandler)
	})
	copying := func(c *gin.Context) {
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), t, 1))
	}
	tests := []struct {
		name   string
		req    authz.Requirement // nil: no route
		h      gin.HandlerFunc
		before gin.HandlerFunc // of the engine
	}{
		{"a handler", authz.Scope("read"), handler(returns), nil},
		{"a public handler", authz.Public(), handler(returns), nil},
		{"a public handler of nobody", authz.Public(), handler(returns), nil},
		{"a handler that panics", authz.Scope("read"), handler(aborts), nil},
		{"a requirement that reads the form", reading(nil), handler(returns), nil},
		{"a requirement that refuses then", reading(errors.New("no")), handler(returns), nil},
		{"no route", nil, nil, nil},
		{"middleware before New", authz.Scope("read"), func(*gin.Context) {}, handler(returns)},
		{"middleware before New, refused", authz.Scope("never"), func(*gin.Context) {}, handler(returns)},
		{"middleware that copies the request", authz.Scope("read"), handler(returns), copying},
		{"a requirement that panics", panicking, handler(returns), nil},
		{"a requirement that panics on a copy", panicking, handler(returns), copying},
		{"an Identifier that reads the form of a copy", authz.Scope("read"), handler(returns), copying},
		{"an Identifier that reads the form of a copy, refused", authz.Scope("never"), handler(returns), copying},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			engine := gin.New()
			g := &authz.Guard{Identifier: by(func(r *http.Request) (*claims.Identity, error) {
				if strings.HasPrefix(test.name, "an Identifier") {
					_ = r.ParseMultipartForm(64 << 10)
				}
				if strings.HasSuffix(test.name, "of nobody") {
					return nil, nil
				}
				return claims.NewIdentity(claims.JWT, map[string]any{"sub": "user", "scope": "read"})
			})}
			if test.before != nil {
				engine.Use(test.before)
			}
			r := ginauthz.New(engine, g, nil)
			if test.req != nil {
				r.POST("/", test.req, test.h)
			} else {
				g.OnDecision = func(r *http.Request, _ authz.Decision) { _ = r.ParseMultipartForm(64 << 10) }
			}
			server := httptest.NewUnstartedServer(r)
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
