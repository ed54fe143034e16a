package jwtverify_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

func TestWaitersLeaveOnTheirOwn(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	arrived := r.hang(t)
	ctx, cancel := context.WithCancel(t.Context())
	const waiting = 10
	failures := make(chan error, waiting)
	for range waiting {
		token := request("Bearer " + s.token(t, r.claims())).WithContext(ctx)
		go func() {
			_, err := r.Identify(token)
			failures <- err
		}()
	}
	<-arrived
	cancel()
	for range waiting {
		err := <-failures
		if status, _ := answer(t, err); status != 503 || !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want 503 and context.Canceled", err)
		}
	}
	r.wantFetches(t, 1)
}

// The fetch is not the first request's own: whoever waits longer gets its result.
func TestFetchOutlivesItsRequest(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	arrived, release := make(chan struct{}), make(chan struct{})
	keys := *r.handler.Load()
	r.answer(func(w http.ResponseWriter, req *http.Request) {
		close(arrived)
		<-release
		keys(w, req)
	})
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := r.Identify(request("Bearer " + s.token(t, r.claims())).WithContext(ctx))
		left <- err
	}()
	<-arrived
	cancel()
	if status, _ := answer(t, <-left); status != 503 {
		t.Errorf("the request that left: status %d, want 503", status)
	}
	close(release)
	r.wantStatus(t, s, 200)
	r.wantFetches(t, 1)
}

// With keys that are only getting old, at most one request waits for new ones.
func TestOldKeysServeWhileOneRequestWaits(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	r.wantStatus(t, s, 200)
	arrived := r.hang(t)
	r.advance(2 * time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() {
		_, err := r.Identify(request("Bearer " + s.token(t, r.claims())).WithContext(ctx))
		first <- err
	}()
	<-arrived
	r.wantStatus(t, s, 200)
	cancel()
	if err := <-first; err != nil {
		t.Errorf("the request that waited: error %v, want the old keys", err)
	}
}

func TestSlowEndpoint(t *testing.T) {
	s := rsaSigner(t, "k")
	e := newEndpoint(t, s)
	e.hang(t)
	i := issuerOf(t, s)
	i.JWKS, i.JWKSURL = nil, e.URL
	v, err := jwtverify.NewImpatient(configOf(i), 10*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	_, err = identify(v, s.token(t, goodClaims()))
	if status, _ := answer(t, err); status != 503 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want 503 and context.DeadlineExceeded", err)
	}
}

func TestPreload(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, func(c *jwtverify.Config) {
		static := issuerOf(t, s)
		static.URL = "https://static.example"
		c.Issuers = append(c.Issuers, static)
	}, s)
	r.fail(500)
	if err := r.Preload(t.Context()); !errors.Is(err, jwtverify.ErrKeysUnavailable) {
		t.Errorf("error %v, want ErrKeysUnavailable", err)
	}
	r.publish(t, s)
	r.advance(10 * time.Second)
	for range 2 {
		if err := r.Preload(t.Context()); err != nil {
			t.Errorf("error %v", err)
		}
	}
	r.wantStatus(t, s, 200)
	r.wantFetches(t, 2)
}

func TestPreloadLeavesWithItsContext(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	arrived := r.hang(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- r.Preload(ctx) }()
	<-arrived
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}
