package jwtverify_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

// An endpoint serves a key set, until a test makes it do something else.
type endpoint struct {
	*httptest.Server
	fetches atomic.Int64
	handler atomic.Pointer[http.HandlerFunc]
}

func newEndpoint(t *testing.T, signers ...*signer) *endpoint {
	e := new(endpoint)
	e.publish(t, signers...)
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.fetches.Add(1)
		(*e.handler.Load())(w, r)
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) answer(h http.HandlerFunc) { e.handler.Store(&h) }

func (e *endpoint) publish(t *testing.T, signers ...*signer) {
	var jwks []map[string]any
	for _, s := range signers {
		jwks = append(jwks, s.jwk())
	}
	e.body(string(keySet(t, jwks...)))
}

func (e *endpoint) body(text string) {
	e.answer(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) })
}

func (e *endpoint) fail(status int) {
	e.answer(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", status) })
}

// wantFetches fails unless the endpoint was asked n times so far.
func (e *endpoint) wantFetches(t *testing.T, n int64) {
	t.Helper()
	if got := e.fetches.Load(); got != n {
		t.Errorf("%d fetches, want %d", got, n)
	}
}

// A clock stands still until it is set. It starts at a full second, as dates in
// tokens do.
type clock struct{ nanoseconds atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.nanoseconds.Store(time.Now().Truncate(time.Second).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.nanoseconds.Load()) }
func (c *clock) advance(d time.Duration) { c.nanoseconds.Add(int64(d)) }

// remote is a Verifier that fetches keys from an endpoint, by a clock of its own.
type remote struct {
	*jwtverify.Verifier
	*endpoint
	*clock
}

func newRemote(t *testing.T, change func(*jwtverify.Config), signers ...*signer) *remote {
	t.Helper()
	r := &remote{endpoint: newEndpoint(t, signers...), clock: newClock()}
	i := issuerOf(t, signers...)
	i.JWKS, i.JWKSURL = nil, r.URL
	c := configOf(i)
	if change != nil {
		change(&c)
	}
	var err error
	if r.Verifier, err = jwtverify.NewAt(c, r.now); err != nil {
		t.Fatal(err)
	}
	return r
}

// claims are accepted at the clock's time of day.
func (r *remote) claims() map[string]any {
	now := r.now().Unix()
	return with(goodClaims(), map[string]any{"iat": now, "exp": now + 3600})
}

// status is 200 for a fresh token of s, else the status of its refusal.
func (r *remote) status(t *testing.T, s *signer) int {
	t.Helper()
	id, err := identify(r.Verifier, s.token(t, r.claims()))
	if id != nil {
		return 200
	}
	status, _ := answer(t, err)
	return status
}

func (r *remote) wantStatus(t *testing.T, s *signer, want int) {
	t.Helper()
	if got := r.status(t, s); got != want {
		t.Errorf("status %d, want %d", got, want)
	}
}

// hang makes the endpoint wait until the test ends; arrived is closed when the
// first request for keys is there.
func (e *endpoint) hang(t *testing.T) (arrived chan struct{}) {
	arrived = make(chan struct{})
	release := make(chan struct{})
	t.Cleanup(func() { close(release) }) // before the server is closed
	var once sync.Once
	e.answer(func(http.ResponseWriter, *http.Request) {
		once.Do(func() { close(arrived) })
		<-release
	})
	return arrived
}
