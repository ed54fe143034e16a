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
// function: an API Gateway REST, HTTP or WebSocket API, a function URL, an
// Application Load Balancer or VPC Lattice. An event is the JSON document it
// invokes the function with; a [Format] is an event's shape, and that of the
// reply. One Handler serves all formats and tells them apart by the event.
//
// A reply is buffered, [Handler.Invoke], or streamed, [Handler.Stream].
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
//   - A panic is a reply with status 500 and a log line; a handler that takes too
//     long is answered for ([Options].Timeout), and so is a reply too large for
//     the front. The process lives on.
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
//   - https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
//   - https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
package adapter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
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
	// Formats are those that are served; nil means every one that speaks HTTP,
	// which is all but WebSocketAPI. An event of another is refused with an
	// *EventError. WebSocketAPI can only stand alone, since its requests are not
	// a client's.
	Formats []Format

	// StripStage takes a named stage off the front of the path, where the front
	// has it there: an HTTP API with another stage than $default, or a REST API
	// behind a custom domain whose mapping names no stage.
	StripStage bool

	// BasePaths are base path mappings of custom domains, such as "/orders", that
	// are to be taken off the front of the path, after the stage: once, the
	// longest that matches, and only whole segments. What was taken off is
	// Event.BasePath.
	BasePaths []string

	// Text tells whether a response with this header may be sent as text rather
	// than in base64; the header is not to be changed. Nil means the media types
	// text/*, JSON, XML, JavaScript, form data, and those that end in +json or
	// +xml. A body with a Content-Encoding or with bytes that are not UTF-8 is
	// sent in base64 in any case. On a REST API a body in base64 reaches the
	// client decoded only if the API's binaryMediaTypes match.
	Text func(http.Header) bool

	// Timeout is how long the handler may take. 0 means until shortly before the
	// front gives up, as far as that is known (29.5 s on HTTP APIs, 28.5 s on
	// REST and WebSocket APIs), if the invocation has a deadline, and no limit if
	// it has none, as under test. Less than 0 means that only the deadline
	// counts. In any case the reply is made before the deadline, by 1 % of the
	// time left but 50 ms at least and 500 ms at most.
	//
	// With a limit, the handler runs on a goroutine of its own. One that takes
	// longer is answered for, with 503 on HTTP APIs and function URLs and 504
	// elsewhere; its context is cancelled and nothing it still does has an effect.
	Timeout time.Duration

	// ALBHops is the number of trusted proxies before the load balancer, such as
	// 1 for CloudFront: the client's address is that many entries before the last
	// of X-Forwarded-For.
	ALBHops int

	// OwnHeader adds headers to the answers that Handler makes itself: 400 for a
	// request that HTTP does not allow, 500 for a handler that panicked or
	// replied with what cannot be sent, 503 or 504 for one that took too long.
	// The request was made anew for it. Nil means the handler's own method Apply,
	// if it has one with these parameters: the result of cors's Wrap has.
	OwnHeader func(http.Header, *http.Request)

	// Failure turns an outcome into a failed invocation: where it returns an
	// error, the front answers instead (with a 500 or 502), the function's error
	// metric counts it, and asynchronous invokers try again. Nil means that none
	// fails.
	Failure func(Outcome) error

	// Fallback serves events that are no requests, such as those of schedules,
	// queues and authorizers, from the same function. The event is a copy. The
	// result is encoded with encoding/json, a json.RawMessage as it is. Nil means
	// that they are refused with an *EventError. Events that are not JSON, and
	// those of a front that Formats leaves out, are refused in any case.
	Fallback func(ctx context.Context, event json.RawMessage) (any, error)

	// Logger gets a line about each answer that Handler makes itself, and about
	// replies that a front may refuse. Nil means slog.Default().
	Logger *slog.Logger
}

// Outcome is what became of one request.
type Outcome struct {
	Status     int    // of the reply
	Panic      any    // what the handler panicked with, or an error if it exited its goroutine
	Stack      []byte // of the panic
	Timeout    bool   // the handler took too long
	ReplyBytes int    // the reply's size as JSON
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
	if h.options.ALBHops < 0 {
		problems = append(problems, fmt.Errorf("adapter: Options.ALBHops: %d is negative", h.options.ALBHops))
	}
	problems = append(problems, h.configureFormats(), h.configureBasePaths())
	if own, ok := h.handler.(applier); ok && h.options.OwnHeader == nil {
		h.options.OwnHeader = own.Apply
	}
	if h.options.Logger == nil {
		h.options.Logger = slog.Default()
	}
	return errors.Join(problems...)
}

