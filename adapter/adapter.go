// Package adapter runs an ordinary [http.Handler] as a Lambda function: it turns
// the event of any AWS front that speaks HTTP into the [http.Request] that
// net/http's server would have made of the client's request, and what the
// handler writes into the reply that the front expects.
//
//	lambda.Start(adapter.New(handler, nil))
//
// # Terminology
//
// A front is the AWS service that received the client's request and invokes the
// function: an API Gateway REST or HTTP API, or a function URL. An event is the
// JSON document it invokes the function with; a [Format] is an event's shape,
// and that of the reply. One Handler serves all formats and tells them apart by
// the event.
//
// # What a handler can rely on
//
//   - The path is the one that the front routed by. It is never parsed from a
//     string, so that an encoded "?" or "#" stays part of it.
//   - Header values that came apart stay apart, where the event has them so, and
//     are never split.
//   - RemoteAddr is the client's address as the front saw it, Host the host name
//     it asked for, and TLS is set if it used https.
//   - The request's context is cancelled when the handler has returned, and
//     carries the [Event]. Nothing that came in the event is in a header that the
//     client could not have sent.
//   - Every string of the request may be kept. The body may be read until the
//     handler returns, then Read returns [http.ErrBodyReadAfterClose].
//   - A panic is a reply with status 500 and a log line.
//
// Redirects, cookies, sniffing and superfluous calls of WriteHeader are as in
// net/http. What fronts cannot carry is lost: trailers, informational
// responses, hop-by-hop headers, the Content-Length of an answer to HEAD; and a
// body without Content-Type gets one from the front.
//
// # Specifications
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
//   - https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
package adapter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
)

// Handler serves Lambda events with an http.Handler. It has the method of
// aws-lambda-go's lambda.Handler. Any number of invocations may run at once.
type Handler struct {
	handler http.Handler
	options Options
	accepts [len(fronts)]bool
}

// Options are the choices that New leaves to its caller. The zero Options, like
// nil, are the defaults.
type Options struct {
	// Formats are those that are served; nil means every one that speaks HTTP.
	// An event of another is refused with an *EventError.
	Formats []Format

	// Text tells whether a response with this header may be sent as text rather
	// than in base64; the header is not to be changed. Nil means the media types
	// text/*, JSON, XML, JavaScript, form data, and those that end in +json or
	// +xml. A body with a Content-Encoding or with bytes that are not UTF-8 is
	// sent in base64 in any case. On a REST API a body in base64 reaches the
	// client decoded only if the API's binaryMediaTypes match.
	Text func(http.Header) bool

	// OwnHeader adds headers to the answers that Handler makes itself: 400 for a
	// request that HTTP does not allow, 500 for a handler that panicked or
	// replied with what cannot be sent. The request was made anew for it. Nil
	// means the handler's own method Apply, if it has one with these parameters:
	// the result of cors's Wrap has.
	OwnHeader func(http.Header, *http.Request)

	// Logger gets a line about each answer that Handler makes itself. Nil means
	// slog.Default().
	Logger *slog.Logger
}

// applier is what OwnHeader falls back to.
type applier interface {
	Apply(http.Header, *http.Request)
}

// New returns a Handler that serves events with h. Nil options are the defaults.
// It panics if h is nil or an option impossible, with a message that names every
// problem: these are mistakes in the program that must not wait for a request.
func New(h http.Handler, opts *Options) *Handler {
	handler := &Handler{handler: h}
	if opts != nil {
		handler.options = *opts
	}
	if err := handler.configure(); err != nil {
		panic(err)
	}
	return handler
}

func (h *Handler) configure() error {
	var problems []error
	if h.handler == nil {
		problems = append(problems, errors.New("adapter: nil handler"))
	}
	for format := range fronts {
		h.accepts[format] = format > 0 && h.options.Formats == nil
	}
	for _, format := range h.options.Formats {
		if format == 0 || int(format) >= len(fronts) {
			problems = append(problems, fmt.Errorf("adapter: Options.Formats: %v is not supported", format))
			continue
		}
		h.accepts[format] = true
	}
	if h.options.Formats != nil && len(h.options.Formats) == 0 {
		problems = append(problems, errors.New("adapter: Options.Formats is empty: no event would be served"))
	}
	if own, ok := h.handler.(applier); ok && h.options.OwnHeader == nil {
		h.options.OwnHeader = own.Apply
	}
	if h.options.Logger == nil {
		h.options.Logger = slog.Default()
	}
	return errors.Join(problems...)
}

// Invoke serves one event and returns the reply. It fails with an *EventError
// for an event that is not a request of a front it serves; whatever goes wrong
// with a request is a reply. It does not keep or change event.
func (h *Handler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	s := scratches.Get().(*scratch)
	defer s.free()
	format, err := s.fields.parse(event)
	if err != nil {
		return nil, err
	}
	if int(format) >= len(h.accepts) || !h.accepts[format] {
		return nil, &EventError{Kind: format.String()}
	}
	inv := h.start(ctx, s, format)
	defer inv.end(ErrInvocationOver)
	r, ok := inv.newRequest(s)
	if !ok {
		return h.own(inv, s, http.StatusBadRequest), nil
	}
	inv.response.isHEAD = r.Method == http.MethodHead
	if !h.serve(inv, r) {
		return h.own(inv, s, http.StatusInternalServerError), nil
	}
	if inv.body.refused() {
		return h.own(inv, s, http.StatusBadRequest), nil
	}
	reply, err := inv.response.reply()
	if err != nil {
		h.options.Logger.ErrorContext(ctx, "adapter: reply cannot be sent", "format", format.String(), "reason", err.Error())
		return h.own(inv, s, http.StatusInternalServerError), nil
	}
	return reply, nil
}

// own makes an answer of Handler's own, from nothing that the handler could
// have touched.
func (h *Handler) own(inv *invocation, s *scratch, status int) []byte {
	inv.end(ErrInvocationOver)
	fresh := h.start(inv.parent, s, inv.event.format)
	defer fresh.end(ErrInvocationOver)
	r, _ := fresh.newRequest(s)
	fresh.response.isHEAD = r.Method == http.MethodHead
	if h.options.OwnHeader != nil {
		h.options.OwnHeader(fresh.response.header, r)
	}
	http.Error(&fresh.response, http.StatusText(status), status)
	reply, err := fresh.response.reply()
	if err != nil {
		panic("adapter: own answer: " + err.Error()) // a few bytes always fit
	}
	return reply
}

// panicText says what a handler panicked with, without printing values that
// may be data.
func panicText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case error:
		return v.Error()
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", v), "*")
}
