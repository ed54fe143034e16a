package adapter

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// attempt is a call of the handler that may take only so long. Nothing of it is
// used again for another: channels and timers would tie tests in testing/synctest
// to each other, and a handler that is late still holds it.
type attempt struct {
	watch // of the invocation

	handler *Handler
	inv     *invocation
	request *http.Request
	begun   atomic.Bool

	mu      sync.Mutex
	settled sync.Cond
	state   attemptState
	ended   result // the handler's until state is handlerReturned
}

type attemptState uint8

const (
	pending attemptState = iota
	handlerReturned
	timeIsUp
)

func (h *Handler) newAttempt(inv *invocation, r *http.Request, limit time.Duration) *attempt {
	a := &attempt{handler: h, inv: inv, request: r}
	a.settled.L = &a.mu
	a.deadline = time.Now().Add(limit)
	inv.watch = &a.watch
	return a
}

// result calls the handler and waits until it has returned or its time is up.
func (a *attempt) result(limit time.Duration) result {
	step := a.step // one allocation for both
	go step()
	timer := time.AfterFunc(limit, step)
	a.mu.Lock()
	for a.state == pending {
		a.settled.Wait()
	}
	late := a.state == timeIsUp
	a.mu.Unlock()
	if late {
		return result{reason: ReasonLate}
	}
	timer.Stop()
	return a.ended
}

// step is called twice: whichever comes first calls the handler, and when the
// other comes, the time is up.
func (a *attempt) step() {
	if a.begun.Swap(true) {
		a.settle(timeIsUp)
		return
	}
	defer a.settle(handlerReturned) // also if the handler exits the goroutine
	a.handler.call(a.inv, a.request, &a.ended)
}

func (a *attempt) settle(state attemptState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state == pending {
		a.state = state
		a.settled.Signal()
	}
}
