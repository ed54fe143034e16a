package local_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
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
		var s shown
		if err := json.Unmarshal(line, &s); err != nil {
			c.t.Fatal(err)
		}
		latest[s.ID] = s
	}
	return stream.String(), latest
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

// others are pages that must not read what the console says, by their Origin.
func (c *consolePage) others() map[string]string {
	return map[string]string{
		"the redirect URI's":    "http://localhost:3000",
		"another client's":      "http://localhost:9000",
		"the same port by IP":   c.other,
		"the API's":             c.api,
		"a stranger's":          "https://evil.example",
		"a sandboxed":           "null",
		"https on the same":     "https" + strings.TrimPrefix(c.url, "http"),
		"a longer name":         c.url + ".evil.example",
		"a name with the right": "http://localhost.evil.example",
	}
}

// TestConsoleTellsNoOtherOrigin: no answer of the console is for another
// origin's page, with whatever headers it comes.
func TestConsoleTellsNoOtherOrigin(t *testing.T) {
	onConsole(t, http.HandlerFunc(whoami), local.Options{}, func(c *consolePage) {
		secret := c.secret
		guarded := map[string]string{
			"/console/about": "GET", "/console/live": "GET", "/console/exchange/1": "GET",
			"/console/mint": "POST", "/console/try": "POST", "/console/clear": "POST",
		}
		for name, origin := range c.others() {
			for path, method := range guarded {
				for _, given := range []string{"", "x", secret} {
					c.editHeader = func(h http.Header) {
						h.Set("Origin", origin)
						h.Set("Sec-Fetch-Site", "same-site")
						h.Set("Gatehouse-Console", given)
					}
					if status, body := c.do(method, path, "{}"); status != http.StatusForbidden || strings.Contains(body, secret) {
						t.Errorf("%s page, %s %s: status %d", name, method, path, status)
					}
				}
				c.editHeader = func(h http.Header) {
					h.Set("Origin", origin)
					h.Set("Access-Control-Request-Method", method)
					h.Set("Access-Control-Request-Headers", "gatehouse-console")
					h.Del("Gatehouse-Console")
				}
				c.do(http.MethodOptions, path, "")
				for header := range c.lastResponseHeader {
					if strings.HasPrefix(header, "Access-Control-") {
						t.Errorf("%s page, preflight of %s: %s", name, path, header)
					}
				}
			}
			c.editHeader = func(h http.Header) { h.Set("Origin", origin) }
			for _, path := range []string{"/", "/console/script.js", "/console/callback"} {
				c.do(http.MethodGet, path, "")
				if got := c.lastResponseHeader.Get("Access-Control-Allow-Origin"); got != "" {
					t.Errorf("%s page may read %s: %q", name, path, got)
				}
			}
		}
	})
}

func TestConsoleWantsItsSecret(t *testing.T) {
	onConsole(t, http.HandlerFunc(whoami), local.Options{}, func(c *consolePage) {
		for name, edit := range map[string]func(http.Header){
			"none":                     func(h http.Header) { h.Del("Gatehouse-Console") },
			"empty":                    func(h http.Header) { h.Set("Gatehouse-Console", "") },
			"a longer one":             func(h http.Header) { h.Set("Gatehouse-Console", c.secret+"A") },
			"twice":                    func(h http.Header) { h.Add("Gatehouse-Console", c.secret) },
			"the right one, elsewhere": func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
			"typed into the address":   func(h http.Header) { h.Set("Sec-Fetch-Site", "none") },
		} {
			c.editHeader = edit
			if status, _ := c.do(http.MethodGet, "/console/about", ""); status != http.StatusForbidden {
				t.Errorf("%s: status %d, want 403", name, status)
			}
		}
		c.editHeader = func(h http.Header) { h.Set("Sec-Fetch-Site", "same-origin") }
		if status, _ := c.do(http.MethodGet, "/console/about?secret="+c.secret, ""); status != http.StatusOK {
			t.Errorf("the page itself: status %d, want 200", status)
		}
	})
	var first string
	for range 2 {
		onConsole(t, http.HandlerFunc(whoami), local.Options{}, func(c *consolePage) {
			if c.secret == first {
				t.Error("two runs have one secret")
			}
			first = c.secret
		})
	}
}

