package cors_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/google/go-cmp/cmp"
)

var full = cors.Config{
	AllowOrigins:     []string{page},
	ExposeHeaders:    []string{"ETag"},
	AllowCredentials: true,
}

// wantFull is what full puts on an answer to the page.
var wantFull = http.Header{
	"Access-Control-Allow-Origin":      {page},
	"Access-Control-Allow-Credentials": {"true"},
	"Access-Control-Expose-Headers":    {"ETag"},
	"Vary":                             {"Origin"},
}

// protocol is the part of h that this package is about.
func protocol(h http.Header) http.Header {
	part := make(http.Header)
	for name, values := range h {
		if strings.HasPrefix(name, "Access-Control-") || name == "Vary" {
			part[name] = values
		}
	}
	return part
}

// TestHeadersSurvive sends each answer through a real server, which counts what
// is sent and not what is left in a map.
func TestHeadersSurvive(t *testing.T) {
	upstream := httptest.NewServer(handlers["adds its own"])
	defer upstream.Close()
	target, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	slow := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })

	for name, next := range map[string]http.Handler{
		"nothing written":     handlers["silent"],
		"WriteHeader":         noContent,
		"http.Error":          handlers["401"],
		"http.TimeoutHandler": http.TimeoutHandler(slow, time.Millisecond, "too slow"),
		"http.TimeoutHandler in time": http.TimeoutHandler(handlers["adds its own"],
			time.Minute, "too slow"),
		"httputil.ReverseProxy": httputil.NewSingleHostReverseProxy(target),
		"Write": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte("a"))
		}),
		"WriteString": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "a")
		}),
		"io.Copy": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.Copy(w, io.LimitReader(strings.NewReader("abc"), 2))
		}),
		"Flusher": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
		}),
		"ResponseController": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if err := http.NewResponseController(w).Flush(); err != nil {
				panic(err)
			}
		}),
		"early hints": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			clear(w.Header())
		}),
		"overwritten": handlers["adds its own"],
		"deleted before": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			clear(w.Header())
			w.WriteHeader(http.StatusTeapot)
		}),
		"deleted after": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			clear(w.Header())
		}),
		"request changed": http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			r.Header["Origin"][0] = evil
			r.Header.Set("Origin", evil)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(cors.MustNew(full).Wrap(next))
			defer server.Close()
			r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Origin", page)
			answer, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if diff := cmp.Diff(wantFull, protocol(answer.Header)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestHeadersSurvivePanic(t *testing.T) {
	boom := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		panic("boom")
	})
	w := httptest.NewRecorder()
	func() {
		defer func() {
			if recover() != "boom" {
				t.Error("the panic did not pass")
			}
			w.WriteHeader(http.StatusInternalServerError)
		}()
		cors.MustNew(full).Wrap(boom).ServeHTTP(w, request("GET", "Origin", page))
	}()
	if diff := cmp.Diff(wantFull, protocol(w.Result().Header)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestResponseController sees that what we do not implement is reached.
func TestResponseController(t *testing.T) {
	result := make(chan error, 1)
	server := httptest.NewServer(cors.MustNew(full).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c := http.NewResponseController(w)
		result <- errors.Join(c.EnableFullDuplex(), c.SetReadDeadline(time.Now().Add(time.Hour)),
			c.SetWriteDeadline(time.Now().Add(time.Hour)))
	})))
	defer server.Close()
	answer, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if err := <-result; err != nil {
		t.Error(err)
	}
}

func TestFlushErrorOfTheWriter(t *testing.T) {
	var err error
	cors.MustNew(full).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		err = http.NewResponseController(w).Flush()
	})).ServeHTTP(&blank{header: make(http.Header)}, request("GET"))
	if !errors.Is(err, http.ErrNotSupported) {
		t.Errorf("%v, want http.ErrNotSupported", err)
	}
}

// TestNothingIsShared writes into every slice that an answer holds, and looks at
// what the next answer says.
func TestNothingIsShared(t *testing.T) {
	config := full
	config.AllowHeaders, config.MaxAge = []string{"Authorization"}, 600
	for _, config := range []cors.Config{config, {AllowOrigins: []string{"*"}, ExposeHeaders: []string{"*"}},
		{AllowOrigins: []string{page}, AllowCredentials: true, AllowHeaders: []string{"*"}, AllowMethods: []string{"*"}}} {
		policy := cors.MustNew(config)
		for _, r := range []*http.Request{request("GET", "Origin", page), request("GET"), asks("PUT", "a,b"),
			request("OPTIONS", "Origin", page, "Access-Control-Request-Method", "PUT",
				"Access-Control-Request-Headers", "a", "Access-Control-Request-Headers", "b")} {
			before := r.Header.Clone()
			first := exchange(policy.Wrap(noContent), r)
			want := first.Clone()
			for _, values := range first {
				for i := range values {
					values[i] = "spoiled"
				}
				_ = append(values, "spoiled")
			}
			if diff := cmp.Diff(want, exchange(policy.Wrap(noContent), r)); diff != "" {
				t.Errorf("%s, next answer: -want +got:\n%s", r.Method, diff)
			}
			if diff := cmp.Diff(before, r.Header); diff != "" {
				t.Errorf("%s, request: -before +after:\n%s", r.Method, diff)
			}
		}
	}
}

// exchange returns the live Header, as a handler further out would see it.
func exchange(h http.Handler, r *http.Request) http.Header {
	w := &blank{header: make(http.Header)}
	h.ServeHTTP(w, r)
	return w.header
}

func TestWrapNil(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	cors.MustNew(full).Wrap(nil)
}

func TestZeroMiddleware(t *testing.T) {
	var zero cors.Middleware
	got := exchange(zero.Wrap(noContent), request("GET", "Origin", page))
	if diff := cmp.Diff(http.Header{"Vary": {"Origin"}}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestConcurrentUse(t *testing.T) {
	config := full
	config.Report = func(string, string) {}
	h := cors.MustNew(config).Wrap(noContent)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			exchange(h, asks("PUT", "a"))
			exchange(h, request("GET", "Origin", evil))
			if diff := cmp.Diff(wantFull, exchange(h, request("GET", "Origin", page))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	wg.Wait()
}
