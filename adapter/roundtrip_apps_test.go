package adapter_test

import (
	"bytes"
	"io"
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"
)

// app is a handler under test: the routes of one framework, which note what
// they saw of each request and then give the row's answer.
type app struct {
	name   string
	router http.Handler

	mu     sync.Mutex
	answer http.HandlerFunc
	saw    facts
}

// apps build a handler of one framework each, with a route with a segment
// parameter, one with a rest parameter, and a catch-all.
var apps = []func() *app{serveMuxApp, echoApp}

// expect prepares the answer to the next request.
func (a *app) expect(answer http.HandlerFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer, a.saw = answer, facts{}
}

// noted returns what was seen since expect.
func (a *app) noted() facts {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.saw
}

func (a *app) note(more facts) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.saw = a.saw.with(more)
}

// ServeHTTP notes the request before any routing, so that a redirect or a
// refusal of the router's own is compared as well.
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	seen, body := requestFacts(r)
	a.note(seen)
	r.Body = io.NopCloser(bytes.NewReader(body))
	a.router.ServeHTTP(w, r)
}

// serve gives the row's answer on the route and with the parameters given.
func (a *app) serve(w http.ResponseWriter, r *http.Request, route string, params facts) {
	a.note(facts{"Route": route}.with(params))
	a.mu.Lock()
	answer := a.answer
	a.mu.Unlock()
	answer(w, r)
}

func serveMuxApp() *app {
	mux := http.NewServeMux()
	a := &app{name: "ServeMux", router: mux}
	for pattern, param := range map[string]string{
		"/users/{id}":      "id",
		"/files/{rest...}": "rest",
		"POST /posts":      "",
		"/{$}":             "",
		"/{path...}":       "path",
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			params := facts{}
			params.set("Param["+param+"]", r.PathValue(param))
			a.serve(w, r, r.Pattern, params)
		})
	}
	return a
}

func echoApp() *app {
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	a := &app{name: "Echo", router: e}
	serve := func(c echo.Context) error {
		params := facts{}
		for _, name := range c.ParamNames() {
			params.set("Param["+name+"]", c.Param(name))
		}
		a.serve(c.Response(), c.Request(), c.Path(), params)
		return nil
	}
	e.Any("/users/:id", serve)
	e.Any("/files/*", serve)
	e.POST("/posts", serve)
	e.Any("/", serve)
	e.Any("/*", serve)
	return a
}
