package authz_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// An enclosure is a Guard around a handler, with what it was told.
type enclosure struct {
	guard     *authz.Guard
	decisions []authz.Decision
}

func newEnclosure(id *claims.Identity) *enclosure {
	e := &enclosure{}
	e.guard = &authz.Guard{Identifier: always(id), OnDecision: func(_ *http.Request, d authz.Decision) { e.decisions = append(e.decisions, d) }}
	return e
}

// leaky sets what must not get out.
func leaky(w http.ResponseWriter) {
	w.Header().Set("Set-Cookie", "session=secret")
	w.Header().Set("X-Secret", "secret")
	w.Header().Set("Content-Type", "text/secret")
	w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
	w.Header().Add("Vary", "Origin")
}

// wrapping is a writer such as logging middleware has.
type wrapping struct {
	http.ResponseWriter
	status int
}

func (w *wrapping) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *wrapping) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Whatever a handler does without a grant for itself, no part of its answer
// leaves.
func TestEncloseHidesWhatNobodyGranted(t *testing.T) {
	never := authz.Scope("never")
	other := &authz.Guard{Identifier: always(caller(t, "a"))}
	write := func(w http.ResponseWriter) { leaky(w); io.WriteString(w, "secret") }
	tests := []struct {
		name   string
		status int // for a known caller; 0: 500, as for nobody
		h      func(g *authz.Guard, w http.ResponseWriter, r *http.Request)
	}{
		{"nothing decided", 0, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) { write(w) }},
		{"nothing done", 0, func(*authz.Guard, http.ResponseWriter, *http.Request) {}},
		{"a status alone", 0, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) { leaky(w); w.WriteHeader(204) }},
		{"a 500 of its own", 0, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) { leaky(w); w.WriteHeader(500) }},
		{"a refusal that is ignored", 403, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			g.Allow(w, r, never)
			write(w)
		}},
		{"a refusal after headers", 403, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			leaky(w)
			g.Allow(w, r, never)
			write(w)
		}},
		{"a refusal after the first byte", 403, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			write(w)
			g.Allow(w, r, never)
			write(w)
		}},
		{"a refusal, then a grant", 403, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			g.Allow(w, r, never)
			g.Allow(w, r, authz.Public())
			write(w)
		}},
		{"a grant, then a refusal", 403, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			g.Allow(w, r, authz.Public())
			leaky(w)
			g.Allow(w, r, never)
			write(w)
		}},
		{"a refusal behind middleware", 403, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			between := &wrapping{ResponseWriter: w}
			g.Allow(between, r, never)
			if between.status != 401 && between.status != 403 {
				t.Errorf("middleware in between sees status %d", between.status)
			}
			write(between)
		}},
		{"a side Check", 0, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			if _, err := g.Check(r, authz.Public()); err != nil {
				t.Error(err)
			}
			write(w)
		}},
		{"a second Guard", 0, func(_ *authz.Guard, w http.ResponseWriter, r *http.Request) {
			other.Allow(w, r, authz.Authenticated())
			write(w)
		}},
		{"a second Guard's Enclose inside", 0, func(_ *authz.Guard, w http.ResponseWriter, r *http.Request) {
			other.Enclose(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				other.Allow(w, r, authz.Authenticated())
				write(w)
			})).ServeHTTP(w, r)
		}},
		{"a sub-request", 0, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			g.Allow(httptest.NewRecorder(), r, authz.Public())
			write(w)
		}},
		{"a sub-request's Enclose", 0, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			g.Enclose(g.Require(authz.Public())(named("part"))).ServeHTTP(rec, r.Clone(r.Context()))
			if rec.Code != 200 {
				t.Errorf("sub-request: status %d", rec.Code)
			}
			write(w)
		}},
		{"a decision after the first byte", 0, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			write(w)
			g.Allow(w, r, authz.Public())
			write(w)
		}},
		{"a decision after Flush", 0, func(g *authz.Guard, w http.ResponseWriter, r *http.Request) {
			leaky(w)
			w.(http.Flusher).Flush()
			g.Allow(w, r, authz.Public())
			write(w)
		}},
		{"103 Early Hints", 0, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) {
			leaky(w)
			w.Header().Set("Link", "</secret.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			write(w)
		}},
		{"Flush", 0, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) {
			write(w)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		}},
		{"Hijack", 0, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) {
			if _, _, err := http.NewResponseController(w).Hijack(); !errors.Is(err, http.ErrNotSupported) {
				t.Errorf("Hijack: %v", err)
			}
			if _, _, err := w.(http.Hijacker).Hijack(); !errors.Is(err, http.ErrNotSupported) {
				t.Errorf("Hijack: %v", err)
			}
		}},
		{"Unwrap", 0, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) {
			if u := w.(interface{ Unwrap() http.ResponseWriter }).Unwrap(); u != nil {
				write(u)
			}
		}},
		{"ReadFrom", 0, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) {
			leaky(w)
			if n, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("secret")); n != 6 || err != nil {
				t.Errorf("ReadFrom: %d, %v", n, err)
			}
		}},
		{"WriteString", 0, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) {
			leaky(w)
			w.(io.StringWriter).WriteString("secret")
		}},
		{"trailers", 0, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Secret")
			w.Header().Set(http.TrailerPrefix+"X-Other", "secret")
			write(w)
		}},
		{"a 404", 404, func(_ *authz.Guard, w http.ResponseWriter, r *http.Request) { leaky(w); http.NotFound(w, r) }},
		{"a 405", 405, func(_ *authz.Guard, w http.ResponseWriter, _ *http.Request) {
			leaky(w)
			w.Header().Set("Allow", "GET")
			w.WriteHeader(405)
		}},
		{"a redirect", 301, func(_ *authz.Guard, w http.ResponseWriter, r *http.Request) {
			leaky(w)
			http.Redirect(w, r, "/elsewhere", http.StatusMovedPermanently)
		}},
	}
	for _, test := range tests {
		for _, method := range []string{"GET", "HEAD"} {
			for _, known := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, known %t", test.name, method, known), func(t *testing.T) {
					want := test.status
					var id *claims.Identity
					if known {
						id = caller(t, "a")
					}
					switch {
					case want == 0:
						want = 500
					case !known:
						want = 401
					}
					e := newEnclosure(id)
					server := httptest.NewServer(e.guard.Enclose(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { test.h(e.guard, w, r) })))
					defer server.Close()
					res, hints, body := send(t, method, server.URL)
					if res.StatusCode != want || hints != 0 {
						t.Errorf("status %d after %d informational answers, want %d after none", res.StatusCode, hints, want)
					}
					if text := fmt.Sprint(res.Header, res.Trailer, body); strings.Contains(text, "secret") {
						t.Errorf("answer holds what must not leave: %s", text)
					}
					if res.Header.Get("Location") != "" && want != 301 || res.Header.Get("Allow") != "" && want != 405 || want == 301 && res.Header.Get("Location") != "/elsewhere" {
						t.Errorf("header %v", res.Header)
					}
					if len(e.decisions) == 0 || want != 301 && want < 404 && e.decisions[len(e.decisions)-1].Result == authz.Granted && test.name != "a refusal, then a grant" {
						t.Errorf("decisions %+v", e.decisions)
					}
				})
			}
		}
	}
}

