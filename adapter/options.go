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

// Options are the choices that New leaves to its caller. The zero Options, like
// nil, are the defaults.
type Options struct {
	// Formats are the formats that are served. Nil means every format that speaks
	// HTTP, which is all but WebSocketAPI. An event of any other format is refused
	// with an *EventError. WebSocketAPI cannot be combined with other formats, since
	// its requests are not a client's.
	//
	// A payload 2.0 event whose domain name is neither a function URL's nor an API's
	// own, as emulators send it, is read as a function URL event if Formats has
	// FunctionURL but not HTTPAPIV2. Otherwise it is read as an HTTP API event, whose
	// path is already decoded.
	Formats []Format

	// StripStage removes a named stage from the start of the path, for fronts whose
	// paths begin with it: an HTTP API with a stage other than $default, or a REST
	// API behind a custom domain whose mapping names no stage. A path then has two
	// names, /prod/admin and /admin, and a rule of the front for one of them does
	// not cover the other.
	StripStage bool

	// BasePaths are base path mappings of custom domains, such as "/orders". The
	// longest that matches is removed from the start of the path, after the stage:
	// once, and only whole segments. Event.BasePath has what was removed. A gateway
	// that routes by path has routed by the path before the removal: an authorizer
	// of its route /admin does not guard /orders/admin, which the handler sees as
	// /admin too. An HTTP API with payload 2.0 never has the mapping in its events:
	// nothing needs to be removed there, and a redirect to one of the handler's own
	// paths has to include the mapping itself.
	BasePaths []string

	// IsText reports whether a response with this header may be sent as text
	// rather than in base64. It must not change the header. Nil means that these
	// media types are text: text/*, JSON, JSON lines and sequences, XML, YAML,
	// TOML, JavaScript, SQL, GraphQL, JWT, form data, and types that end in +json,
	// +xml, +yaml or +jwt. A body with a Content-Encoding, or with bytes that are
	// not UTF-8, is sent in base64 in any case. On a REST API a body in base64
	// reaches the client decoded only if the API's binaryMediaTypes match.
	IsText func(http.Header) bool

	// Timeout is how long the handler may take. If it is 0 and the invocation has
	// a deadline, the handler may take until shortly before the front gives up, as
	// far as that is known: 29.5 s on HTTP APIs, 28.5 s on REST and WebSocket APIs.
	// If it is 0 and there is no deadline, as under test, there is no limit. Less
	// than 0 means that only the deadline counts. In any case the reply is made
	// before the deadline, by 1 % of the time left, but at least 50 ms and at most
	// 500 ms.
	//
	// With a limit, the handler runs on a goroutine of its own. If it takes longer,
	// Handler answers in its place, with 503 on HTTP APIs and function URLs and 504
	// elsewhere; its context is canceled and nothing it still does has an effect.
	Timeout time.Duration

	// TrustedHops is the number of trusted proxies in front of the load balancer,
	// such as 1 for CloudFront: the client's address is that many entries before
	// the last of X-Forwarded-For. If the load balancer can be reached without
	// these proxies, or if its attribute routing.http.xff_header_processing.mode
	// is preserve, the client can forge that entry and with it RemoteAddr.
	TrustedHops int

	// Fail decides whether an invocation fails: if it returns an error, the front
	// answers instead, with a 500 or 502, the function's error metric counts the
	// invocation, and asynchronous invokers try again. Fail is asked once for each
	// event that made a request, unless the runtime has closed the stream. It must
	// not change the Outcome. If Fail panics, the invocation fails; if Fail takes
	// longer than the handler may, the reply is sent without waiting for it. Nil
	// means that no invocation fails.
	Fail func(context.Context, *Outcome) error

	// Done is told how each invocation ended, exactly once and last, before the
	// runtime sees the end of the reply. That includes streams and refused events.
	// Done may keep the Outcome. The time that Done takes counts as part of the
	// invocation. If Done panics, or takes longer than the handler may, that is
	// logged and the reply is sent anyway. Nil means that nothing is called. See
	// AccessLog.
	Done func(context.Context, *Outcome)

	// PrefixLocation puts Event.BasePath before the path of Location headers that
	// start with "/", so that redirects of routers that do not know of a stage or
	// base path lead where the client can follow. A Location that already starts
	// with it, one that names a scheme or host, and one that starts with "//" or
	// "/\" is left as it is.
	PrefixLocation bool

	// PadEmptyStream sends one blank as the body of a streamed answer that may
	// have a body and has none. There are reports, unconfirmed, that clients of
	// function URLs wait in vain for the end of such an answer
	// (github.com/aws/aws-lambda-go issues 593 and 596,
	// github.com/aws/aws-lambda-web-adapter issue 499). Answers to HEAD, and those
	// with status 204 or 304, stay without a body.
	PadEmptyStream bool

	// Fallback serves events that are not requests, such as those of schedules,
	// queues and authorizers, from the same function; and events of WebSocket APIs,
	// unless Formats has them. The event is a copy. The result is encoded with
	// encoding/json, or taken as it is if it is a json.RawMessage, and may have up to
	// 6 MB. Nil means that such events are refused with an *EventError. Events that
	// are not JSON, and those of an HTTP front that Formats leaves out, are refused in
	// any case.
	//
	// Fallback gets whatever somebody invoked the function with. claims.Fallback
	// compares the ARNs of queues, topics and rules, and keeps out what a user of a
	// Cognito identity pool sent.
	Fallback func(ctx context.Context, event json.RawMessage) (any, error)

	// Logger gets a line about each answer that Handler gives in the handler's place,
	// about each part of a reply that may not arrive, and about refusals of an
	// authz.Guard, unless Done is AccessLog's. Refusals get one line a minute for
	// each route, code and cause, at most 30 about known callers and 30 about others,
	// and the number of those that were left out. Refusals of callers who offered no
	// token are only counted. What package cors refuses gets one line a minute for
	// each route and cause, at most 30. The policy in force is logged once, with the
	// formats and who is responsible for CORS, and in Lambda each of its dangerous
	// settings as well. Nil means slog.Default().
	Logger *slog.Logger

	// PanicText allows the texts that handlers panic with in log lines, if they are
	// strings or errors. Without it, a line has the type and the stack, and the text
	// of the Go runtime's own errors and of authz.Misregistered only: other texts may
	// hold data of a caller. Outcome.Panic has the value in any case.
	PanicText bool
}

// configure checks the options and fills in the defaults.
func (h *Handler) configure() error {
	var problems []error
	if h.handler == nil {
		problems = append(problems, errors.New("adapter: nil handler"))
	}
	if h.options.TrustedHops < 0 {
		problems = append(problems, fmt.Errorf("adapter: Options.TrustedHops: %d is negative", h.options.TrustedHops))
	}
	problems = append(problems, h.configureFormats(), h.configureBasePaths())
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
			problems = append(problems, fmt.Errorf("adapter: Options.Formats: %v is not a format", format))
		case format == WebSocketAPI && len(formats) > 1:
			problems = append(problems, fmt.Errorf("adapter: Options.Formats: %v can only stand alone", format))
		default:
			h.accepts[format] = true
		}
	}
	return errors.Join(problems...)
}