func (h *Handler) configureFormats() error {
	formats := h.options.Formats
	if formats == nil {
		formats = []Format{RESTAPI, HTTPAPIV1, HTTPAPIV2, FunctionURL, ALB, LatticeV1, LatticeV2}
	}
	var problems []error
	if len(formats) == 0 {
		problems = append(problems, errors.New("adapter: Options.Formats is empty: no event would be served"))
	}
	for _, format := range formats {
		switch {
		case format == 0 || int(format) >= len(fronts):
			problems = append(problems, fmt.Errorf("adapter: Options.Formats: %v is no format", format))
		case format == WebSocketAPI && len(formats) > 1:
			problems = append(problems, fmt.Errorf("adapter: Options.Formats: %v can only stand alone", format))
		default:
			h.accepts[format] = true
		}
	}
	return errors.Join(problems...)
}

// Invoke serves one event and returns the reply. It fails with an *EventError
// for an event that is not a request of a front it serves, and with what
// Options.Failure or Options.Fallback return; whatever else goes wrong with a
// request is a reply. It does not keep or change event.
func (h *Handler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	s := scratches.Get().(*scratch)
	defer s.free()
	format, err := s.fields.parse(event)
	if err != nil {
		return h.fallBack(ctx, event, err)
	}
	if !h.accepts[format] {
		return h.fallBack(ctx, event, &EventError{Kind: format.String(), format: format})
	}
	inv := h.start(ctx, s, format)
	defer inv.end(returned)
	reply, outcome := h.reply(inv, s)
	if h.options.Failure != nil {
		outcome.ReplyBytes = len(reply)
		if err := h.options.Failure(outcome); err != nil {
			return nil, err
		}
	}
	return reply, nil
}

// reply serves the request that the event makes.
func (h *Handler) reply(inv *invocation, s *scratch) ([]byte, Outcome) {
	r, ok := h.newRequest(inv, s)
	if !ok {
		return h.own(inv, s, Outcome{Status: http.StatusBadRequest})
	}
	inv.response.isHEAD = r.Method == http.MethodHead
	outcome := h.serve(inv, r)
	switch {
	case outcome.Timeout:
		outcome.Status = fronts[inv.event.format].late
		return h.own(inv, s, outcome)
	case outcome.Panic != nil:
		outcome.Status = http.StatusInternalServerError
		return h.own(inv, s, outcome)
	case inv.body.refused():
		return h.own(inv, s, Outcome{Status: http.StatusBadRequest})
	}
	reply, err := inv.response.reply()
	if err != nil {
		h.log(inv, slog.LevelError, "reply cannot be sent", slog.String("reason", err.Error()))
		return h.own(inv, s, Outcome{Status: http.StatusInternalServerError})
	}
	h.warn(inv)
	return reply, Outcome{Status: int(inv.response.status)}
}

// own makes an answer of Handler's own, from nothing that the handler could
// have touched.
func (h *Handler) own(inv *invocation, s *scratch, outcome Outcome) ([]byte, Outcome) {
	why := returned
	if outcome.Timeout {
		why = timedOut
	}
	inv.end(why)
	fresh := h.start(inv.parent, s, inv.event.format)
	defer fresh.end(returned)
	h.answer(fresh, s, outcome.Status)
	reply, err := fresh.response.reply()
	if err != nil {
		panic("adapter: own answer: " + err.Error()) // a few bytes always fit
	}
	return reply, outcome
}

// answer writes Handler's own answer as the response of a fresh invocation.
func (h *Handler) answer(fresh *invocation, s *scratch, status int) {
	r, _ := h.newRequest(fresh, s)
	fresh.response.isHEAD = r.Method == http.MethodHead
	if h.options.OwnHeader != nil {
		h.options.OwnHeader(fresh.response.header, r)
	}
	http.Error(&fresh.response, http.StatusText(status), status)
}