// send returns an answer, how many informational ones came before it, and its
// body.
func send(t *testing.T, method, url string) (*http.Response, int, string) {
	t.Helper()
	hints := 0
	trace := &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error { hints++; return nil }}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultTransport.RoundTrip(r) // follows no redirect
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, hints, string(body)
}

// A granted handler answers as if nothing stood around it.
func TestEncloseIsTransparentOnceGranted(t *testing.T) {
	handlers := map[string]http.HandlerFunc{
		"a body": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-One", "1")
			io.WriteString(w, "hello")
		},
		"nothing": func(http.ResponseWriter, *http.Request) {},
		"headers without a body": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-One", "1")
			w.Header().Del("X-Outer")
		},
		"a status": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-One", "1")
			w.WriteHeader(http.StatusTeapot)
			w.Header().Set("X-Late", "1")
		},
		"a 404": http.NotFound,
		"early hints": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</a.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Del("Link")
			io.WriteString(w, "hello")
		},
		"trailers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			io.WriteString(w, "hello")
			w.Header().Set("X-Sum", "5")
			w.Header().Set(http.TrailerPrefix+"X-More", "6")
		},
		"flushes": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-One", "1")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			w.(http.Flusher).Flush()
			io.WriteString(w, "hello")
		},
		"a file": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-One", "1")
			if _, err := io.Copy(w, io.LimitReader(strings.NewReader(strings.Repeat("x", 100_000)), 90_000)); err != nil {
				t.Error(err)
			}
		},
		"a deadline": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-One", "1")
			deadline, _ := r.Context().Deadline()
			if err := http.NewResponseController(w).SetWriteDeadline(deadline); err != nil {
				t.Error(err)
			}
			io.WriteString(w, "hello")
		},
		"a hijacked connection": func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			body := "ok"
			if r.Method == http.MethodHead {
				body = ""
			}
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: 1\r\n\r\n"+body)
		},
	}
	for name, h := range handlers {
		e := newEnclosure(caller(t, "a"))
		allowed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			between := &wrapping{ResponseWriter: w} // as middleware has
			if r, ok := e.guard.Allow(between, r, authz.Scope("a")); ok {
				h(w, r)
			}
		})
		inside := map[string]http.Handler{
			"Require":         e.guard.Require(authz.Scope("a"))(h),
			"Allow":           allowed,
			"a Mux":           muxOf(e.guard, h),
			"a replaced ctx":  withoutContext(e.guard.Require(authz.Scope("a"))(h)),
			"another Enclose": e.guard.Enclose(e.guard.Require(authz.Scope("a"))(h)),
			"a goroutine":     elsewhere(e.guard, h),
		}
		for where, in := range inside {
			for _, method := range []string{"GET", "HEAD"} {
				t.Run(name+", "+where+", "+method, func(t *testing.T) {
					outer := func(h http.Handler) http.Handler {
						return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
							w.Header().Set("X-Outer", "1")
							w.Header()["Date"] = nil
							h.ServeHTTP(w, r)
						})
					}
					plain, enclosing := httptest.NewServer(outer(h)), httptest.NewServer(outer(e.guard.Enclose(in)))
					defer plain.Close()
					defer enclosing.Close()
					want, wantHints, wantBody := send(t, method, plain.URL)
					got, hints, body := send(t, method, enclosing.URL)
					if got.StatusCode != want.StatusCode || hints != wantHints || body != wantBody {
						t.Errorf("status %d, %d hints, %d bytes; want %d, %d, %d", got.StatusCode, hints, len(body), want.StatusCode, wantHints, len(wantBody))
					}
					if diff := cmp.Diff(want.Header, got.Header); diff != "" {
						t.Errorf("header (-plain +enclosed):\n%s", diff)
					}
					if diff := cmp.Diff(want.Trailer, got.Trailer); diff != "" {
						t.Errorf("trailer (-plain +enclosed):\n%s", diff)
					}
				})
			}
		}
	}
}

func muxOf(g *authz.Guard, h http.Handler) http.Handler {
	mux := authz.NewMux(g)
	mux.Handle("/", authz.Scope("a"), h)
	return mux
}

// withoutContext drops whatever the request's context holds, as careless
// middleware does.
func withoutContext(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(context.Background()))
	})
}

// elsewhere decides in another goroutine, and waits for it.
func elsewhere(g *authz.Guard, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		decided := make(chan *http.Request)
		go func() {
			r, _ := g.Allow(w, r, authz.Scope("a"))
			decided <- r
		}()
		if r := <-decided; r != nil {
			h.ServeHTTP(w, r)
		}
	})
}
