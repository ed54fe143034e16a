package authz_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// named answers with the name of the handler, so that a test sees which ran.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Handler", name)
		w.Header().Set("X-Id", r.PathValue("id"))
	})
}

// site is a Mux with the routes that odd requests aim at. Its only known caller
// is a user, who is no admin.
func site(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.Handle("GET /public/{rest...}", authz.Public(), named("public"))
	mux.Handle("GET /admin", authz.Scope("admin"), named("admin"))
	mux.Handle("/admin/tree/", authz.Scope("admin"), named("tree"))
	mux.Handle("GET /notes/{id}", authz.Scope("read"), named("note"))
	mux.Handle("POST /notes", authz.Scope("read"), named("create"))
	mux.Handle("GET host.example/only", authz.Scope("admin"), named("host"))
	mux.Handle("GET /only", authz.Scope("read"), named("anyhost"))
	mux.Handle("CONNECT /tunnel", authz.Scope("admin"), named("tunnel"))
	return mux
}

func TestWhoReachesWhichHandler(t *testing.T) {
	tests := []struct {
		name    string
		method  string
		target  string
		nobody  int
		user    int
		admin   int
		handler string // the one that runs for the admin
	}{
		{"the public file", "GET", "/public/a", 200, 200, 200, "public"},
		{"the admin page", "GET", "/admin", 401, 403, 200, "admin"},
		{"its headers", "HEAD", "/admin", 401, 403, 200, "admin"},
		{"its options", "OPTIONS", "/admin", 401, 405, 405, ""},
		{"another method", "DELETE", "/admin", 401, 405, 405, ""},
		{"a lower-case method", "get", "/admin", 401, 405, 405, ""},
		{"a method nobody knows", "FOO", "/admin", 401, 405, 405, ""},
		{"an escaped letter", "GET", "/%61dmin", 401, 403, 200, "admin"},
		{"all letters escaped", "GET", "/%61%64%6d%69%6e", 401, 403, 200, "admin"},
		{"doubly escaped", "GET", "/%2561dmin", 401, 404, 404, ""},
		{"two slashes", "GET", "//admin", 401, 307, 307, ""},
		{"many slashes", "GET", "///admin", 401, 307, 307, ""},
		{"a way out of the public files", "GET", "/public/../admin", 401, 307, 307, ""},
		{"an escaped way out", "GET", "/public/..%2fadmin", 200, 200, 200, "public"},
		{"escaped dots", "GET", "/public/%2e%2e/admin", 200, 200, 200, "public"},
		{"a dot", "GET", "/./admin", 401, 307, 307, ""},
		{"a trailing slash", "GET", "/admin/", 401, 404, 404, ""},
		{"capitals", "GET", "/ADMIN", 401, 404, 404, ""},
		{"a NUL at the end", "GET", "/admin%00", 401, 404, 404, ""},
		{"a path parameter", "GET", "/admin;x", 401, 404, 404, ""},
		{"an escaped slash inside", "GET", "/admin%2ftree/x", 401, 404, 404, ""},
		{"a tree without its slash", "GET", "/admin/tree", 401, 307, 307, ""},
		{"the tree", "PUT", "/admin/tree/x/y", 401, 403, 200, "tree"},
		{"a note", "GET", "/notes/1", 401, 200, 200, "note"},
		{"a note whose id is escaped", "GET", "/notes/%2e%2e", 401, 200, 200, "note"},
		{"a route of a host", "GET", "http://host.example/only", 401, 403, 200, "host"},
		{"a route of a host and port", "GET", "http://host.example:8080/only", 401, 403, 200, "host"},
		{"the same path on another host", "GET", "http://other.example/only", 401, 200, 200, "anyhost"},
		{"the root", "GET", "/", 401, 404, 404, ""},
		{"nothing", "GET", "/nowhere", 401, 404, 404, ""},
	}
	callers := map[string]authz.Identifier{
		"nobody": always(nil),
		"user":   always(caller(t, "read")),
		"admin":  always(caller(t, "read admin")),
	}
	for who, identify := range callers {
		for _, test := range tests {
			t.Run(who+" asks for "+test.name, func(t *testing.T) {
				want := map[string]int{"nobody": test.nobody, "user": test.user, "admin": test.admin}[who]
				res := serve(site(identify), request(test.method, test.target))
				if res.StatusCode != want {
					t.Errorf("status %d, want %d", res.StatusCode, want)
				}
				handler := ""
				if want == 200 {
					handler = test.handler
				}
				if got := res.Header.Get("X-Handler"); got != handler {
					t.Errorf("handler %q ran, want %q", got, handler)
				}
				if want >= 300 && res.Header.Get("Cache-Control") != "no-store" {
					t.Error("the answer may be stored and shown to others")
				}
			})
		}
	}
}

