package jwtverify_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

func TestKeysAreFetchedOnce(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	r.wantFetches(t, 0)
	for range 3 {
		r.wantStatus(t, s, 200)
	}
	r.advance(time.Hour - time.Second)
	r.wantStatus(t, s, 200)
	r.wantFetches(t, 1)
	r.advance(time.Second)
	r.wantStatus(t, s, 200)
	r.wantFetches(t, 2)
}

// A fetch may take hours, if the environment is frozen in its midst.
func TestKeysAreAsOldAsTheirFetch(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	keys := *r.handler.Load()
	r.answer(func(w http.ResponseWriter, req *http.Request) {
		r.advance(30 * time.Minute)
		keys(w, req)
	})
	r.wantStatus(t, s, 200)
	r.answer(keys)
	r.advance(30*time.Minute - 1)
	r.wantStatus(t, s, 200)
	r.wantFetches(t, 1)
	r.advance(1)
	r.wantStatus(t, s, 200)
	r.wantFetches(t, 2)
}

func TestColdAndUnavailable(t *testing.T) {
	s := rsaSigner(t, "k")
	for name, fail := range map[string]func(*endpoint){
		"500 page": func(e *endpoint) { e.fail(500) },
		"500 with keys": func(e *endpoint) {
			keys := *e.handler.Load()
			e.answer(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(500)
				keys(w, r)
			})
		},
		"404 page":        func(e *endpoint) { e.fail(404) },
		"204":             func(e *endpoint) { e.answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }) },
		"HTML":            func(e *endpoint) { e.body("<html>") },
		"empty set":       func(e *endpoint) { e.body(`{"keys":[]}`) },
		"no keys":         func(e *endpoint) { e.body(`{}`) },
		"keys of a type":  func(e *endpoint) { e.body(`{"keys":"x"}`) },
		"array":           func(e *endpoint) { e.body(`[]`) },
		"connection lost": func(e *endpoint) { e.answer(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRemote(t, nil, s)
			fail(r.endpoint)
			_, err := identify(r.Verifier, s.token(t, r.claims()))
			var refusal *authz.Error
			if !errors.As(err, &refusal) || refusal.Status != 503 || !errors.Is(err, jwtverify.ErrKeysUnavailable) {
				t.Fatalf("error %v, want 503", err)
			}
			if refusal.RetryAfter != 10*time.Second || refusal.Code != "temporarily_unavailable" {
				t.Errorf("RetryAfter %v, code %q", refusal.RetryAfter, refusal.Code)
			}
			r.publish(t, s)
			r.advance(10*time.Second - 1)
			_, err = identify(r.Verifier, s.token(t, r.claims()))
			if !errors.As(err, &refusal) || refusal.Status != 503 || refusal.RetryAfter != time.Second {
				t.Errorf("error %+v, want 503 and a RetryAfter of one second", err)
			}
			r.wantFetches(t, 1)
			r.advance(1)
			r.wantStatus(t, s, 200)
			r.wantFetches(t, 2)
		})
	}
}

func TestWarmKeysServeUntilTheHardAge(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	r.wantStatus(t, s, 200)
	r.body(`{"keys":[]}`)
	for range 23 {
		r.advance(time.Hour)
		r.wantStatus(t, s, 200)
	}
	r.fail(500)
	r.advance(time.Hour - 1)
	r.wantStatus(t, s, 200)
	fetches := r.fetches.Load()
	r.wantStatus(t, s, 200) // without another fetch
	r.wantFetches(t, fetches)
	r.advance(1)
	r.wantStatus(t, s, 503)
	r.publish(t, s)
	r.advance(10 * time.Second)
	r.wantStatus(t, s, 200)
}

func TestRotation(t *testing.T) {
	first, second := rsaSigner(t, "1"), newSigner(t, "2", "RS256")
	r := newRemote(t, nil, first)
	r.wantStatus(t, first, 200)
	r.wantStatus(t, second, 401)
	r.wantFetches(t, 1) // less than ten seconds after the other

	r.publish(t, first, second)
	r.advance(10 * time.Second)
	r.wantStatus(t, second, 200)
	r.wantStatus(t, first, 200)
	r.wantFetches(t, 2)

	r.publish(t, second)
	r.advance(time.Hour)
	r.wantStatus(t, second, 200)
	r.wantStatus(t, first, 401)
	r.wantFetches(t, 3)
}

// The same id with another key is a rotation as well.
func TestRotationUnderOneKeyID(t *testing.T) {
	first, second := rsaSigner(t, "k"), newSigner(t, "k", "RS256")
	r := newRemote(t, nil, first)
	r.wantStatus(t, first, 200)
	r.publish(t, second)
	r.advance(time.Hour)
	r.wantStatus(t, first, 401)
	r.wantStatus(t, second, 200)
}

func TestUnknownKeyFlood(t *testing.T) {
	s := newSigner(t, "k", "ES256")
	stranger := &signer{"", s.alg, s.private}
	r := newRemote(t, nil, s)
	r.wantStatus(t, s, 200)
	start := r.now()
	for n := range 1000 {
		stranger.kid = fmt.Sprint("flood-", n)
		r.wantStatus(t, stranger, 401)
		r.advance(37 * time.Millisecond)
	}
	most := 1 + int64(r.now().Sub(start)/(10*time.Second))
	if got := r.fetches.Load(); got > most || got < 2 {
		t.Errorf("%d fetches in %v, want at most %d and more than one", got, r.now().Sub(start), most)
	}
}

func TestUnknownKeyFloodAtOnce(t *testing.T) {
	s, stranger := rsaSigner(t, "k"), rsaSigner(t, "flood")
	r := newRemote(t, nil, s)
	token := stranger.token(t, r.claims())
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() { identify(r.Verifier, token) })
	}
	all.Wait()
	r.wantFetches(t, 1)
}

// While the keys cannot be had, nobody knows that an unknown key is no new one.
func TestUnknownKeyWhileDown(t *testing.T) {
	s, stranger := rsaSigner(t, "k"), rsaSigner(t, "new")
	r := newRemote(t, nil, s)
	r.wantStatus(t, s, 200)
	r.fail(500)
	r.advance(10 * time.Second)
	r.wantStatus(t, stranger, 503)
	r.wantStatus(t, stranger, 503)
	r.wantStatus(t, s, 200)
	r.wantFetches(t, 2)
}

func TestForeignTokensFetchNothing(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	for name, token := range map[string]string{
		"another issuer":    s.token(t, with(r.claims(), map[string]any{"iss": "https://other.example"})),
		"another algorithm": (&signer{"k", "RS512", s.private}).token(t, r.claims()),
		"no kid":            s.raw(t, `{"alg":"RS256"}`, text(t, r.claims())),
	} {
		if _, err := identify(r.Verifier, token); !errors.Is(err, jwtverify.ErrInvalidToken) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	r.wantFetches(t, 0)
}

func TestClockSetBack(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	r.wantStatus(t, s, 200)
	r.advance(-time.Second)
	r.wantStatus(t, s, 200)
	r.wantFetches(t, 1)
	r.advance(-2 * time.Hour)
	r.wantStatus(t, s, 200)
	r.wantFetches(t, 2)
}
