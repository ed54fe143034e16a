package local_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
)

// onConsole serves h with a console whose URL has the name localhost, as people
// open it, and the secret that its page holds.
func onConsole(t *testing.T, h http.Handler, opts local.Options, use func(c *consolePage)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	api, beside := listen(t), listen(t)
	_, port, err := net.SplitHostPort(beside.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := &consolePage{t: t, url: "http://localhost:" + port, other: "http://127.0.0.1:" + port}
	if c.issuer, err = local.NewIssuer(config(c.url)); err != nil {
		t.Fatal(err)
	}
	opts.Issuers = []*local.Issuer{c.issuer}
	if opts.Output == nil {
		opts.Output = io.Discard
	}
	opts.Ready = func(url string) {
		defer cancel()
		c.api = url
		_, page := get(t, c.url+"/")
		if found := regexp.MustCompile(`name="gatehouse-console" content="(\w+)"`).FindSubmatch(page); found != nil {
			c.secret = string(found[1])
		}
		use(c)
	}
	if err := local.Serve(ctx, api, []net.Listener{beside}, h, &opts); err != nil {
		t.Fatal(err)
	}
}

// consolePage asks the console as its page does.
type consolePage struct {
	t                  *testing.T
	url, other, api    string
	secret             string
	issuer             *local.Issuer
	editHeader         func(http.Header)
	lastResponseHeader http.Header
}

func (c *consolePage) request(method, path, body string) *http.Request {
	c.t.Helper()
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Gatehouse-Console", c.secret)
	if c.editHeader != nil {
		c.editHeader(r.Header)
	}
	return r
}

func (c *consolePage) do(method, path, body string) (int, string) {
	c.t.Helper()
	response, err := http.DefaultTransport.RoundTrip(c.request(method, path, body))
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	c.lastResponseHeader = response.Header
	return response.StatusCode, string(text)
}

// shown is one request as the console tells it.
type shown struct {
	ID        uint64
	Method    string
	Path      string
	Query     string
	State     string
	Status    int
	Bytes     int64
	Asks      string
	Preflight uint64
	Follower  uint64
	Layers    []struct{ Name, State, Says string }
	Stop      *struct{ Who, Why, Cure string }
}

// watch reads the live stream until done says so, and returns its bytes and the
// latest of each request.
func (c *consolePage) watch(done func(map[uint64]shown) bool) (string, map[uint64]shown) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 20*time.Second)
	defer cancel()
	response, err := http.DefaultTransport.RoundTrip(c.request(http.MethodGet, "/console/live", "").WithContext(ctx))
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	var stream bytes.Buffer
	latest := map[uint64]shown{}
	lines := bufio.NewReader(io.TeeReader(response.Body, &stream))
	for !done(latest) {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			c.t.Fatalf("live stream, status %d: %v after %d requests", response.StatusCode, err, len(latest))
		}
		if len(line) == 1 {
			continue // the first, which says that the stream is open
		}
		var s shown
		if err := json.Unmarshal(line, &s); err != nil {
			c.t.Fatal(err)
		}
		latest[s.ID] = s
	}
	return stream.String(), latest
}

// TestConsoleIsLive: the live stream begins at once, though there was no request. In
// Firefox a page gets no reply before its first byte.
func TestConsoleIsLive(t *testing.T) {
	onConsole(t, http.NotFoundHandler(), local.Options{}, func(c *consolePage) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		response, err := http.DefaultTransport.RoundTrip(c.request(http.MethodGet, "/console/live", "").WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		first := make([]byte, 1)
		if _, err := io.ReadFull(response.Body, first); err != nil || first[0] != '\n' {
			t.Errorf("begins with %q, %v", first, err)
		}
	})
}

// all waits until n requests are over.
func all(n int) func(map[uint64]shown) bool {
	return func(latest map[uint64]shown) bool {
		over := 0
		for _, s := range latest {
			if s.State == "done" || s.State == "broken" {
				over++
			}
		}
		return over >= n
	}
}

