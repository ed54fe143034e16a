// Package limit keeps the log lines about refusals few: a flood of bad tokens
// must cost no fortune, and must not hide the one line that matters.
package limit

import (
	"sync"
	"time"
)

// A Limiter admits one line per key and minute, and at most PerMinute lines. The
// zero Limiter is ready for use and safe for concurrent use.
type Limiter struct {
	mu      sync.Mutex
	window  time.Time       // when this minute began
	said    map[string]bool // keys of the lines of this minute
	leftOut int             // refusals of this minute that made no line
	before  int             // those of earlier minutes that no line has counted yet
}

// PerMinute bounds the lines of a Limiter, the counting one apart.
const PerMinute = 30

// Admit reports whether there is to be a line about something with this key, and
// how many were left out before: that is for a line of its own.
func (l *Limiter) Admit(now time.Time, key string) (ok bool, leftOut int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.roll(now)
	leftOut, l.before = l.before, 0
	if l.said[key] || len(l.said) >= PerMinute {
		l.leftOut++
		return false, leftOut
	}
	if l.said == nil {
		l.said = map[string]bool{}
	}
	l.said[key] = true
	return true, leftOut
}

// LeftOut returns how many were left out in minutes that are over, and that no
// call has returned before.
func (l *Limiter) LeftOut(now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.roll(now)
	leftOut := l.before
	l.before = 0
	return leftOut
}

// roll begins a new minute if the last one is over, or if the clock was set back.
func (l *Limiter) roll(now time.Time) {
	if since := now.Sub(l.window); since >= 0 && since < time.Minute {
		return
	}
	l.window = now
	l.before += l.leftOut
	l.leftOut = 0
	clear(l.said)
}
