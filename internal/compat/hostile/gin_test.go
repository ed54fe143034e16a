package hostile

import (
	"net/http"
	"strings"
	"testing/fstest"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
)

func (w *witness) gin() http.Handler { return w.ginWith(func(*gin.Engine) {}) }

// rewritingGin has an engine whose flags change what it looks for, behind
// middleware that changes the request.
func (w *witness) rewritingGin() http.Handler {
	routes := w.ginWith(func(e *gin.Engine) { e.UseEscapedPath, e.RemoveExtraSlash = true, true })
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		overrideMethod(r)
		dropTrailingSlash(r)
		routes.ServeHTTP(rw, r)
	})
}

// ginWith has an engine for each host, because gin does not look at hosts.
func (w *witness) ginWith(set func(*gin.Engine)) http.Handler {
	hosts := map[string]http.Handler{}
	for _, host := range []string{"", "admin.example"} {
		hosts[host] = w.ginHost(host, set)
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		host, ok := hosts[r.Host]
		if !ok {
			host = hosts[""]
		}
		host.ServeHTTP(rw, r)
	})
}

// ginHost adds traps behind Routes' back: handlers of no rule. They come after the
// first request, since with any of them before it nothing is served.
func (w *witness) ginHost(host string, set func(*gin.Engine)) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	set(engine)
	r := ginauthz.New(engine, w.guard(), nil)
	for _, rule := range hostilePolicy {
		if rule.host == host {
			pattern := strings.Replace(rule.echo, "*", "*rest", 1)
			r.Handle(rule.method, pattern, rule.requirement, func(*gin.Context) { w.saw(rule.requirement) })
		}
	}
	serve(r, as("", "GET", "/"))
	trap := func(*gin.Context) { w.saw(never) }
	engine.Any("/trap", trap)
	engine.HEAD("/:page", trap)
	engine.PATCH("/notes/:id", trap)
	engine.Group("/group").GET("/x", trap)
	engine.StaticFS("/files", http.FS(fstest.MapFS{"x": {}}))
	engine.NoRoute(trap)
	engine.NoMethod(trap)
	return r
}
