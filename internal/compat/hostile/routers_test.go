package hostile

import (
	"net/http"
	"strings"
	"testing/fstest"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
)

// hostilePolicy is one policy as ServeMux and Echo write it. Each rule's handler
// says that it ran, and the rule's requirement is then what the caller must have
// met, whatever the router thought.
var hostilePolicy = []struct {
	method, host, mux, echo string
	requirement             authz.Requirement
}{
	{"GET", "", "/public/{rest...}", "/public/*", authz.Public()},
	{"GET", "", "/admin", "/admin", authz.Scope("admin")},
	{"OPTIONS", "", "/admin", "/admin", authz.Scope("admin")},
	{"PUT", "", "/admin/tree/{rest...}", "/admin/tree/*", authz.Scope("admin")},
	{"GET", "", "/admin/tree/{rest...}", "/admin/tree/*", authz.Scope("admin")},
	{"CONNECT", "", "/admin/tree/{rest...}", "/admin/tree/*", authz.Scope("admin")},
	{"GET", "", "/notes/{id}", "/notes/:id", authz.Scope("read")},
	{"DELETE", "", "/notes/{id}", "/notes/:id", authz.Scope("write")},
	{"POST", "", "/notes", "/notes", authz.Scope("write")},
	{"GET", "", "/{page}", "/:page", authz.Authenticated()},
	{"CONNECT", "", "/tunnel", "/tunnel", authz.Scope("admin")},
	{"GET", "admin.example", "/only", "/only", authz.Scope("admin")},
	{"GET", "", "/only", "/only", authz.Scope("read")},
}

// witness sees what became of one request.
type witness struct {
	reached   int // requests that got out of the adapter
	ran       []authz.Requirement
	decisions []authz.Decision
}

func (w *witness) guard() *authz.Guard {
	return &authz.Guard{
		Identifier: by(bearer),
		OnDecision: func(_ *http.Request, d authz.Decision) { w.decisions = append(w.decisions, d) },
	}
}

func (w *witness) saw(req authz.Requirement) { w.ran = append(w.ran, req) }

func (w *witness) mux() http.Handler {
	mux := authz.NewMux(w.guard())
	for _, rule := range hostilePolicy {
		mux.HandleFunc(rule.method+" "+rule.host+rule.mux, rule.requirement, func(http.ResponseWriter, *http.Request) {
			w.saw(rule.requirement)
		})
	}
	return mux
}

// muxInChi has the Mux mounted where its routes are and for the rest, behind
// middleware that rewrites what chi routes by.
func (w *witness) muxInChi() http.Handler {
	mux := w.mux()
	api := chi.NewRouter()
	api.Use(chimiddleware.CleanPath, chimiddleware.StripSlashes, chimiddleware.GetHead)
	for _, prefix := range []string{"/admin", "/notes", "/public", "/"} {
		api.Mount(prefix, mux)
	}
	return api
}

// guardedByPath is wrong: it decides by one path and routes by another.
func (w *witness) guardedByPath() http.Handler {
	admin, guard := authz.Scope("admin"), w.guard()
	api := chi.NewRouter()
	api.Use(chimiddleware.CleanPath, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			req := authz.Public()
			if strings.HasPrefix(r.URL.Path, "/admin") {
				req = admin
			}
			guard.Require(req)(next).ServeHTTP(rw, r)
		})
	})
	api.Get("/admin", func(http.ResponseWriter, *http.Request) { w.saw(admin) })
	api.Get("/public/*", func(http.ResponseWriter, *http.Request) { w.saw(authz.Public()) })
	return api
}

func (w *witness) echo() http.Handler { return w.echoWith(echo.New()) }

// rewritingEcho has middleware that changes requests before they are routed.
func (w *witness) rewritingEcho() http.Handler {
	e := echo.New()
	e.Pre(before(overrideMethod), before(dropTrailingSlash))
	return w.echoWith(e)
}

// echoWith adds traps behind Routes' back: handlers of no rule.
func (w *witness) echoWith(e *echo.Echo) http.Handler {
	r := echoauthz.New(e, w.guard(), nil)
	for _, rule := range hostilePolicy {
		at := r
		if rule.host != "" {
			at = r.Host(rule.host, authz.Public())
		}
		at.Add(rule.method, rule.echo, rule.requirement, func(echo.Context) error {
			w.saw(rule.requirement)
			return nil
		})
	}
	trap := func(echo.Context) error { w.saw(never); return nil }
	e.Any("/trap", trap)
	e.HEAD("/:page", trap)
	e.PATCH("/notes/:id", trap)
	e.RouteNotFound("/nowhere/*", trap)
	e.Host("trap.example").GET("/only", trap)
	e.Group("/group", always(trap))
	e.StaticFS("/files/", fstest.MapFS{"x": {}})
	return e
}

// never is what a handler without a rule requires.
var never = authz.Scope("that-no-caller-has")

func dropTrailingSlash(r *http.Request) {
	for _, path := range []*string{&r.URL.Path, &r.URL.RawPath} {
		if n := len(*path); n > 1 && (*path)[n-1] == '/' {
			*path = (*path)[:n-1]
		}
	}
}
