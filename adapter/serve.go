package adapter

import (
	"errors"
	"net/http"
	"runtime/debug"
	"time"
)

var errGoexit = errors.New("adapter: the handler exited its goroutine")

// serve calls the handler, for as long as it may take.
func (h *Handler) serve(inv *invocation, r *http.Request) (res result) {
	limit, limited := h.limit(inv, fronts[inv.event.format].patience)
	switch {
	case !limited:
		h.call(inv, r, &res)
		return res
	case limit <= 0:
		return result{reason: ReasonLate}
	}
	return h.newAttempt(inv, r, limit).result(limit)
}

// limit returns how long the handler may take, of a front with this patience;
// false for no limit. See Options.Timeout.
func (h *Handler) limit(inv *invocation, patience time.Duration) (time.Duration, bool) {
	deadline, hasDeadline := inv.parent.Deadline()
	limit := h.options.Timeout
	if limit == 0 && hasDeadline {
		limit = patience
	}
	if !hasDeadline {
		return limit, limit > 0
	}
	left := time.Until(deadline)
	left -= min(max(left/100, 50*time.Millisecond), 500*time.Millisecond)
	if limit <= 0 {
		return left, true
	}
	return min(limit, left), true
}

// call calls the handler and notes in res if it did not return.
func (h *Handler) call(inv *invocation, r *http.Request, res *result) {
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
		h.logPanic(inv, res)
	}()
	h.handler.ServeHTTP(&inv.response, r)
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
