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
func (h *Handler) log(inv *invocation, level slog.Level, message string, attrs ...slog.Attr) {
	defer func() { _ = recover() }()
	attrs = append([]slog.Attr{slog.String("format", inv.event.format.String())}, attrs...)
	h.options.Logger.LogAttrs(context.WithoutCancel(inv.parent), level, "adapter: "+message, attrs...)
}

// logPanic logs as net/http does: http.ErrAbortHandler without a stack.
func (h *Handler) logPanic(inv *invocation, res *result) {
	if res.reason == ReasonAbort {
		h.log(inv, slog.LevelError, "handler aborted")
		return
	}
	h.log(inv, slog.LevelError, "handler panicked", slog.String("panic", panicText(res.panic)), slog.String("stack", string(res.stack)))
}

// logOwn logs an answer of Handler's own.
func (h *Handler) logOwn(inv *invocation, res *result) {
	level := slog.LevelError
	if res.status < 500 {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.Int("status", res.status), slog.String("reason", string(res.reason))}
	if res.member != "" {
		attrs = append(attrs, slog.String("member", res.member))
	}
	h.log(inv, level, "answered for the handler", attrs...)
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
	case string:
		return v
	case error:
		return fmt.Sprintf("%v", v) // which survives an Error that panics
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", v), "*")
}

// largeHead is where the header of a reply is close to what fronts take: about
// 10 KB on API Gateway.
const largeHead = 8 << 10

// warn logs what may not arrive of a reply that is sent.
func (h *Handler) warn(inv *invocation) {
	w := &inv.response
	if w.lost != 0 {
		h.warnOf(inv, w.lost)
	}
	if w.lostCookies > 0 {
		h.log(inv, slog.LevelWarn, "the front takes one Set-Cookie per reply", slog.Int("dropped", int(w.lostCookies)))
	}
	if len(w.head) > largeHead {
		h.log(inv, slog.LevelWarn, "the reply's header is large", slog.Int("bytes", len(w.head)))
	}
}
