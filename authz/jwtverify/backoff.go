package jwtverify

import (
	"math/rand/v2"
	"time"
)

const (
	minGap = 10 * time.Second // between the beginnings of two fetches, whatever their outcome
	maxGap = 5 * time.Minute  // the longest wait that unknown kids cause
)

// A backoff spaces out the fetches that unknown kids cause. Anyone can make up
// kids, and sends them to many environments at once: without it, a thousand
// environments would ask the issuer a hundred times a second for as long as that
// lasts, until the issuer throttles the fetches that matter too.
//
// The zero backoff waits for minGap.
type backoff struct {
	limit time.Duration // of wait; doubles until it is maxGap
	wait  time.Duration // from half of limit to limit, so that environments that began together come apart
}

// double is called after a fetch that was in vain.
func (b *backoff) double() {
	b.limit = min(2*max(b.limit, minGap), maxGap)
	b.wait = b.limit/2 + rand.N(b.limit/2)
}

// reset is called when the issuer's keys changed, so that the next rotation is
// not waited for, and after an hour without unknown kids.
func (b *backoff) reset() { *b = backoff{} }

// gap is how long after the last fetch an unknown kid causes another one.
func (b *backoff) gap() time.Duration { return max(b.wait, minGap) }
