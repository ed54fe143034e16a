// Package console is the page that package local serves beside its token
// issuer: what happens to each request, layer by layer; the policy; tokens to
// try; and requests to send.
//
//	client → [Console.Watch] → gateway → function
//	                 │             │         │
//	                 └─ start, end └ Observe └ Done
//
// Everything that is shown goes through one bounded ring, from which secrets
// are gone before they enter it, and no reader of it can hold a request up.
//
// # Who may see it
//
// Real tokens pass here, and a page of any other origin must learn nothing. The
// console answers only to the host name of its own URL; its page can neither be
// framed nor read by another origin, and every other resource wants a secret in
// a header, which is new with each run and which the page alone holds. GET
// changes nothing and makes no token.
package console

import (
	"crypto/rand"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/gatehouse-go/gatehouse/adapter"
)

//go:embed page.html origin.html script.js origin.js style.css icon.svg
var files embed.FS

var pages = template.Must(template.ParseFS(files, "page.html", "origin.html"))

// Config is what the console knows of the service that it belongs to.
type Config struct {
	URL     string         // where the console is found: scheme, host and port
	Format  adapter.Format // the front that is played
	Prefix  string         // of the API's paths: stage or base path, with a slash before it
	Minter  Minter         // makes tokens
	Policy  Policy         // what the Policy page shows
	Tries   []Try          // requests to begin with
	Clients []Client       // of the issuer
	Users   []User         // who can sign in
}

// Minter makes the tokens of one issuer.
type Minter interface {
	URL() string
	Token(claims map[string]any) (string, error)
}

// Client is a client of the issuer.
type Client struct {
	ID     string   `json:"id"`
	Scopes []string `json:"scopes"`
	SignIn bool     `json:"sign_in"` // public, and signs users in

	Audience string `json:"-"` // of its access tokens; "": they have none
}

// User is somebody who can sign in.
type User struct {
	Name   string   `json:"name"`
	Groups []string `json:"groups"`
	Sub    string   `json:"-"`
	Email  string   `json:"-"`
}

// Try is a request that a button sends.
type Try struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Client string `json:"client,omitempty"`
	User   string `json:"user,omitempty"`
	Body   string `json:"body,omitempty"`
	Want   int    `json:"want,omitempty"`
}

// Console is an http.Handler for the paths that [Console.Serves] names. It is
// safe for concurrent use.
type Console struct {
	config Config
	secret string
	host   string // of config.URL
	other  string // another origin of the same listener; "": there is none
	ring   *ring
	mux    *http.ServeMux
	api    atomic.Pointer[string]
}

// New returns a Console with a secret of its own.
func New(config Config) *Console {
	c := &Console{config: config, secret: rand.Text(), ring: newRing(ringSize)}
	if u, err := url.Parse(config.URL); err == nil {
		c.host, c.other = u.Host, otherOrigin(u)
	}
	c.SetAPI("")
	c.mux = c.routes()
	return c
}

// SetAPI tells the console where the gateway is, once that is known: scheme,
// host, port and prefix.
func (c *Console) SetAPI(url string) { c.api.Store(&url) }

// Close ends all live streams, so that a server can shut down.
func (c *Console) Close() { c.ring.close() }

// CallbackPath is where the issuer sends users back to who signed in here.
const CallbackPath = "/console/callback"

// Serves reports whether a path is the console's.
func (c *Console) Serves(path string) bool {
	return path == "/" || strings.HasPrefix(path, "/console/")
}

func (c *Console) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.servePage)
	mux.HandleFunc("GET "+CallbackPath, c.servePage)
	for path, kind := range map[string]string{
		"script.js": "text/javascript; charset=utf-8",
		"style.css": "text/css; charset=utf-8",
		"icon.svg":  "image/svg+xml",
	} {
		mux.HandleFunc("GET /console/"+path, serveFile(path, kind))
	}
	for pattern, h := range map[string]http.HandlerFunc{
		"GET /console/about":         c.serveAbout,
		"GET /console/live":          c.serveLive,
		"GET /console/exchange/{id}": c.serveExchange,
		"POST /console/mint":         c.serveMint,
		"POST /console/try":          c.serveTry,
		"POST /console/clear":        c.serveClear,
	} {
		mux.Handle(pattern, c.guarded(h))
	}
	return mux
}

func (c *Console) servePage(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	if c.other != "" {
		policy += "; frame-src " + c.other
	}
	h.Set("Content-Security-Policy", policy)
	_ = pages.ExecuteTemplate(w, "page.html", struct{ Secret, Other string }{c.secret, c.other}) // the client has gone
}

func serveFile(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		text, err := files.ReadFile(name)
		if err != nil {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(text) // the client has gone
	}
}