// Another name for the same listener is another origin: it gets a page without
// any secret, and nothing else.
func TestConsoleByAnotherName(t *testing.T) {
	onConsole(t, http.HandlerFunc(whoami), local.Options{}, func(c *consolePage) {
		own := c.url
		for path, want := range map[string]int{
			"/": 303, "/console/origin": 200, "/console/origin.js": 200, "/console/about": 421, "/console/live": 421,
			"/console/callback": 421, "/console/script.js": 421, "/console/origin/x": 404,
		} {
			c.url = c.other
			status, body := c.do(http.MethodGet, path, "")
			c.url = own
			if status != want || strings.Contains(body, c.secret) {
				t.Errorf("%s at %s: status %d, the secret in it %t; want %d and not", path, c.other, status, strings.Contains(body, c.secret), want)
			}
			if got := c.lastResponseHeader.Get("Location"); path == "/" && got != c.url+"/" {
				t.Errorf("Location = %q, want %q", got, c.url+"/")
			}
			if path == "/console/origin" {
				csp := c.lastResponseHeader.Get("Content-Security-Policy")
				if !strings.Contains(csp, "frame-ancestors "+c.url) || !strings.Contains(csp, "connect-src "+c.api) {
					t.Errorf("Content-Security-Policy = %q: others may frame it, or it may ask others", csp)
				}
			}
		}
		for _, path := range []string{"/console/origin", "/console/origin.js"} {
			if status, _ := c.do(http.MethodGet, path, ""); status != http.StatusNotFound {
				t.Errorf("%s at the console's own origin: status %d, want 404", path, status)
			}
		}
		for _, host := range []string{"evil.example", "localhost", "localhost.evil.example", "127.0.0.2:1"} {
			if status, body := send(t, "GET", c.url, "/console/about", host); status != http.StatusMisdirectedRequest {
				t.Errorf("Host %q: status %d, %s", host, status, body)
			}
		}
	})
}

func TestGETMakesNothing(t *testing.T) {
	onConsole(t, http.HandlerFunc(whoami), local.Options{}, func(c *consolePage) {
		for _, path := range []string{"/console/mint", "/console/try", "/console/clear"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				if status, _ := c.do(method, path, ""); status != http.StatusMethodNotAllowed {
					t.Errorf("%s %s: status %d, want 405", method, path, status)
				}
			}
		}
	})
}

func TestWhereThereIsNoConsole(t *testing.T) {
	withIssuer(t, local.Options{Expose: true}, func(_ string, issuer *local.Issuer, output string) {
		for _, path := range []string{"/", "/console/about", "/console/script.js"} {
			if status, _ := send(t, "GET", issuer.URL(), path, ""); status != http.StatusNotFound {
				t.Errorf("exposed, %s: status %d, want 404", path, status)
			}
		}
		if strings.Contains(output, "open http") || strings.Contains(output, "password") {
			t.Errorf("printed:\n%s", output)
		}
		query := authorization("redirect_uri", issuer.URL()+"/console/callback").Encode()
		if status, _ := send(t, "GET", issuer.URL(), "/oauth2/authorize?"+query, ""); status != http.StatusBadRequest {
			t.Errorf("sign-in for a console that is not there: status %d, want 400", status)
		}
	})
}

