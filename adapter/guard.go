package adapter

import (
	"errors"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

var errGoexit = errors.New("adapter: the handler exited its goroutine")

// guard lets a handler take only so long: it runs on a goroutine of its own while
// Invoke waits for it or for the clock. Nothing of a guard is used again for
// another event: channels and timers would tie tests in testing/synctest to each
// other, and a handler that is late still holds it.
type guard struct {
	exchange *exchange
	deadline time.Time
	scratch  *scratch
	request  *http.Request
	begun    atomic.Bool

	settled sync.Cond // of the exchange's lock, which guards what follows
	done    bool      // the reply is in scratch
	timeUp  bool
	offered bool // the reply is complete, but not all are done that are told of it
	tooLate bool // it was complete only when the time was up
	reply   []byte
	fault   result // why there is no reply; without a reason, there is one
}

// guarded is serve with a limit.
func (x *exchange) guarded(s *scratch, r *http.Request, limit time.Duration) ([]byte, error) {
	g := &guard{exchange: x, deadline: time.Now().Add(limit), scratch: s, request: r}
	g.settled.L = &x.mu
	x.guard = g
	step := g.step // one allocation for both
	go step()
	timer := time.AfterFunc(limit, step)
	x.mu.Lock()
	for !g.done && !g.timeUp {
		g.settled.Wait()
	}
	done, late, offered := g.done && !g.tooLate, x.cause == timedOut, g.offered
	x.mu.Unlock()
	switch {
	case done:
		timer.Stop()
		if g.fault.reason != "" {
			return x.replyInstead(s, g.fault)
		}
		return s.taken()
	case late:
		return x.replyInstead(s, x.late())
	}
	s.lent = true // the handler's goroutine works with it
	if offered {
		x.end()
		x.release()
		x.handler.logSlow(x)
		return g.reply, nil
	}
	return x.replyElsewhere(s.fields.data, x.late())
}

// step is called twice: the first call calls the handler, and when the second
// comes, the time is up.
func (g *guard) step() {
	x := g.exchange
	if g.begun.Swap(true) {
		x.close(timedOut)
		x.mu.Lock()
		g.timeUp = true
		x.mu.Unlock()
		g.settled.Signal()
		return
	}
	growStack(false)
	x.serve(g.scratch, g.request)
}

// offer leaves a complete reply, which is to go even if Options.Fail or
// Options.Done take too long. It reports false if the time is up already, and
// Invoke answers.
func (x *exchange) offer(reply []byte) bool {
	g := x.guard
	if g == nil {
		return true
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if g.timeUp {
		g.tooLate = true
		return false
	}
	g.offered, g.reply = true, reply
	return true
}

// settle lets Invoke return.
func (x *exchange) settle() {
	g := x.guard
	if g == nil {
		return
	}
	x.mu.Lock()
	g.done = true
	x.mu.Unlock()
	g.settled.Signal()
}

// replyElsewhere answers while another goroutine works with the scratch of the
// event.
func (x *exchange) replyElsewhere(event []byte, res result) ([]byte, error) {
	s := scratches.Get().(*scratch)
	defer s.free()
	if err := s.fields.reparse(event); err != nil {
		res.failed = err // which was parsed before: it cannot be
	}
	return x.replyInstead(s, res)
}

// growStack makes the calling goroutine's stack 16 KB at once. A goroutine begins
// with a few KB, and growing them again and again inside a handler's calls costs
// more than all else about the guard: the stack is copied each time, and dropped
// with the goroutine. The frame is never used; that it is declared makes the
// function's prologue grow the stack. 16 KB is the largest size that the runtime
// keeps for each processor.
//
//go:noinline
func growStack(never bool) (b byte) {
	if never {
		var frame [12 << 10]byte
		b = fill(&frame)
	}
	return b
}

//go:noinline
func fill(frame *[12 << 10]byte) byte {
	for i := range frame {
		frame[i] = byte(i)
	}
	return frame[len(frame)-1]
}

// call calls the handler and notes in res if it did not return.
func (x *exchange) call(r *http.Request, res *result) {
	returned := false
	defer removeFiles(r) // last, and also if the handler was too late
	defer func() {
		if returned {
			return
		}
		switch res.panic = recover(); res.panic {
		case nil:
			res.panic, res.reason = errGoexit, ReasonGoexit
		case http.ErrAbortHandler:
			res.reason = ReasonAbort
		default:
			res.reason = ReasonPanic
		}
		res.stack = debug.Stack()
		x.handler.logPanic(x, r.Method, res)
	}()
	x.handler.handler.ServeHTTP(&x.response, r)
	returned = true
}

// removeFiles removes the temporary files of a multipart form, as net/http's
// server does. Middleware that hands on a copy of the request has to do so for
// the copy.
func removeFiles(r *http.Request) {
	if r.MultipartForm != nil {
		_ = r.MultipartForm.RemoveAll()
	}
}
