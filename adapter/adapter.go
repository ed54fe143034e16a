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
//     carries the [Event]. Apart from X-Amzn-Trace-Id, every header is one that the
//     client could have sent itself.
//   - Every string of the request may be kept. The body may be read until the
//     handler returns; after that, Read returns [http.ErrBodyReadAfterClose].
//     Temporary files of a multipart form are removed when the handler ends, but
//     not, as under net/http, if the form was parsed in a copy of the request.
//     [http.StripPrefix], chi's routers and other middleware pass on copies; a
//     handler behind them must call r.MultipartForm.RemoveAll itself. The packages
//     claims and authz do so for the copies that they make.
//   - A panic becomes a reply with status 500 and a log line. If a handler takes
//     too long ([Options].Timeout), or its reply is too large for the front,
//     Handler answers in its place. The process lives on.
//
// Redirects, cookies, sniffing and superfluous calls of WriteHeader are as in
// net/http. Fronts cannot carry trailers, informational responses, hop-by-hop
// headers and the Content-Length of an answer to HEAD, so these are lost. A body
// without Content-Type gets one from the front.
//
// # ResponseController
//
// An [http.ResponseController] works as under net/http, except for what
// needs a connection:
//
//	method                 buffered               streamed
//	Flush                  settles the header     sends what there is
//	SetWriteDeadline       nil, without effect    ends the stream, see below
//	SetReadDeadline        nil: the whole request has already arrived
//	EnableFullDuplex       nil: likewise
//	Hijack                 http.ErrNotSupported
//
// Once the write deadline of a stream has passed, Write returns
// os.ErrDeadlineExceeded, as does a Write that is already waiting, and the stream
// ends with an error, or with status 500 if nothing was sent. The ResponseWriter
// is not an [http.Pusher]. The request's context has a value for
// [http.ServerContextKey], as code of net/http's own expects, but it is not an
// *http.Server.
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
)

// Handler serves Lambda events with an http.Handler. It has the method of
// aws-lambda-go's lambda.Handler. Any number of invocations may run at once.
type Handler struct {
	handler http.Handler
	options Options
	accepts [len(fronts)]bool
	warm    atomic.Bool   // an invocation has begun before
	warned  atomic.Uint32 // losses that were logged

	said     atomic.Int32 // of the policy in force
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
func (h *Handler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	s := scratches.Get().(*scratch)
	defer s.free()
	format, err := h.read(s, event)
	if err != nil {
		return h.fallBack(ctx, event, err)
	}
	return h.begin(ctx, s, format).invoke(s)
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