func TestConsolePage(t *testing.T) {
	onConsole(t, http.HandlerFunc(whoami), local.Options{}, func(c *consolePage) {
		if c.secret == "" {
			t.Fatal("the page holds no secret")
		}
		for _, path := range []string{"/", "/console/callback?code=x&state=y", "/console/script.js", "/console/style.css", "/console/icon.svg"} {
			if status, _ := c.do(http.MethodGet, path, ""); status != 200 {
				t.Errorf("%s: status %d", path, status)
			}
			h := c.lastResponseHeader
			for name, want := range map[string]string{
				"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
				"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			} {
				if got := h.Get(name); got != want {
					t.Errorf("%s: %s = %q, want %q", path, name, got, want)
				}
			}
			if strings.HasSuffix(path, "css") || strings.HasSuffix(path, "js") || strings.HasSuffix(path, "svg") {
				continue
			}
			for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "connect-src 'self'"} {
				if got := h.Get("Content-Security-Policy"); !strings.Contains(got, want) {
					t.Errorf("%s: Content-Security-Policy %q, want %s in it", path, got, want)
				}
			}
		}
		_, page := c.do(http.MethodGet, "/", "")
		for _, forbidden := range []string{"<style", "onclick=", "javascript:", "https://", "style=\""} {
			if strings.Contains(page, forbidden) {
				t.Errorf("the page has %s", forbidden)
			}
		}
	})
}

// TestConsoleKnowsThePolicy: what the page is told once, with a rule of each kind.
func TestConsoleKnowsThePolicy(t *testing.T) {
	mux := mistakes(claims.MustNew(claims.Config{InsecureAnyIssuer: true, Lists: []string{"cognito:groups"}}))
	opts := local.Options{Policy: mux, Try: []local.Try{{Path: "/read", Client: "reader", Want: 200}}}
	onConsole(t, mux, opts, func(c *consolePage) {
		_, text := c.do(http.MethodGet, "/console/about", "")
		var about struct {
			API, Issuer, Other string
			Policy             struct {
				Identity string
				Rules    []struct{ Method, Pattern, Requirement, Gateway string }
				Routes   []struct {
					Key  string
					Open bool
				}
				Matrix struct {
					Callers []string
					Rows    [][]string
				}
			}
			Tries []struct{ Method, Path, Client string }
		}
		if err := json.Unmarshal([]byte(text), &about); err != nil {
			t.Fatal(err)
		}
		if about.API != c.api || about.Issuer != c.url || about.Other != c.other {
			t.Errorf("about %q, %q, %q; want %q, %q, %q", about.API, about.Issuer, about.Other, c.api, c.url, c.other)
		}
		policy := mux.Policy()
		if about.Policy.Identity != policy.Identity || len(about.Policy.Rules) != len(policy.Rules) || len(about.Policy.Routes) == 0 {
			t.Errorf("%d rules and %d routes of %q, want %d rules of %q", len(about.Policy.Rules), len(about.Policy.Routes), about.Policy.Identity, len(policy.Rules), policy.Identity)
		}
		want := []string{"GET /admin", `group "admin"`, "a token"}
		if r := about.Policy.Rules[0]; !slices.Equal([]string{r.Method + " " + r.Pattern, r.Requirement, r.Gateway}, want) {
			t.Errorf("the first rule is %v, want %q", r, want)
		}
		callers := []string{"nobody", "alice by page", "bob by page", "reader", "writer", "alice by writer", "bob by writer"}
		if !slices.Equal(about.Policy.Matrix.Callers, callers) {
			t.Errorf("callers %q, want %q", about.Policy.Matrix.Callers, callers)
		}
		if row := []string{"GET", "/admin", "401", "yes", "403", "403", "403", "yes", "403"}; !slices.Equal(about.Policy.Matrix.Rows[0], row) {
			t.Errorf("who may do what: %q, want %q", about.Policy.Matrix.Rows[0], row)
		}
		if strings.Contains(text, "password") || strings.Contains(text, "secret") {
			t.Error("a password or a secret is told")
		}
	})
}
