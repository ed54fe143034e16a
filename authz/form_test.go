package authz_test

import (
	"bytes"
	"errors"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A handler that parses an upload leaves no temporary file behind: net/http's
// server removes those of its own request only, and a Guard hands on a copy.
func TestNoTemporaryFileOfAFormStays(t *testing.T) {
	alice := caller(t, "write")
	parse := func(r *http.Request) error { return r.ParseMultipartForm(64 << 10) }
	handler := func(after func()) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := parse(r); err != nil {
				t.Error(err)
			}
			if temporaryFiles(t) == 0 {
				t.Error("the handler's form has no temporary file: the test tests nothing")
			}
			after()
		})
	}
	reading := func(err error) authz.Requirement {
		return authz.Func("reads the form", func(r *http.Request, _ *claims.Identity) error {
			return errors.Join(parse(r), err)
		})
	}
	write, returns := authz.Scope("write"), func() {}
	require := func(g authz.Guard, req authz.Requirement, after func()) http.Handler {
		g.Identifier = always(alice)
		return g.Require(req)(handler(after))
	}
	mux := authz.NewMux(&authz.Guard{Identifier: always(alice)})
	mux.Handle("POST /", write, handler(returns))
	onDecision := func(r *http.Request, _ authz.Decision) { _ = parse(r) }
	refuse := func(_ http.ResponseWriter, r *http.Request, _ *authz.Error) { _ = parse(r) }

	tests := map[string]http.Handler{
		"a Mux":                              mux,
		"Require":                            require(authz.Guard{}, write, returns),
		"Require, public":                    require(authz.Guard{}, authz.Public(), returns),
		"a handler that panics":              require(authz.Guard{}, write, func() { panic(http.ErrAbortHandler) }),
		"a handler that calls Goexit":        require(authz.Guard{}, write, runtime.Goexit),
		"a requirement that reads the form":  require(authz.Guard{}, reading(nil), returns),
		"a requirement that refuses then":    require(authz.Guard{}, reading(errors.New("no")), returns),
		"a requirement that panics then":     require(authz.Guard{}, authz.All(reading(nil), dying(func() { panic(http.ErrAbortHandler) })), returns),
		"an OnDecision that reads the form":  require(authz.Guard{OnDecision: onDecision}, write, returns),
		"an OnDecision before a refusal":     require(authz.Guard{OnDecision: onDecision}, authz.Scope("x"), returns),
		"a Refuse that reads the form":       require(authz.Guard{Refuse: refuse}, authz.Scope("x"), returns),
		"Extractor.Wrap":                     new(claims.Extractor).Wrap(handler(returns)),
		"Extractor.Wrap, a handler's panic":  new(claims.Extractor).Wrap(handler(func() { panic(http.ErrAbortHandler) })),
		"Extractor.Wrap around a Mux":        new(claims.Extractor).Wrap(mux),
		"Check, refused":                     checking(&authz.Guard{Identifier: always(alice)}, reading(errors.New("no"))),
		"a Mux, where no route is, reported": unrouted(alice, onDecision),
	}
	for name, h := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			server := httptest.NewUnstartedServer(h)
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Start()
			for range 5 {
				upload(t, server.URL)
			}
			server.Close()
			if n := temporaryFiles(t); n != 0 {
				t.Errorf("%d temporary files stay after five uploads", n)
			}
		})
	}
}

func checking(g *authz.Guard, req authz.Requirement) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = g.Check(r, req) })
}

func unrouted(id *claims.Identity, told func(*http.Request, authz.Decision)) http.Handler {
	return authz.NewMux(&authz.Guard{Identifier: always(id), OnDecision: told})
}

func dying(die func()) authz.Requirement {
	return authz.Func("dying", func(*http.Request, *claims.Identity) error { die(); return nil })
}

func temporaryFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// upload posts a file of 1.9 MB. Some handlers answer, others end the
// connection.
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
