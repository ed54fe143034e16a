package adapter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
)

// Log lines name the format and what went wrong, and never a value of the event
// or the reply; only what a handler panics with is its own to choose.
//
// A Logger that panics must not take the process along.
func (h *Handler) log(x *exchange, level slog.Level, message string, attrs ...slog.Attr) {
	defer func() { _ = recover() }()
	attrs = append([]slog.Attr{slog.String("format", x.event.format.String())}, attrs...)
	h.options.Logger.LogAttrs(context.WithoutCancel(x.parent), level, "adapter: "+message, attrs...)
}

// logPanic logs as net/http does: http.ErrAbortHandler without a stack.
func (h *Handler) logPanic(x *exchange, res *result) {
	if res.reason == ReasonAbort {
		h.log(x, slog.LevelError, "handler aborted")
		return
	}
	h.log(x, slog.LevelError, "handler panicked", slog.String("panic", panicText(res.panic)), slog.String("stack", string(res.stack)))
}

// logOwn logs an answer of Handler's own.
func (h *Handler) logOwn(x *exchange, res *result) {
	level := slog.LevelError
	if res.status < 500 {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.Int("status", res.status), slog.String("reason", string(res.reason))}
	if res.member != "" {
		attrs = append(attrs, slog.String("member", res.member))
	}
	h.log(x, level, "answered for the handler", attrs...)
}

// logBroken logs a stream that ends before it is complete.
func (h *Handler) logBroken(x *exchange, res *result) {
	h.log(x, slog.LevelError, "stream broken off", slog.String("reason", string(res.reason)))
}

// logSlow logs a function of Options that nobody waits for any more.
func (h *Handler) logSlow(x *exchange) {
	h.log(x, slog.LevelError, "Options.Fail or Options.Done takes too long: the reply leaves without it")
}

// optionPanicked is for the functions of Options, which nobody else guards.
func (h *Handler) optionPanicked(ctx context.Context, v any) (err error) {
	err = errOptionPanicked
	defer func() { _ = recover() }() // it may have been the Logger
	h.options.Logger.ErrorContext(context.WithoutCancel(ctx), "adapter: a function of Options panicked",
		"panic", panicText(v), "stack", string(debug.Stack()))
	return err
}

var errOptionPanicked = errors.New("adapter: a function of Options panicked")

// panicText says what a handler panicked with, without printing values that
// may be data.
func panicText(v any) string {
	switch v := v.(type) {
	case nil:
		return "it exited its goroutine"
	case string:
		return v
	case error:
		return fmt.Sprintf("%v", v) // which survives an Error that panics
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", v), "*")
}

// warn logs what may not arrive of a reply that is sent.
func (h *Handler) warn(x *exchange, b *buffers) {
	w := &x.response
	if w.lost != 0 {
		h.warnOf(x, w.lost)
	}
	if w.lostCookies > 0 {
		h.log(x, slog.LevelWarn, "the front takes one Set-Cookie per reply", slog.Int("dropped", int(w.lostCookies)))
	}
	if len(b.head) > largeHead {
		h.log(x, slog.LevelWarn, "the reply's header is large", slog.Int("bytes", len(b.head)))
	}
}
