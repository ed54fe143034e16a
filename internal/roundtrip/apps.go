package roundtrip

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// App is a handler under test: the routes of one framework, which note what
// they saw of each request and then give the row's answer. It needs a route
// with a segment parameter, /users/{id}, one with a rest parameter,
// /files/{rest}, the routes POST /posts and /, and a catch-all.
type App struct {
	Name   string // as losses name it
	Router http.Handler

	mu     sync.Mutex
	answer http.HandlerFunc
	saw    facts
}

// expect prepares the answer to the next request.
func (a *App) expect(answer http.HandlerFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer, a.saw = answer, facts{}
}

// noted returns what was seen since expect.
func (a *App) noted() facts {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.saw
}

func (a *App) note(more facts) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.saw = a.saw.with(more)
}

// ServeHTTP notes the request before any routing, so that a redirect or a
// refusal of the router's own is compared as well.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	seen, body := requestFacts(r)
	a.note(seen)
	r.Body = io.NopCloser(bytes.NewReader(body))
	a.Router.ServeHTTP(w, r)
}

// Serve notes the route that matched with its parameters, by name, and gives the
// row's answer. Every route of Router ends here.
func (a *App) Serve(w http.ResponseWriter, r *http.Request, route string, params map[string]string) {
	saw := facts{"Route": route}
	for name, value := range params {
		saw.set("Param["+name+"]", value)
	}
	a.note(saw)
	a.mu.Lock()
	answer := a.answer
	a.mu.Unlock()
	answer(w, r)
}
