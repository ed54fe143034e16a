package hostile

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
)

func (w *witness) chi() http.Handler { return w.chiWith() }

// rewritingChi has middleware that changes what chi looks for.
func (w *witness) rewritingChi() http.Handler {
	return w.chiWith(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			overrideMethod(r)
			next.ServeHTTP(rw, r)
		})
	}, chimiddleware.CleanPath, chimiddleware.StripSlashes, chimiddleware.GetHead)
}

// chiWith has a router for each host, because chi does not look at hosts.
func (w *witness) chiWith(m ...func(http.Handler) http.Handler) http.Handler {
	hosts := map[string]http.Handler{}
	for _, host := range []string{"", "admin.example"} {
		hosts[host] = w.chiHost(host, m)
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		host, ok := hosts[r.Host]
		if !ok {
			host = hosts[""]
		}
		host.ServeHTTP(rw, r)
	})
}

// chiHost adds traps behind Routes' back: handlers of no rule.
func (w *witness) chiHost(host string, m []func(http.Handler) http.Handler) http.Handler {
	router := chi.NewRouter()
	router.Use(m...)
	r := chiauthz.New(router, w.guard(), nil)
	for _, rule := range hostilePolicy {
		if rule.host == host {
			pattern := strings.Replace(rule.mux, "{rest...}", "*", 1)
			r.MethodFunc(rule.method, pattern, rule.requirement, func(http.ResponseWriter, *http.Request) {
				w.saw(rule.requirement)
			})
		}
	}
	trap := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { w.saw(never) })
	router.Handle("/trap", trap)
	router.Head("/{page}", trap)
	router.Patch("/notes/{id}", trap)
	router.Mount("/nowhere", trap)
	router.Mount("/files", trap)
	router.Route("/group", func(r chi.Router) { r.Get("/x", trap) })
	router.NotFound(trap)
	router.MethodNotAllowed(trap)
	return router
}
