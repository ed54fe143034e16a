package jwtverify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	softAge = time.Hour      // older keys are fetched again
	hardAge = 24 * time.Hour // older keys are not used
)

// keys finds the keys of one issuer.
type keys interface {
	// find returns the key with this id, errUnknownKey, or an *authz.Error with
	// status 503. Waiting ends with ctx.
	find(ctx context.Context, kid string) (*key, error)
	// preload returns nil once there are keys.
	preload(ctx context.Context) error
}

// staticKeys never change.
type staticKeys keySet

func (s staticKeys) find(_ context.Context, kid string) (*key, error) { return keySet(s).find(kid) }

func (staticKeys) preload(context.Context) error { return nil }

// remoteKeys are fetched when a request needs them, never in the background:
// between two invocations a Lambda environment stands still
// (docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).
type remoteKeys struct {
	fetch func() (keySet, error)
	now   func() time.Time // without a monotonic reading, which may stand still too

	mu      sync.Mutex
	set     keySet        // the last good one; nil: none yet
	asOf    time.Time     // when the fetch that brought it began
	tried   time.Time     // when the last fetch began, whatever became of it
	failure error         // of the last fetch that ended
	flight  chan struct{} // closed when the fetch under way ends; nil if there is none
	backoff backoff       // of the fetches that unknown kids cause
}

func (r *remoteKeys) find(ctx context.Context, kid string) (*key, error) {
	if flight := r.refresh(kid); flight != nil {
		select {
		case <-flight:
		case <-ctx.Done():
		}
	}
	return r.answer(ctx, kid)
}

// preload asks for no key in particular.
func (r *remoteKeys) preload(ctx context.Context) error {
	_, err := r.find(ctx, "")
	if errors.Is(err, errUnknownKey) {
		return nil
	}
	return err
}

// refresh returns the fetch to wait for before this key is looked for, nil if
// there is none; it begins one where that is due. While keys are only getting
// old, one request waits and the others use what is there.
func (r *remoteKeys) refresh(kid string) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	set := r.usable(now)
	known := set.knows(kid)
	switch {
	case known && (r.flight != nil || age(now, r.asOf) < softAge):
		return nil
	case r.flight != nil:
		return r.flight
	case age(now, r.tried) < r.gap(set, kid):
		return nil
	}
	r.tried, r.flight = now, make(chan struct{})
	go r.run(r.flight, now, set != nil && !known)
	return r.flight
}

// gap is the least time between the last fetch and the next one for this key.
func (r *remoteKeys) gap(set keySet, kid string) time.Duration {
	if set == nil || set.knows(kid) {
		return minGap
	}
	return r.backoff.gap()
}

// run fetches on behalf of whoever waits, so that the fetch does not end with
// the request that asked for it first. What it brings is as old as its
// beginning: the environment may have stood still since.
func (r *remoteKeys) run(flight chan struct{}, began time.Time, unknown bool) {
	defer close(flight)
	set, err := r.attempt()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flight, r.failure = nil, err
	changed := err == nil && !set.equal(r.set)
	switch {
	case unknown && !changed:
		r.backoff.double()
	case err == nil:
		r.backoff.reset()
	}
	if changed { // otherwise the keys stay the same pointers, for the token cache
		r.set = set
	}
	if err == nil {
		r.asOf = began
	}
}

// attempt makes a failed fetch of a panic in a parser of what the issuer sent.
// On this goroutine a panic would end the process.
func (r *remoteKeys) attempt() (set keySet, err error) {
	defer func() {
		if p := recover(); p != nil {
			set, err = nil, fmt.Errorf("jwtverify: the fetch ended in a panic of type %T", p)
		}
	}()
	return r.fetch()
}

// answer says what is known by now. An unknown kid makes a token invalid only if
// the last fetch brought keys; otherwise its key may be one that could not be
// fetched.
func (r *remoteKeys) answer(ctx context.Context, kid string) (*key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	set := r.usable(now)
	k, err := set.find(kid)
	retry := r.gap(set, kid) - age(now, r.tried)
	switch {
	case k != nil:
		return k, nil
	case r.flight != nil && ctx.Err() != nil:
		return nil, unavailable(ctx.Err(), retry)
	case r.failure != nil:
		return nil, unavailable(r.failure, retry)
	case set == nil:
		return nil, unavailable(errTooOld, retry)
	}
	return nil, err
}

var errTooOld = errors.New("the keys are too old")

// usable returns the keys that may be used now, nil for none.
func (r *remoteKeys) usable(now time.Time) keySet {
	if age(now, r.asOf) >= hardAge {
		return nil
	}
	return r.set
}

// age is absolute, so that a clock that is set back makes nothing young again.
func age(now, then time.Time) time.Duration { return now.Sub(then).Abs() }
