package local_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

// mistakes are what goes wrong with an API, by path.
func mistakes(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /hello", authz.Public(), func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	mux.HandleFunc("GET /read", authz.Scope("notes-api/read"), func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /admin", authz.Groups("admin"), func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /panics", authz.Public(), func(http.ResponseWriter, *http.Request) { panic("out of luck") })
	mux.HandleFunc("GET /teapot", authz.Public(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	mux.HandleFunc("GET /events", authz.Public(), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		_, _ = io.WriteString(w, "data: hello\n\n")
		_ = http.NewResponseController(w).Flush()
	})
	mux.HandleFunc("GET /large", authz.Public(), func(w http.ResponseWriter, _ *http.Request) {
		for range 7 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	})
	return mux
}

// way spells the layers: + passed, x stopped, . unreached, - none.
func way(s shown) string {
	marks := map[string]string{"passed": "+", "stopped": "x", "unreached": ".", "none": "-", "running": "?"}
	var b strings.Builder
	for _, l := range s.Layers {
		b.WriteString(marks[l.State])
	}
	return b.String()
}

// TestWhereRequestsStop: the console says how far each request came, who ended
// it, why, and what to change.
func TestWhereRequestsStop(t *testing.T) {
	coarse := []gateway.Route{{Key: "GET /hello", Open: true}, {Key: "GET /open/{proxy+}", Open: true}, {Key: "ANY /{proxy+}"}}
	type row struct {
		name, method, path string
		claims             map[string]any // nil: no token
		way, who, why      string
		cure               string // a part of it
	}
	reader := map[string]any{"scope": "notes-api/read"}
	suites := []struct {
		name   string
		routes []gateway.Route
		issuer string // that claims pins, "": the right one
		rows   []row
	}{
		{"routes from the policy", nil, "", []row{
			{"all is well", "GET", "/read", reader, "+++++", "", "", ""},
			{"public", "GET", "/hello", nil, "+-+++", "", "", ""},
			{"no token", "GET", "/read", nil, "+x...", "gateway", "no token", "Authorization: Bearer"},
			{"scope missing", "GET", "/read", map[string]any{"scope": "x"}, "+x...", "gateway", "scope missing: the route asks for notes-api/read", "the client has to ask for it"},
			{"expired", "GET", "/read", map[string]any{"exp": 1}, "+x...", "gateway", "token expired", "Get a new token"},
			{"wrong audience", "GET", "/read", map[string]any{"client_id": "stranger"}, "+x...", "gateway", "wrong audience", "Options.Audience"},
			{"wrong issuer", "GET", "/read", map[string]any{"iss": "https://other.example"}, "+x...", "gateway", "wrong issuer", "another issuer"},
			{"missing group", "GET", "/admin", reader, "+++x.", "policy", `needs group "admin"`, `group "admin"`},
			{"not found", "GET", "/nowhere", reader, "++x..", "policy", "", "Register the route"},
			{"the handler's own", "GET", "/teapot", nil, "+-++x", "handler", "the handler answered I'm a teapot", "application's own"},
			{"a panic", "GET", "/panics", nil, "+-++x", "adapter", "the handler panicked", "stack"},
			{"7 MB", "GET", "/large", nil, "+-++x", "adapter", "the reply is larger than the front takes", "presigned URL"},
			{"events", "GET", "/events", nil, "+-+++", "adapter", "server-sent events of a buffered reply arrive together when it is complete", "Handler.Stream"},
			{"a preflight", "OPTIONS", "/read", nil, "+x...", "gateway", "no token", "OPTIONS /{proxy+}"},
		}},
		{"a catch-all", coarse, "", []row{
			{"scope missing", "GET", "/read", map[string]any{"scope": "x"}, "+++x.", "policy", "", "notes-api/read"},
			{"an open route", "GET", "/open/read", reader, "+-x..", "policy", "", "Register the route"},
			{"no events", "HEAD", "/events", reader, "+++++", "", "", ""},
			{"no route", "POST", "/", nil, "x....", "gateway", "no such route", "no route for this method"},
		}},
		{"another issuer pinned", coarse, "https://right.example", []row{
			{"nobody to the function", "GET", "/read", reader, "+++x.", "policy", "", "claims.Config"},
		}},
	}
	for _, suite := range suites {
		t.Run(suite.name, func(t *testing.T) {
			for _, row := range suite.rows {
				t.Run(row.name, func(t *testing.T) {
					onePage(t, suite.issuer, suite.routes, func(c *consolePage) {
						r := request(t, row.method, c.api+row.path)
						if row.claims != nil {
							all := map[string]any{"sub": "ada", "client_id": "reader"}
							for name, value := range row.claims {
								all[name] = value
							}
							token, err := c.issuer.Token(all)
							if err != nil {
								t.Fatal(err)
							}
							r.Header.Set("Authorization", "Bearer "+token)
						}
						if row.method == "OPTIONS" {
							r.Header.Set("Origin", "https://app.example")
							r.Header.Set("Access-Control-Request-Method", "GET")
						}
						response, err := http.DefaultTransport.RoundTrip(r)
						if err != nil {
							t.Fatal(err)
						}
						response.Body.Close()
						_, latest := c.watch(all(1))
						s := latest[1]
						if got := way(s); got != row.way || s.Status != response.StatusCode {
							t.Errorf("way %s, status %d; want %s, %d", got, s.Status, row.way, response.StatusCode)
						}
						switch {
						case s.Stop == nil && row.who != "":
							t.Errorf("nobody stopped it, want %s", row.who)
						case s.Stop != nil && (s.Stop.Who != row.who || !strings.Contains(s.Stop.Why, row.why) || s.Stop.Why == "" || !strings.Contains(s.Stop.Cure, row.cure)):
							t.Errorf("stopped: %+v; want by %q, %q, %q", *s.Stop, row.who, row.why, row.cure)
						}
					})
				})
			}
		})
	}
}

// onePage is a console before the API of mistakes.
func onePage(t *testing.T, pinned string, routes []gateway.Route, use func(*consolePage)) {
	t.Helper()
	pins := claims.Config{InsecureAnyIssuer: true, Lists: []string{"cognito:groups"}}
	if pinned != "" {
		pins = claims.Config{Issuers: []string{pinned}}
	}
	mux := mistakes(claims.MustNew(pins))
	onConsole(t, mux, local.Options{Policy: mux, Routes: routes}, use)
}

// A preflight and the request that follows it know each other.
func TestPreflightPairs(t *testing.T) {
	who := claims.MustNew(claims.Config{InsecureAnyIssuer: true})
	mux := mistakes(who)
	config := cors.Config{AllowOrigins: []string{"https://app.example"}, AllowHeaders: []string{"Authorization"}}
	onConsole(t, cors.MustNew(config).Wrap(mux), local.Options{Policy: mux, CORS: &config}, func(c *consolePage) {
		send := func(method, path, origin, asks string) {
			r := request(t, method, c.api+path)
			r.Header.Set("Origin", origin)
			if asks != "" {
				r.Header.Set("Access-Control-Request-Method", asks)
			}
			response, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
		}
		send("OPTIONS", "/hello", "https://app.example", "GET")
		send("GET", "/hello", "https://app.example", "")
		send("GET", "/hello", "https://app.example", "") // its preflight was for another
		send("OPTIONS", "/hello", "https://app.example", "POST")
		send("OPTIONS", "/hello", "https://other.example", "GET")
		send("GET", "/hello", "https://app.example", "")
		send("OPTIONS", "/hello", "https://app.example", "") // no preflight
		send("OPTIONS", "/hello?a=1", "https://app.example", "GET")
		send("OPTIONS", "/hello?a=2", "https://app.example", "GET")
		send("GET", "/hello?a=1", "https://app.example", "")
		_, latest := c.watch(all(10))
		var got []string
		for id := uint64(1); id <= 10; id++ {
			s := latest[id]
			got = append(got, fmt.Sprintf("%s asks %q before %d after %d", s.Method, s.Asks, s.Preflight, s.Follower))
		}
		want := []string{
			`OPTIONS asks "GET" before 0 after 2`,
			`GET asks "" before 1 after 0`,
			`GET asks "" before 0 after 0`,
			`OPTIONS asks "POST" before 0 after 0`,
			`OPTIONS asks "GET" before 0 after 0`,
			`GET asks "" before 0 after 0`,
			`OPTIONS asks "" before 0 after 0`,
			`OPTIONS asks "GET" before 0 after 10`,
			`OPTIONS asks "GET" before 0 after 0`,
			`GET asks "" before 8 after 0`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if latest[1].Stop != nil {
			t.Errorf("the preflight that was allowed: %+v", *latest[1].Stop)
		}
		if s := latest[5].Stop; s == nil || s.Who != "cors" || s.Why != "the origin is not in AllowOrigins" || latest[5].Status != 403 {
			t.Errorf("the preflight of another origin: status %d, %+v", latest[5].Status, s)
		}
	})
}

// A stream is seen while it runs.
func TestConsoleShowsStreamsWhileTheyRun(t *testing.T) {
	more := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "first\n")
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = io.WriteString(w, "second\n")
	})
	opts := local.Options{Format: adapter.RESTAPI, Streaming: true, Routes: []gateway.Route{{Key: "GET /{proxy+}", Open: true}}}
	onConsole(t, h, opts, func(c *consolePage) {
		response, err := http.Get(c.api + "/x")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		_, latest := c.watch(func(latest map[uint64]shown) bool { return latest[1].State == "streaming" && latest[1].Bytes == 6 })
		if latest[1].Status != 200 {
			t.Errorf("status = %d while it runs, want 200", latest[1].Status)
		}
		close(more)
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		_, latest = c.watch(all(1))
		if s := latest[1]; s.State != "done" || s.Bytes != 13 {
			t.Errorf("in the end: %s, %d bytes; want done, 13", s.State, s.Bytes)
		}
	})
}

