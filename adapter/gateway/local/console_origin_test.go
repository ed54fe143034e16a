package local_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

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

// An issuer that is served elsewhere has no console here.
func TestNoConsoleWithoutTheIssuersListener(t *testing.T) {
	issuer, _ := sharedIssuer()
	output := serve(t, http.HandlerFunc(whoami), &local.Options{Issuers: []*local.Issuer{issuer}}, func(string) {})
	if strings.Contains(output, "open http") {
		t.Errorf("printed:\n%s", output)
	}
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
