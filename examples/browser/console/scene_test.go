package console_test

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

// scene is what console.mjs is told.
type scene struct {
	Main     site      `json:"main"`   // routes from the policy
	Coarse   site      `json:"coarse"` // a catch-all before the same function
	Pinned   site      `json:"pinned"` // a function that trusts another issuer
	Stream   site      `json:"stream"` // a REST API that streams
	Mistakes []mistake `json:"mistakes"`
	Stranger string    `json:"stranger"` // a page of another origin, which the issuer knows as a redirect URI
	Policy   []string  `json:"policy"`   // the rows of the table
	More     string    `json:"more"`     // what a request to Stream waits for: a URL to POST to
}

// site is one program with a console.
type site struct {
	Console string `json:"console"`
	API     string `json:"api"`
}

func newScene(t *testing.T) *scene {
	t.Helper()
	usual := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // much is made to fail here
	t.Cleanup(func() { slog.SetDefault(usual) })

	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>a stranger's page</title>")
	}))
	t.Cleanup(stranger.Close)
	more := make(chan struct{})
	release := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { more <- struct{}{} }))
	t.Cleanup(release.Close)

	s := &scene{Stranger: stranger.URL, More: release.URL}
	s.Main = serve(t, program{callback: stranger.URL})
	s.Coarse = serve(t, program{fixed: os.Getenv("GATEHOUSE_SCREENSHOTS") != "", callback: stranger.URL, routes: []gateway.Route{
		{Key: "GET /open/{proxy+}", Open: true}, {Key: "ANY /{proxy+}"},
	}})
	s.Pinned = serve(t, program{callback: stranger.URL, pin: "https://right.example", routes: []gateway.Route{{Key: "ANY /{proxy+}"}}})
	s.Stream = serve(t, program{callback: stranger.URL, more: more})
	s.Mistakes = withMistakes(t)
	s.Policy = words([][]string{
		{"GET", "/admin", `group "admin"`, "a token"},
		{"GET", "/hello", "public", "nothing"},
		{"GET", "/large", "public", "nothing"},
		{"GET", "/notes", "scope notes/read", "a token with notes/read"},
		{"POST", "/notes", "scope notes/write", "a token with notes/write"},
		{"GET", "/panics", "public", "nothing"},
		{"GET", "/says/{what...}", "public", "nothing"},
	})
	return s
}

// program is how one site differs from the others.
type program struct {
	callback string // the redirect URI's origin
	routes   []gateway.Route
	pin      string // the issuer that the function trusts; "": its own
	more     chan struct{}
	fixed    bool // at the ports that the examples have, for pictures
}

// serve runs a program on ports of the system's choice until the test ends.
func serve(t *testing.T, p program) site {
	t.Helper()
	api, beside := listen(t, p.port("8080")), listen(t, p.port("8081"))
	_, port, err := net.SplitHostPort(beside.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	url := "http://localhost:" + port
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL: url,
		Clients: []local.Client{
			{ID: "page", Scopes: []string{"notes/read", "notes/write"}, RedirectURIs: []string{p.callback + "/callback"}},
			{ID: "reader", Secret: "reader-secret", Scopes: []string{"notes/read"}},
		},
		Users: []local.User{{Username: "ada", Password: "ada-password", Email: "ada@example.com", Groups: []string{"admin", "staff"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	pins := issuer.Claims()
	pins.Issuers = []string{cmp.Or(p.pin, url)}
	mux := p.api(claims.MustNew(pins))
	config := cors.Config{
		AllowOrigins: []string{"http://127.0.0.1:" + port}, AllowMethods: []string{"GET"}, AllowHeaders: []string{"Authorization"},
	}
	opts := &local.Options{
		Issuers: []*local.Issuer{issuer}, Policy: mux, CORS: &config, Routes: p.routes, Output: io.Discard,
		Try: []local.Try{
			{Path: "/hello", Want: http.StatusOK},
			{Path: "/notes", Client: "reader", Want: http.StatusOK},
			{Path: "/notes", Method: http.MethodPost, Client: "reader", Body: `{"title":"Milk"}`, Want: http.StatusForbidden},
		},
	}
	if p.more != nil {
		opts.Format, opts.Streaming = adapter.RESTAPI, true
	}
	return run(t, api, beside, cors.MustNew(config).Wrap(mux), opts)
}

// run serves until the test ends.
func run(t *testing.T, api, beside net.Listener, h http.Handler, opts *local.Options) site {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	opts.Ready = func(url string) { ready <- url }
	go func() { ended <- local.Serve(ctx, api, []net.Listener{beside}, h, opts) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case at := <-ready:
		return site{opts.Issuers[0].URL(), at}
	case err := <-ended:
		t.Fatal(err)
		return site{}
	}
}

func (p program) port(fixed string) string {
	if p.fixed {
		return fixed
	}
	return "0"
}

func listen(t *testing.T, port string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (p program) api(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	text := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
	}
	mux.HandleFunc("GET /hello", authz.Public(), text("hello"))
	mux.HandleFunc("GET /notes", authz.Scope("notes/read"), text("notes"))
	mux.HandleFunc("POST /notes", authz.Scope("notes/write"), text("created"))
	mux.HandleFunc("GET /admin", authz.Groups("admin"), text("admin"))
	mux.HandleFunc("GET /panics", authz.Public(), func(http.ResponseWriter, *http.Request) { panic("out of luck") })
	mux.HandleFunc("GET /large", authz.Public(), text(strings.Repeat("large ", 7<<20/6)))
	mux.HandleFunc("GET /says/{what...}", authz.Public(), func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.PathValue("what"))
	})
	if p.more != nil {
		mux.HandleFunc("GET /stream", authz.Public(), func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "first\n")
			_ = http.NewResponseController(w).Flush()
			<-p.more
			_, _ = io.WriteString(w, "second\n")
		})
	}
	return mux
}