// The console signs in users of public clients that sign in users anyway.
func TestConsolesRedirectURI(t *testing.T) {
	onConsole(t, http.HandlerFunc(whoami), local.Options{}, func(c *consolePage) {
		for name, row := range map[string]struct {
			client, uri string
			status      int
		}{
			"page":                {"page", c.url + "/console/callback", 200},
			"a client without":    {"reader", c.url + "/console/callback", 400},
			"another name":        {"page", c.other + "/console/callback", 400},
			"another path":        {"page", c.url + "/console/callback/", 400},
			"with a query":        {"page", c.url + "/console/callback?x=y", 400},
			"the page's own root": {"page", c.url + "/", 400},
		} {
			query := authorization("client_id", row.client, "redirect_uri", row.uri).Encode()
			if status, _ := c.do(http.MethodGet, "/oauth2/authorize?"+query, ""); status != row.status {
				t.Errorf("%s: status %d, want %d", name, status, row.status)
			}
		}
	})
}

func TestMint(t *testing.T) {
	onConsole(t, http.HandlerFunc(whoami), local.Options{}, func(c *consolePage) {
		for name, row := range map[string]struct {
			order  string
			status int
			line   string
		}{
			"a client's":         {`{"client":"reader","scopes":["notes-api/read"],"use":"access","expires":60}`, 200, ""},
			"a user's":           {`{"client":"page","user":"alice","groups":["admin"],"use":"access","expires":60}`, 200, ""},
			"an ID token":        {`{"client":"page","user":"alice","use":"id","expires":60}`, 200, ""},
			"expired":            {`{"client":"reader","use":"access","expires":-60}`, 401, "token expired"},
			"a wrong audience":   {`{"client":"reader","use":"access","expires":60,"wrong":"audience"}`, 401, "wrong audience"},
			"a wrong issuer":     {`{"client":"reader","use":"access","expires":60,"wrong":"issuer"}`, 401, "wrong issuer"},
			"a wrong signature":  {`{"client":"reader","use":"access","expires":60,"wrong":"signature"}`, 401, "token not verified"},
			"not what is needed": {`{"client":1}`, 400, ""},
			"more than is known": {`{"client":"reader","evil":true}`, 400, ""},
		} {
			status, reply := c.do(http.MethodPost, "/console/mint", row.order)
			var minted struct{ Token string }
			if status == 200 {
				if err := json.Unmarshal([]byte(reply), &minted); err != nil {
					t.Fatal(err)
				}
				status, _ = call(t, c.api+"/x", minted.Token)
			}
			if status != row.status {
				t.Errorf("%s: status %d, want %d", name, status, row.status)
			}
			if row.line != "" {
				_, latest := c.watch(func(latest map[uint64]shown) bool {
					for _, s := range latest {
						if s.Stop != nil && strings.Contains(s.Stop.Why, row.line) {
							return true
						}
					}
					return false
				})
				if len(latest) == 0 {
					t.Errorf("%s: no request is shown", name)
				}
			}
		}
	})
}

// Try asks this gateway and nobody else, whatever the path.
func TestTryGoesNowhereElse(t *testing.T) {
	elsewhere := make(chan string, 100)
	trap := listen(t)
	defer trap.Close()
	go func() {
		for {
			conn, err := trap.Accept()
			if err != nil {
				return
			}
			elsewhere <- conn.RemoteAddr().String()
			conn.Close()
		}
	}()
	redirects := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "http://"+trap.Addr().String()+"/")
		w.WriteHeader(http.StatusFound)
	})
	onConsole(t, redirects, local.Options{Configure: nil}, func(c *consolePage) {
		token, err := c.issuer.Token(map[string]any{"sub": "reader", "client_id": "reader"})
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]int{
			"/x": 200, "//" + trap.Addr().String(): 200, "/@" + trap.Addr().String(): 200, "/../x": 200, "/%0d%0aHost:%20evil": 200,
			"@" + trap.Addr().String(): 400, "http://" + trap.Addr().String(): 400, "": 400, ":1/": 400, "/ x": 400, "/\r\nHost: evil": 400, "/#x": 400,
		} {
			body, err := json.Marshal(map[string]string{"method": "GET", "path": path, "token": token})
			if err != nil {
				t.Fatal(err)
			}
			if status, reply := c.do(http.MethodPost, "/console/try", string(body)); status != want {
				t.Errorf("%q: status %d, want %d: %s", path, status, want, reply)
			}
		}
		for name, body := range map[string]string{
			"a method":       `{"method":"GET /","path":"/","token":""}`,
			"a header":       `{"method":"GET","path":"/","token":"x\r\nEvil: 1"}`,
			"another member": `{"method":"GET","path":"/","url":"http://evil.example"}`,
		} {
			if status, _ := c.do(http.MethodPost, "/console/try", body); status != http.StatusBadRequest {
				t.Errorf("%s: status %d, want 400", name, status)
			}
		}
	})
	select {
	case from := <-elsewhere:
		t.Errorf("somebody else was asked, from %s", from)
	default:
	}
}

