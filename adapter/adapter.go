// Package adapter runs an ordinary [http.Handler] as a Lambda function. It turns
// the event of any AWS front that speaks HTTP into the [http.Request] that
// net/http's server would have made of the client's request, and turns what the
// handler writes into the reply that the front expects.
//
//	lambda.Start(adapter.New(handler, nil))         // buffered
//	lambda.Start(adapter.New(handler, nil).Stream)  // streamed
//
// Do not pass the method Invoke to lambda.Start: aws-lambda-go would then try to
// decode each event into its []byte, and fail with "cannot unmarshal object".
//
// # Terminology
//
// A front is the AWS service that receives the client's request and invokes the
// function: an API Gateway REST, HTTP or WebSocket API, a function URL, an
// Application Load Balancer or VPC Lattice. An event is the JSON document that the
// front invokes the function with. A [Format] is the shape of an event and of the
// reply to it. One Handler serves all formats and tells them apart by the event.
//
// A reply is buffered ([Handler.Invoke]) or streamed ([Handler.Stream]).
//
// # What a handler can rely on
//
//   - The path is the one that the front routed by. It is never parsed from a
//     string, so that an encoded "?" or "#" stays part of it.
//   - Repeated header lines stay separate if the event keeps them separate, and
//     no value is ever split.
//   - RemoteAddr is the client's address as the front saw it, Host is the host
//     name that the client asked for, and TLS is set if the client used https.
//     Behind CloudFront, RemoteAddr is CloudFront's address and Host is usually
//     the origin's name; neither is the viewer's.
//   - Content-Length equals Request.ContentLength, and X-Amzn-Trace-Id is the
//     runtime's, so that traces join the invocation's own.
//   - The request's context is canceled when the handler has returned, and
//     carries the [Event]. No header holds anything that the client could not have
//     sent, except X-Amzn-Trace-Id.
//   - Every string of the request may be kept. The body may be read until the
//     handler returns; after that, Read returns [http.ErrBodyReadAfterClose].
//     Temporary files of a multipart form are removed when the handler ends.
//   - A panic becomes a reply with status 500 and a log line. If a handler takes
//     too long ([Options].Timeout), or its reply is too large for the front,
//     Handler answers in its place. The process lives on.
//
// Redirects, cookies, sniffing and superfluous calls of WriteHeader are as in
// net/http. Fronts cannot carry trailers, informational responses, hop-by-hop
// headers and the Content-Length of an answer to HEAD, so these are lost. A body
// without Content-Type gets one from the front.
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
	"net/http"
	"sync/atomic"

	"github.com/gatehouse-go/gatehouse/internal/slot"
)

// Handler serves Lambda events with an http.Handler. It has the method of
// aws-lambda-go's lambda.Handler. Any number of invocations may run at once.
type Handler struct {
	handler http.Handler
	options Options
	accepts [len(fronts)]bool
	warm    atomic.Bool   // an invocation has begun before
	warned  atomic.Uint32 // losses that were logged

	refusals refusals
}

// New returns a Handler that serves events with h. Nil options mean the defaults.
// New panics if h is nil or an option is impossible, with a message that names
// every problem: these are mistakes in the program, and must not wait for a
// request.
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

// Invoke serves one event and returns the reply. It returns an *EventError for an
// event that is not a request of a front that h serves, the errors of Options.Fail
// and Options.Fallback, and an error if a function of Options panics. Whatever else
// goes wrong with a request becomes a reply. Invoke neither keeps nor changes event.
func (h *Handler) Invoke(ctx context.Context, event []byte) (reply []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			reply, err = nil, h.optionPanicked(ctx, v)
		}
	}()
	s := scratches.Get().(*scratch)
	defer s.free()
	format, err := h.read(s, event)
	if err != nil {
		return h.fallBack(ctx, event, err)
	}
	return h.invoke(ctx, s, format)
}

// read parses an event that may be served.
func (h *Handler) read(s *scratch, event []byte) (Format, error) {
	format, err := s.fields.parse(event)
	if format == HTTPAPIV2 && h.accepts[FunctionURL] && !h.accepts[HTTPAPIV2] && !s.fields.isHTTPAPI() {
		format = FunctionURL // an emulator's, whose domain names neither
	}
	if err == nil && !h.accepts[format] {
		err = &EventError{Format: format, Reason: ReasonFormat}
	}
	return format, err
}

func (h *Handler) invoke(ctx context.Context, s *scratch, format Format) ([]byte, error) {
	inv := h.start(ctx, s, format)
	defer inv.end(returned)
	reply, res := h.reply(inv, s)
	res.bytes = len(reply)
	if err := h.conclude(inv, res); err != nil {
		return nil, err
	}
	return reply, nil
}

// reply serves the request that the event makes.
func (h *Handler) reply(inv *invocation, s *scratch) ([]byte, result) {
	r, problem := h.newRequest(inv, s)
	inv.note(r)
	if problem.status != 0 {
		return h.own(inv, s, result{status: problem.status, reason: problem.reason, member: problem.member})
	}
	inv.response.isHEAD = r.Method == http.MethodHead
	res := h.serve(inv, r)
	switch {
	case res.reason == ReasonLate:
		res.status = fronts[inv.event.format].late
		return h.own(inv, s, res)
	case res.panicked():
		res.status = http.StatusInternalServerError
		return h.own(inv, s, res)
	case inv.body.refused():
		return h.own(inv, s, result{status: http.StatusBadRequest, reason: ReasonBadBase64})
	}
	reply, fault := inv.response.reply()
	if fault != "" {
		return h.own(inv, s, result{status: http.StatusInternalServerError, reason: fault})
	}
	h.warn(inv)
	return reply, result{status: int(inv.response.status)}
}

// own answers in the handler's place. It uses a fresh invocation because the
// handler may still hold the old one. A panic has been logged already.
func (h *Handler) own(inv *invocation, s *scratch, res result) ([]byte, result) {
	if !res.panicked() {
		h.logOwn(inv, &res)
	}
	why := returned
	if res.reason == ReasonLate {
		why = timedOut
	}
	inv.end(why)
	fresh := h.start(inv.parent, s, inv.event.format)
	defer fresh.end(returned)
	h.answer(fresh, s, res.status, inv.event.slot.CORS())
	reply, fault := fresh.response.reply()
	if fault != "" {
		panic("adapter: own answer: " + string(fault)) // a few bytes fit, unless cors adds megabytes
	}
	return reply, res
}

// answer writes Handler's own answer as the response of a fresh invocation, with
// the headers of the CORS settings that the handler's request passed.
func (h *Handler) answer(fresh *invocation, s *scratch, status int, cors slot.Applier) {
	r, _ := h.newRequest(fresh, s)
	fresh.response.isHEAD = r.Method == http.MethodHead
	if cors != nil {
		cors.Apply(fresh.response.header, r)
	}
	http.Error(&fresh.response, http.StatusText(status), status)
}
