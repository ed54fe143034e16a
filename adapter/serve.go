package adapter

import (
	"net/http"
	"runtime/debug"
)

// serve calls the handler and reports whether it came to an end of its own. A
// panic is logged as net/http does, one with http.ErrAbortHandler without its
// stack.
func (h *Handler) serve(inv *invocation, r *http.Request) (ok bool) {
	defer func() {
		if v := recover(); v != nil {
			h.logPanic(inv, v)
		}
	}()
	h.handler.ServeHTTP(&inv.response, r)
	return true
}

func (h *Handler) logPanic(inv *invocation, v any) {
	format := inv.event.format.String()
	if v == http.ErrAbortHandler {
		h.options.Logger.ErrorContext(inv.parent, "adapter: handler aborted", "format", format)
		return
	}
	h.options.Logger.ErrorContext(inv.parent, "adapter: handler panicked", "format", format, "panic", panicText(v), "stack", string(debug.Stack()))
}