// planted are secrets that pass through a request and its answer.
func planted(t *testing.T, c *consolePage) map[string]string {
	t.Helper()
	token, err := c.issuer.Token(map[string]any{"sub": "reader", "client_id": "reader", "email": "ada@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	return map[string]string{
		"token": token, "payload": parts[1], "signature": parts[2], "half": parts[2][:40], "tail": parts[2][len(parts[2])-40:],
		"cookie": "c00kie-value-1", "set": "s3t-cookie-value", "query": "qu3ry-secret", "form": "f0rm-secret",
		"json": "js0n-secret", "key": "k3y-value", "opaque": "0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a", "code": "auth-c0de",
	}
}

// TestConsoleKeepsNoSecret searches the stream's bytes, what is told of each
// request, and the page, for what must be gone before it enters the ring.
func TestConsoleKeepsNoSecret(t *testing.T) {
	var secrets map[string]string
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Set-Cookie", "session="+secrets["set"])
		w.Header().Set("Location", "https://app.example/cb?code="+secrets["code"]+"&ok=1")
		w.Header().Set("X-Session-Token", secrets["opaque"])
		w.Header().Set("X-Debug", "saw "+secrets["token"])
		_, _ = w.Write(body)
	})
	onConsole(t, echo, local.Options{}, func(c *consolePage) {
		secrets = planted(t, c)
		jsonBody := fmt.Sprintf(`{"title":"kept","password":%q,"nested":{"access_token":%q,"api_key":%q},"list":[%q]}`,
			secrets["json"], secrets["token"], secrets["key"], secrets["token"])
		form := url.Values{"client_secret": {secrets["form"]}, "refresh_token": {secrets["opaque"]}, "note": {secrets["token"]}}
		bodies := []string{
			jsonBody, form.Encode(), secrets["token"], "Bearer " + secrets["token"], `{"x":"` + secrets["opaque"] + `"}`,
			strings.Repeat("x", 4096-len(secrets["token"])+30) + " " + secrets["token"] + " more", // cut off within the signature
			strings.Repeat("x ", 2040) + secrets["token"],                                         // within the header
			"line\n" + secrets["token"] + "\nline",
		}
		paths := []string{
			"/x?token=" + secrets["query"], "/x?next=%2Fcb%3Fcode%3D" + secrets["code"], "/x?t=" + secrets["token"],
			"/x/" + secrets["token"], "/x?%74oken=" + secrets["query"], "/x?" + secrets["token"], "/x;" + secrets["opaque"],
		}
		sent := 0
		for i, body := range bodies {
			for j, path := range paths {
				if i > 0 && j > 0 {
					continue
				}
				r, err := http.NewRequest(http.MethodPost, c.api+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Authorization", "Bearer "+secrets["token"])
				r.Header.Set("Cookie", "id="+secrets["cookie"])
				r.Header.Set("X-Api-Key", secrets["key"])
				r.Header.Set("Referer", "https://app.example/?access_token="+secrets["token"])
				response, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if response.StatusCode != 200 {
					t.Fatalf("%s: status %d", path, response.StatusCode)
				}
				sent++
			}
		}
		stream, latest := c.watch(all(sent))
		told := stream
		for id := range latest {
			_, exchange := c.do(http.MethodGet, fmt.Sprint("/console/exchange/", id), "")
			told += exchange
		}
		_, page := c.do(http.MethodGet, "/", "")
		_, about := c.do(http.MethodGet, "/console/about", "")
		told += page + about
		for name, secret := range secrets {
			if i := strings.Index(told, secret); i >= 0 {
				t.Errorf("%s is told: …%s…", name, told[max(0, i-80):min(len(told), i+len(secret)+20)])
			}
		}
		for _, want := range []string{`\"title\":\"kept\"`, "/x", "Bearer (not kept)", "ok=1"} {
			if !strings.Contains(told, want) {
				t.Errorf("%s is not told, although it is no secret", want)
			}
		}
	})
}