// Requests that no client can put into a request line, but other middleware or
// a raw event can.
func TestRequestsOutOfShape(t *testing.T) {
	tests := []struct {
		name   string
		change func(*http.Request)
		want   int
	}{
		{"an asterisk", func(r *http.Request) { r.Method, r.RequestURI, r.URL = "OPTIONS", "*", &url.URL{Path: "*"} }, 400},
		{"an asterisk that hides a path", func(r *http.Request) { r.RequestURI, r.URL = "*", &url.URL{Path: "/admin"} }, 400},
		{"no path", func(r *http.Request) { r.URL = &url.URL{} }, 307},
		{"a path without slash", func(r *http.Request) { r.URL = &url.URL{Path: "admin"} }, 307},
		{"no method", func(r *http.Request) { r.Method, r.URL.Path = "", "/admin" }, 405},
		{"a path that disagrees with its escaped form", func(r *http.Request) { r.URL = &url.URL{Path: "/admin", RawPath: "/public/x"} }, 403},
		{"CONNECT", func(r *http.Request) { r.Method, r.URL = "CONNECT", &url.URL{Path: "/tunnel"} }, 403},
		{"CONNECT with dots, never cleaned", func(r *http.Request) { r.Method, r.URL = "CONNECT", &url.URL{Path: "/public/../tunnel"} }, 405},
		{"CONNECT to an authority", func(r *http.Request) { r.Method, r.URL = "CONNECT", &url.URL{Host: "host.example:443"} }, 404},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for who, want := range map[string]int{"nobody": 401, "user": test.want} {
				id := always(nil)
				if who == "user" {
					id = always(caller(t, "read"))
				}
				r := request("GET", "/")
				test.change(r)
				res := serve(site(id), r)
				if res.StatusCode != want || res.Header.Get("X-Handler") != "" {
					t.Errorf("%s: status %d from handler %q, want %d from none", who, res.StatusCode, res.Header.Get("X-Handler"), want)
				}
			}
		})
	}
}

func TestKnownCallersGetServeMuxsAnswer(t *testing.T) {
	mux := site(always(caller(t, "read")))
	res := serve(mux, request("DELETE", "/notes"))
	if got := res.Header.Get("Allow"); res.StatusCode != 405 || got != "POST" {
		t.Errorf("status %d, Allow %q; want 405 and POST", res.StatusCode, got)
	}
	res = serve(mux, request("GET", "//admin?x=1"))
	if got := res.Header.Get("Location"); got != "/admin?x=1" {
		t.Errorf("Location %q, want /admin?x=1", got)
	}
}

func TestPathValueReachesTheHandler(t *testing.T) {
	res := serve(site(always(caller(t, "read"))), request("GET", "/notes/a%2Fb"))
	if got := res.Header.Get("X-Id"); got != "a/b" {
		t.Errorf("PathValue = %q, want a/b", got)
	}
}

// Whatever happens to the request while it is decided, the handler that runs is
// the one whose requirement was checked.
func TestARequestChangedWhileItIsDecided(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"its path":   func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/admin", "" },
		"its URL":    func(r *http.Request) { r.URL = &url.URL{Path: "/admin"} },
		"its method": func(r *http.Request) { r.Method = "POST" },
		"everything": func(r *http.Request) { *r = *httptest.NewRequest("GET", "/admin", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/notes/1", "/nowhere", "*"} {
				r := request("GET", "/notes/1")
				r.URL.Path, r.RequestURI = path, path
				user, asked := caller(t, "read"), 0
				res := serve(site(by(func(r *http.Request) (*claims.Identity, error) {
					change(r)
					asked++
					return user, nil
				})), r)
				if got := res.Header.Get("X-Handler"); got != "note" && got != "" || asked != 1 {
					t.Errorf("%s: handler %q ran after %d decisions", path, got, asked)
				}
			}
		})
	}
}

func TestStrippedPrefixIsRoutedAsItIsSeen(t *testing.T) {
	h := http.StripPrefix("/api", site(always(caller(t, "read"))))
	for target, want := range map[string]int{"/api/notes/1": 200, "/api/admin": 403, "/api//admin": 307, "/apiadmin": 307} {
		if res := serve(h, request("GET", target)); res.StatusCode != want {
			t.Errorf("%s: status %d, want %d", target, res.StatusCode, want)
		}
	}
}

// The same over a socket: net/http itself drops the body of answers to HEAD,
// answers `OPTIONS *`, and reads absolute-form targets.
func TestOverTheWire(t *testing.T) {
	server := httptest.NewServer(site(always(nil)))
	defer server.Close()
	for _, target := range []string{"/admin", "//admin", "/public/../admin", "/%61dmin", server.URL + "/admin"} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "get", "TRACE"} {
			status, body := exchange(t, server, method+" "+target+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			if status != "HTTP/1.1 401 Unauthorized" || method == "HEAD" && body != "" {
				t.Errorf("%s %s: %s %q", method, target, status, body)
			}
		}
	}
}

// exchange sends raw bytes and returns the status line and the body.
func exchange(t *testing.T, server *httptest.Server, message string) (status, body string) {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, message)
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := bytes.Cut(answer, []byte("\r\n\r\n"))
	status, _, _ = strings.Cut(string(head), "\r\n")
	return status, string(rest)
}

func TestZeroGuardRefusesStrangers(t *testing.T) {
	mux := authz.NewMux(nil)
	mux.Handle("GET /", authz.Authenticated(), named("x"))
	if res := serve(mux, request("GET", "/")); res.StatusCode != 401 {
		t.Errorf("status %d, want 401", res.StatusCode)
	}
	r := request("GET", "/")
	r = r.WithContext(claims.NewContext(r.Context(), caller(t, "")))
	if res := serve(mux, r); res.StatusCode != 200 {
		t.Errorf("status %d, want 200", res.StatusCode)
	}
}

// A route that is registered while the first requests are served is there for
// all of them, or refused at its registration: never open, never half there.
func TestHandleAgainstTheFirstRequests(t *testing.T) {
	for range 20 {
		mux := authz.NewMux(&authz.Guard{Identifier: always(nil)})
		mux.Handle("GET /a/{rest...}", authz.Authenticated(), named("all"))
		var wg sync.WaitGroup
		wg.Go(func() {
			_ = panics(func() { mux.Handle("GET /a/b/", authz.Authenticated(), named("late")) })
		})
		for range 4 {
			wg.Go(func() {
				if res := serve(mux, request("GET", "/a/b")); res.StatusCode != 401 {
					t.Errorf("status %d, want 401", res.StatusCode)
				}
				_ = mux.Policy()
			})
		}
		wg.Wait()
	}
}
