package jwtverify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

func cached(size int) func(*jwtverify.Config) {
	return func(c *jwtverify.Config) { c.CacheSize = size }
}

// mustIdentify returns the Identity, which a remembered token has for its own.
func (r *remote) mustIdentify(t *testing.T, token string) *claims.Identity {
	t.Helper()
	id, err := identify(r.Verifier, token)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestCacheRemembers(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, cached(2), s)
	token := s.token(t, r.claims())
	if id := r.mustIdentify(t, token); r.mustIdentify(t, token) != id {
		t.Error("the token was verified twice")
	}
	r = newRemote(t, nil, s)
	if id := r.mustIdentify(t, token); r.mustIdentify(t, token) == id {
		t.Error("without CacheSize the token was remembered")
	}
}

func TestCacheForgets(t *testing.T) {
	first, second := rsaSigner(t, "1"), newSigner(t, "2", "RS256")
	exp := 30 * time.Minute
	for _, row := range []struct {
		name   string
		happen func(*remote)
		want   bool // still remembered
	}{
		{"at once", func(*remote) {}, true},
		{"before exp", func(r *remote) { r.advance(exp - time.Second) }, true},
		{"at exp, where leeway begins", func(r *remote) { r.advance(exp) }, false},
		{"before it was verified", func(r *remote) { r.advance(-time.Second) }, false},
		{"another key came", func(r *remote) {
			r.publish(t, first, second)
			r.advance(10 * time.Second)
			r.status(t, second)
		}, false},
		{"the same keys came", func(r *remote) {
			r.advance(10 * time.Second)
			r.status(t, second)
		}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := newRemote(t, cached(10), first)
			token := first.token(t, with(r.claims(), map[string]any{"exp": r.now().Add(exp).Unix()}))
			id := r.mustIdentify(t, token)
			row.happen(r)
			if got := r.mustIdentify(t, token) == id; got != row.want {
				t.Errorf("remembered %t, want %t", got, row.want)
			}
		})
	}
}

func TestCacheEndsWithItsKeys(t *testing.T) {
	first, second := rsaSigner(t, "k"), newSigner(t, "k", "RS256")
	r := newRemote(t, cached(10), first)
	token := first.token(t, with(r.claims(), map[string]any{"exp": r.now().Add(72 * time.Hour).Unix()}))
	r.mustIdentify(t, token)
	r.fail(500)
	r.advance(24*time.Hour - 1)
	r.mustIdentify(t, token)
	r.advance(10 * time.Second)
	if _, err := identify(r.Verifier, token); err == nil {
		t.Error("a token outlived the hard age of its key")
	}
	r.publish(t, second)
	r.advance(10 * time.Second)
	id, err := identify(r.Verifier, token)
	wantInvalid(t, token, id, err)
}

func TestCacheEndsWithMaxAge(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, func(c *jwtverify.Config) { c.CacheSize, c.MaxAge, c.Leeway = 10, time.Minute, -1 }, s)
	token := s.token(t, r.claims())
	r.mustIdentify(t, token)
	r.advance(time.Minute)
	id, err := identify(r.Verifier, token)
	wantInvalid(t, token, id, err)
}

func TestCacheIsBounded(t *testing.T) {
	s := newSigner(t, "k", "ES256")
	const size = 10
	r := newRemote(t, cached(size), s)
	var tokens []string
	var first []*claims.Identity
	for n := range 5*size + 2 {
		tokens = append(tokens, s.token(t, with(r.claims(), map[string]any{"jti": fmt.Sprint(n)})))
		first = append(first, r.mustIdentify(t, tokens[n]))
	}
	remembered := 0
	for n := len(tokens) - 1; n >= 0; n-- {
		if r.mustIdentify(t, tokens[n]) == first[n] {
			remembered++
		}
	}
	if remembered <= size/2 || remembered > size {
		t.Errorf("%d tokens remembered, want more than %d and at most %d", remembered, size/2, size)
	}
}

// Only tokens that passed are remembered, and each by all its bytes.
func TestCacheHoldsNoOtherToken(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, cached(10), s)
	token := s.token(t, r.claims())
	r.mustIdentify(t, token)
	for _, other := range []string{token[:len(token)-1], token + "A", "A" + token[1:]} {
		for range 2 {
			id, err := identify(r.Verifier, other)
			wantInvalid(t, "", id, err)
		}
	}
}

func TestRememberedTokenAllocatesOnce(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	s := rsaSigner(t, "k")
	c := configOf(issuerOf(t, s))
	c.CacheSize = 1
	v, r := newVerifier(t, c), request("Bearer "+s.token(t, goodClaims()))
	got := testing.AllocsPerRun(100, func() {
		if _, err := v.Identify(r); err != nil {
			t.Fatal(err)
		}
	})
	if got > 1 { // the bytes to hash
		t.Errorf("%v allocations, want 1", got)
	}
}