// TestConsoleIsBounded: a thousand requests (ten thousand with GATEHOUSE_FULL),
// large and odd bodies among them, while a tab does not read its stream.
func TestConsoleIsBounded(t *testing.T) {
	binary := append([]byte{0xff, 0x00, 0xfe}, bytes.Repeat([]byte{0x80}, 5000)...)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		switch r.URL.Path {
		case "/large":
			_, _ = fmt.Fprint(w, n, strings.Repeat(" large", 1<<19))
		case "/binary":
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(binary)
		case "/invalid":
			_, _ = io.WriteString(w, "\"\xc3\x28 \xff\"")
		}
	})
	requests := 1000
	if os.Getenv("GATEHOUSE_FULL") != "" {
		requests = 10_000
	}
	onConsole(t, h, local.Options{}, func(c *consolePage) {
		token, err := c.issuer.Token(map[string]any{"sub": "reader", "client_id": "reader"})
		if err != nil {
			t.Fatal(err)
		}
		asleep, err := http.DefaultTransport.RoundTrip(c.request(http.MethodGet, "/console/live", ""))
		if err != nil {
			t.Fatal(err)
		}
		defer asleep.Body.Close() // without having read it
		ask := func(path string, body io.Reader) {
			r, err := http.NewRequest(http.MethodPost, c.api+path, body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", "text/plain")
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.StatusCode != 200 {
				t.Fatalf("%s: status %d", path, response.StatusCode)
			}
		}
		for range requests {
			ask("/small", nil)
		}
		ask("/large", bytes.NewReader(bytes.Repeat([]byte("5 MB "), 1<<20)))
		ask("/binary", bytes.NewReader(binary))
		ask("/invalid", strings.NewReader("\xff\xfe"))
		var last uint64
		stream, latest := c.watch(func(latest map[uint64]shown) bool {
			for id := range latest {
				last = max(last, id)
			}
			return last >= uint64(requests+3) && all(200)(latest)
		})
		if len(latest) != 200 || len(stream) > 1<<20 {
			t.Errorf("%d requests in %d bytes are told, want 200 in less than 1 MB", len(latest), len(stream))
		}
		for back, want := range []string{"not text", "not text", "the beginning"} {
			_, exchange := c.do(http.MethodGet, fmt.Sprint("/console/exchange/", last-uint64(back)), "")
			if !strings.Contains(exchange, want) || len(exchange) > 32<<10 {
				t.Errorf("request %d: %d bytes are told, want %q in them: %.300s", last-uint64(back), len(exchange), want, exchange)
			}
		}
		if status, _ := c.do(http.MethodGet, "/console/exchange/1", ""); status != http.StatusNotFound {
			t.Errorf("the first request: status %d, want 404", status)
		}
		if status, _ := c.do(http.MethodPost, "/console/clear", "{}"); status != http.StatusNoContent {
			t.Errorf("clear: status %d", status)
		}
		if status, _ := c.do(http.MethodGet, fmt.Sprint("/console/exchange/", last), ""); status != http.StatusNotFound {
			t.Errorf("after clear: status %d, want 404", status)
		}
	})
}
