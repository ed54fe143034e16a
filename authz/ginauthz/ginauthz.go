// Package ginauthz registers gin routes together with what they require of their
// caller, and refuses every other route.
//
//	engine := gin.New()
//	engine.SetTrustedProxies(nil)
//	engine.Use(gin.Logger(), gin.Recovery()) // see refused requests too
//	r := ginauthz.New(engine, &authz.Guard{Identifier: who}, nil)
//	r.GET("/hello", authz.Public(), hello)
//	notes := r.Group("/notes", authz.Scope("notes-api/read"))
//	notes.GET("", authz.Authenticated(), list)
//	notes.POST("", authz.Scope("notes-api/write"), create) // needs both scopes
//	lambda.Start(adapter.New(r, nil))                      // r, not engine
//
// # How a request is decided
//
// The handler to serve is the [Routes] that [New] returns. It hands each request to
// the engine, in whose chain of handlers the Guard decides by the requirement of
// the route that gin has chosen. A refusal is answered and aborts the chain.
//
//   - At the first request, engine.Routes() must list exactly the routes that were
//     registered with a requirement. Otherwise every request panics, and the
//     message names the foreign routes: those of engine.GET, of a gin.RouterGroup
//     or of engine.Static.
//   - A route that is added after that, to the engine, is refused. One that is added
//     to a gin.RouterGroup older than New does run, since gin gives it none of New's
//     middleware, and its answer is replaced by a 500 ([authz.Guard.Enclose]).
//   - A request that reaches the engine in another way, such as by engine.Run, is
//     refused with 401 or 403.
//   - Where no route matches, nobody gets a 401, and a caller with an identity a
//     404, or a 405 with Allow. The handlers of engine.NoRoute and engine.NoMethod
//     do not run; [authz.Guard.Refuse] may write the body.
//
// There is one decision per request, and another one if a handler calls
// engine.HandleContext or if middleware changes the route's parameters afterwards.
// It is made before the middleware of groups and routes. Decision.Route is the route
// as it was registered. Handlers find the caller with
// claims.FromContext(c.Request.Context()). Requirements made with authz.Func find
// the route's parameters with r.PathValue, as c.Param gives them.
//
// # Where New belongs
//
// Call New after adding the middleware that must see refused requests (recovery,
// logging, CORS) and before every route. What engine.Use adds after New runs after
// the decision, for admitted requests only, in the routes that are registered after
// it. Middleware that answers requests itself and aborts does so without a decision.
//
// # The client's address
//
// Call engine.SetTrustedProxies(nil). Without it c.ClientIP believes the client's
// own X-Forwarded-For and X-Real-IP, and so does gin.Logger. The adapter has set
// Request.RemoteAddr to the address that the front saw, which c.ClientIP then
// returns. Leave engine.TrustedPlatform empty for the same reason.
//
// # Redirects
//
// New turns RedirectTrailingSlash and RedirectFixedPath off, because gin answers
// with them before any middleware, so that strangers learn which routes there are,
// and puts the client's X-Forwarded-Prefix into Location. /notes/ is therefore a
// 404 if only /notes is registered. Below a base path, redirects to an absolute path
// lead out of it unless adapter.Options.PrefixLocation is set.
//
// # What is gin's
//
// A GET route does not serve HEAD without Options.GetHead. gin matches the path
// after unescaping: /%61dmin is /admin, and a parameter may hold a slash only if
// UseRawPath or UseEscapedPath is set. What a handler does with a parameter is not
// decided here. gin uses its contexts again: a goroutine that outlives the request
// needs c.Copy.
package ginauthz

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Options are the choices of New. The zero Options are the defaults.
type Options struct {
	// GetHead registers a route for HEAD with each one for GET, as http.ServeMux
	// does. Policy and Find show both.
	GetHead bool
}

// New makes engine refuse all requests except those that the routes registered with
// its result admit, and those for the metadata of g.Resource. Serve the result, not
// the engine. A nil g is the zero Guard, nil opts are the zero Options. New panics
// if engine is nil, has routes or a New already, or if g is impossible. It turns the
// engine's RedirectTrailingSlash and RedirectFixedPath off and its
// HandleMethodNotAllowed on.
func New(engine *gin.Engine, g *authz.Guard, opts *Options) *Routes {
	if engine == nil {
		panic("ginauthz: New with a nil *gin.Engine")
	}
	if g == nil {
		g = &authz.Guard{}
	}
	if opts == nil {
		opts = &Options{}
	}
	g.Require(authz.Authenticated()) // for its panics
	mustBeNew(engine)
	engine.RedirectTrailingSlash, engine.RedirectFixedPath = false, false
	engine.HandleMethodNotAllowed = true // for Allow
	s := &site{engine: engine, enclosed: g.Enclose(engine), guard: g, opts: *opts, routes: map[place]*route{}}
	engine.Use(s.middleware)
	r := &Routes{site: s, base: "/", requirement: authz.Public()}
	for _, path := range g.Resource.MetadataPaths() {
		r.Match(metadataMethods, strings.ReplaceAll(path, ":", `\:`), authz.Public(), gin.WrapH(g.Metadata()))
	}
	return r
}

var metadataMethods = []string{http.MethodGet, http.MethodHead, http.MethodOptions}

// mustBeNew panics if the engine has routes that the middleware would miss, or
// another New.
func mustBeNew(engine *gin.Engine) {
	if routes := engine.Routes(); len(routes) > 0 {
		panic("ginauthz: New on an engine that has routes already: " + list(names(routes)))
	}
	if slices.ContainsFunc(engine.Handlers, isMiddleware) {
		panic("ginauthz: New on an engine that has a New already")
	}
}

// isMiddleware reports whether h is the middleware of some New. Functions cannot be
// compared, but no function from outside this package has this code.
func isMiddleware(h gin.HandlerFunc) bool {
	return reflect.ValueOf(h).Pointer() == middlewareCode
}

var middlewareCode = reflect.ValueOf((*site)(nil).middleware).Pointer()

// site is what the Routes of one New share.
type site struct {
	engine   *gin.Engine
	enclosed http.Handler // the engine, for groups that are older than New: see Enclose
	guard    *authz.Guard
	opts     Options

	mu      sync.Mutex // gin's own registration has no lock
	rules   []authz.Rule
	routes  map[place]*route
	finder  *finder // of the routes so far, nil if Find has not been called since
	broken  string  // why nothing is served
	serving atomic.Bool
}

// place is where gin has a route: a method and what c.FullPath returns.
type place struct{ method, fullPath string }

// Guard returns the Guard that decides, which must not be changed.
func (r *Routes) Guard() *authz.Guard { return r.site.guard }

// Policy returns all routes registered so far, including those of groups. A rule's
// pattern is gin's.
func (r *Routes) Policy() authz.Policy {
	r.site.mu.Lock()
	defer r.site.mu.Unlock()
	return r.site.guard.Policy(r.site.rules)
}
