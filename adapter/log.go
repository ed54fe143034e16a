package adapter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"

	texts "github.com/gatehouse-go/gatehouse/internal/cause"
)

// Log lines say which request they are about and what went wrong. They hold no
// value of the event or the reply, and no text that is not this module's, unless
// Options say otherwise.
//
// A Logger that panics must not take the process along.
func (h *Handler) log(x *exchange, level slog.Level, message, method string, attrs ...slog.Attr) {
	defer func() { _ = recover() }()
	attrs = append(x.whose(method), attrs...)
	h.options.Logger.LogAttrs(context.WithoutCancel(x.parent), level, "adapter: "+message, attrs...)
}

// whose says which request a line is about. The method is the request's own if it
// is "" and the request can be read.
func (x *exchange) whose(method string) []slog.Attr {
	if r := x.served(); method == "" && r != nil {
		method = r.Method
	}
	return whose(x.parent, &x.event, method, x.route())
}

// route returns the pattern that the policy or http.ServeMux matched.
func (x *exchange) route() string {
	if decision := x.event.slot.Decision(); decision != nil {
		return decision.Route()
	}
	return x.pattern()
}

// logPanic logs as net/http does: http.ErrAbortHandler without a stack.
func (h *Handler) logPanic(x *exchange, method string, res *result) {
	if res.reason == ReasonAbort {
		h.log(x, slog.LevelError, "handler aborted", method, x.sizes()...)
		return
	}
	h.log(x, slog.LevelError, "handler panicked", method, append(x.sizes(),
		slog.String("panic", h.panicText(res.panic)), slog.String("stack", string(res.stack)))...)
}

// sizes are those of the event and its body, unless the invocation is over.
func (x *exchange) sizes() []slog.Attr {
	size := len(x.event.payload())
	if size == 0 {
		return nil
	}
	return []slog.Attr{slog.Int(attrEventBytes, size), slog.Int(attrBodyBytes, x.body.size)}
}

// logOwn logs an answer in the handler's place. A panic has been logged.
func (h *Handler) logOwn(x *exchange, f *fields, method string, res *result) {
	if res.panicked() {
		return
	}
	level := slog.LevelError
	if res.status < http.StatusInternalServerError {
		level = slog.LevelWarn
	}
	h.log(x, level, "answered for the handler", method, append(x.why(res),
		slog.Int(attrEventBytes, len(f.data)), slog.Int(attrBodyBytes, x.body.size))...)
}

// logBroken logs a stream that ends before it is complete.
func (h *Handler) logBroken(x *exchange, method string, res *result) {
	h.log(x, slog.LevelError, "stream broken off", method, append(x.why(res), x.sizes()...)...)
}

// why is what a line says of a fault.
func (x *exchange) why(res *result) []slog.Attr {
	attrs := []slog.Attr{slog.Int(attrStatus, res.status), slog.String(attrReason, string(res.reason))}
	if res.member != "" {
		attrs = append(attrs, slog.String(attrMember, res.member))
	}
	if written := x.response.written; written > 0 {
		attrs = append(attrs, slog.Int64(attrReplyBytes, written))
	}
	if advice := adviceOnFault(res.reason, x.event.format); advice != "" {
		attrs = append(attrs, slog.String(attrAdvice, advice))
	}
	return attrs
}

// adviceOnFault says what to do about a fault that is not simply a mistake.
func adviceOnFault(reason Reason, format Format) string {
	switch {
	case reason == ReasonTooLarge && format == ALB:
		return "a load balancer takes 1 MB, base64's third included: answer with a link, such as a presigned URL of S3"
	case reason == ReasonTooLarge:
		return "Lambda takes 6 MB, base64's third included: answer with a link, such as a presigned URL of S3, or stream"
	case reason == ReasonLate && fronts[format].patience > 0:
		return "the front waits 29 or 30 s: answer 202 and do the work from a queue, or stream on a front that can; see Options.Timeout"
	case reason == ReasonLate:
		return "the function's time is up: raise its timeout, or answer 202 and do the work from a queue; see Options.Timeout"
	}
	return ""
}

// logSlow logs a function of Options that nobody waits for any more.
func (h *Handler) logSlow(x *exchange) {
	h.log(x, slog.LevelError, "Options.Fail or Options.Done takes too long: the reply leaves without it", "")
}

// optionPanicked is for the functions of Options, which nobody else guards. The
// attributes say which request it was.
func (h *Handler) optionPanicked(ctx context.Context, request []slog.Attr, v any) (err error) {
	err = errOptionPanicked
	defer func() { _ = recover() }() // it may have been the Logger
	h.options.Logger.LogAttrs(context.WithoutCancel(ctx), slog.LevelError, "adapter: a function of Options panicked",
		append(request, slog.String("panic", h.panicText(v)), slog.String("stack", string(debug.Stack())))...)
	return err
}

var errOptionPanicked = errors.New("adapter: a function of Options panicked")

// panicText says what a function panicked with. The runtime's own errors and this
// module's are known texts; of others it gives the type, unless Options.PanicText
// allows the text of a string or an error. Other values may be data in any case.
func (h *Handler) panicText(v any) string {
	switch v := v.(type) {
	case nil:
		return "it exited its goroutine"
	case runtime.Error:
		return fmt.Sprintf("%v", v) // which survives an Error that panics
	case texts.Text:
		return string(v)
	case string:
		if h.options.PanicText {
			return v
		}
	case error:
		if h.options.PanicText {
			return fmt.Sprintf("%v", v)
		}
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
		h.log(x, slog.LevelWarn, "the front takes one Set-Cookie per reply", "", slog.Int("dropped", int(w.lostCookies)))
	}
	if len(b.head) > largeHead {
		h.log(x, slog.LevelWarn, "the reply's header is large", "", slog.Int("bytes", len(b.head)))
	}
}
