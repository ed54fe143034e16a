package jwtverify_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

// An origin is an issuer's key set without a network. It counts in which second
// since the start it was asked.
type origin struct {
	start   time.Time
	set     atomic.Pointer[string]
	seconds []int
}

func newOrigin(t *testing.T, signers ...*signer) *origin {
	o := &origin{start: time.Now()}
	o.publish(t, signers...)
	return o
}

func (o *origin) publish(t *testing.T, signers ...*signer) {
	var jwks []map[string]any
	for _, s := range signers {
		jwks = append(jwks, s.jwk())
	}
	set := string(keySet(t, jwks...))
	o.set.Store(&set)
}

func (o *origin) RoundTrip(*http.Request) (*http.Response, error) {
	second := int(time.Since(o.start) / time.Second)
	for len(o.seconds) <= second {
		o.seconds = append(o.seconds, 0)
	}
	o.seconds[second]++
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(*o.set.Load()))}, nil
}

func (o *origin) fetches() (n int) {
	for _, second := range o.seconds {
		n += second
	}
	return n
}

// An environment is one of many that run the same function.
type environment struct {
	*jwtverify.Verifier
	rotated bool // it has accepted the new key
}

func newEnvironments(t *testing.T, n int, o *origin, alg string) []*environment {
	t.Helper()
	all := make([]*environment, n)
	for i := range all {
		v, err := jwtverify.NewOver(configOf(jwtverify.Issuer{
			URL: issuerURL, Audiences: []string{"api"}, Algorithms: []string{alg}, JWKSURL: issuerURL + "/keys",
		}), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Preload(t.Context()); err != nil {
			t.Fatal(err)
		}
		all[i] = &environment{Verifier: v}
	}
	return all
}

// accepts reports whether a fresh token of s passes.
func (e *environment) accepts(t *testing.T, s *signer) bool {
	id, _ := identify(e.Verifier, freshToken(t, s))
	return id != nil
}

func freshToken(t *testing.T, s *signer) string {
	now := time.Now().Unix()
	return s.token(t, with(goodClaims(), map[string]any{"iat": now, "exp": now + 3600}))
}

// A flood of tokens with unknown kids reaches a thousand environments for
// twenty minutes. Without a backoff each of them would ask for the keys every
// ten seconds, 100 times a second altogether.
func TestFloodAtAThousandEnvironments(t *testing.T) {
	const flood, pause = 20 * time.Minute, 20 // seconds between two tokens at one environment
	environments := 1000
	if raceEnabled {
		environments = 100 // the race detector takes ten times as long
	}
	old, fresh := newSigner(t, "old", "EdDSA"), newSigner(t, "new", "EdDSA")
	synctest.Test(t, func(t *testing.T) {
		o := newOrigin(t, old)
		all := newEnvironments(t, environments, o, "EdDSA")
		stranger := request("Bearer " + old.raw(t, `{"alg":"EdDSA","kid":"flood"}`, text(t, goodClaims())))
		attack := func() {
			time.Sleep(time.Second)
			for n := int(time.Since(o.start)/time.Second) % pause; n < environments; n += pause {
				if id, _ := all[n].Identify(stranger); id != nil {
					t.Fatal("a stranger's token passed")
				}
			}
		}
		for start := time.Now(); time.Since(start) < flood; {
			attack()
		}
		late := o.seconds[len(o.seconds)/2:]
		rate := float64(sum(late)) / float64(len(late))
		t.Logf("%d environments, %v: %d fetches, at most %d in a second; %.1f a second in the second half, %.1f without a backoff",
			environments, flood, o.fetches(), slices.Max(o.seconds[1:]), rate, float64(environments)/10)
		if most := float64(environments) / 140; rate > most { // one every 150 s each
			t.Errorf("%.1f fetches a second in the second half, want at most %.1f", rate, most)
		}

		// Under the flood a rotation is seen within five minutes everywhere.
		o.publish(t, old, fresh)
		var waited []time.Duration
		for rotated := time.Now(); len(waited) < environments && time.Since(rotated) < time.Hour; {
			attack()
			token := request("Bearer " + freshToken(t, fresh))
			for n, e := range all {
				if e.rotated || n%pause != int(time.Since(o.start)/time.Second)%pause {
					continue
				}
				if id, _ := e.Identify(token); id != nil {
					e.rotated = true
					waited = append(waited, time.Since(rotated))
				}
			}
		}
		t.Logf("a rotation under the flood: seen after %v by half of them, after %v by all", waited[environments/2], waited[environments-1])
		if waited[environments-1] > 5*time.Minute+pause*time.Second {
			t.Errorf("a rotation was seen only after %v", waited[environments-1])
		}
	})
}

func sum(values []int) (total int) {
	for _, v := range values {
		total += v
	}
	return total
}

// Where there was no flood, or it is over, the first unknown kid is looked up.
func TestRotationIsSeenAtTheFirstUnknownKid(t *testing.T) {
	first, second, third := newSigner(t, "1", "EdDSA"), newSigner(t, "2", "EdDSA"), newSigner(t, "3", "EdDSA")
	synctest.Test(t, func(t *testing.T) {
		o := newOrigin(t, first)
		e := newEnvironments(t, 1, o, "EdDSA")[0]
		stranger := &signer{"flood", first.alg, first.private}
		for range 60 {
			time.Sleep(time.Minute)
			e.accepts(t, stranger)
		}
		time.Sleep(5 * time.Minute)
		o.publish(t, first, second)
		if !e.accepts(t, second) {
			t.Error("after a flood the first token of a new key was refused")
		}
		o.publish(t, second, third) // the interval has started anew
		time.Sleep(10 * time.Second)
		if !e.accepts(t, third) {
			t.Error("after a rotation the first token of the next key was refused")
		}
	})
}

// The waits double from ten seconds to five minutes, each less a random part of
// up to its half. They start anew after an hour in which nobody asked.
func TestBackoffDoubles(t *testing.T) {
	s := newSigner(t, "k", "EdDSA")
	synctest.Test(t, func(t *testing.T) {
		o := newOrigin(t, s)
		e := newEnvironments(t, 1, o, "EdDSA")[0]
		stranger := &signer{"flood", s.alg, s.private}
		wait := func() time.Duration {
			before, start := o.fetches(), time.Now()
			for o.fetches() == before {
				time.Sleep(time.Second)
				e.accepts(t, stranger)
			}
			return time.Since(start)
		}
		for range 2 {
			limit := 10 * time.Second
			for n := range 8 {
				got := wait()
				if got > limit || got < max(limit/2, 10*time.Second) {
					t.Errorf("wait %d is %v, want at most %v and not less than half of it", n, got, limit)
				}
				limit = min(2*limit, 5*time.Minute)
			}
			time.Sleep(time.Hour)
			if !e.accepts(t, s) {
				t.Error("the good key was refused")
			}
		}
	})
}

// An issuer that refuses to answer is not asked more often for that.
func TestBackoffWhileDown(t *testing.T) {
	s, stranger := rsaSigner(t, "k"), rsaSigner(t, "flood")
	r := newRemote(t, nil, s)
	r.wantStatus(t, s, 200)
	r.fail(429)
	for range 60 {
		r.advance(10 * time.Second)
		r.wantStatus(t, stranger, 503)
		r.wantStatus(t, s, 200)
	}
	if got := r.fetches.Load(); got > 1+9 {
		t.Errorf("%d fetches in ten minutes, want at most 10", got)
	}
}

// brokenBody panics in the goroutine of a fetch, as a parser might.
type brokenBody struct{}

func (brokenBody) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: io.NopCloser(brokenBody{})}, nil
}

func (brokenBody) Read([]byte) (int, error) { panic("secret") }

func TestPanicInAFetch(t *testing.T) {
	v, err := jwtverify.NewOver(configOf(jwtverify.OIDC(issuerURL, "api")), brokenBody{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = identify(v, rsaSigner(t, "k").token(t, goodClaims()))
	if status, _ := answer(t, err); status != 503 || !strings.Contains(err.Error(), "panic") || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v, want 503 that names a panic without its value", err)
	}
}