// A preflight that the gateway answers itself ends there, and nobody refused it; an
// origin that its settings lack is named, since the status is the same.
func TestPreflightOfTheGateway(t *testing.T) {
	mux := mistakes(claims.MustNew(claims.Config{InsecureAnyIssuer: true}))
	config := cors.Config{AllowOrigins: []string{"https://app.example"}, AllowMethods: []string{"GET"}, Owner: cors.OwnerGateway}
	onConsole(t, cors.MustNew(config).Wrap(mux), local.Options{Policy: mux, CORS: &config}, func(c *consolePage) {
		for i, row := range []struct{ origin, cure string }{
			{"https://app.example", "Nothing: the gateway has CORS settings"},
			{"https://other.example", "Add the page's origin to AllowOrigins"},
		} {
			r := request(t, http.MethodOptions, c.api+"/read")
			r.Header.Set("Origin", row.origin)
			r.Header.Set("Access-Control-Request-Method", "GET")
			response, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			_, latest := c.watch(all(i + 1))
			s := latest[uint64(i+1)]
			if s.Status != 204 || way(s) != "+...." || s.Stop == nil || s.Stop.Who != "gateway" || !strings.HasPrefix(s.Stop.Cure, row.cure) {
				t.Errorf("%s: status %d, way %s, %+v; want 204, +...., %s", row.origin, s.Status, way(s), s.Stop, row.cure)
			}
		}
	})
}

// A stream that breaks off does so in its handler, though its status was 200.
func TestBrokenStreamStopsAtItsHandler(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { begun(w); panic("boom") })
	opts := local.Options{
		Format: adapter.RESTAPI, Streaming: true, Routes: []gateway.Route{{Key: "GET /{proxy+}", Open: true}},
		Adapter: &adapter.Options{Logger: slog.New(slog.DiscardHandler)},
	}
	onConsole(t, h, opts, func(c *consolePage) {
		if response, err := http.Get(c.api + "/x"); err == nil {
			_, _ = io.Copy(io.Discard, response.Body) // which ends early
			response.Body.Close()
		}
		_, latest := c.watch(all(1))
		if s := latest[1]; s.Status != 200 || way(s) != "+-++x" || s.Stop == nil || s.Stop.Who != "adapter" {
			t.Errorf("status %d, way %s, %+v; want 200, +-++x, the adapter's word", s.Status, way(s), s.Stop)
		}
	})
}
