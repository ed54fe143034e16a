package adapter

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/ids"
	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// AccessLogOptions are the choices of AccessLog. The zero value, like nil, logs
// every invocation.
type AccessLogOptions struct {
	// Sample keeps one of this many lines about replies below 400 that the handler
	// made; 0 and 1 keep all. Every other line is kept, and so are those about an
	// answer that a browser keeps from its page.
	Sample int

	// Metrics is a namespace of CloudWatch metrics. If it is not empty, AccessLog
	// also writes a line in the embedded metric format for every invocation, those
	// that Sample leaves out included:
	//
	//	Requests      by Route and StatusClass ("2xx"; "none" if the invocation failed)
	//	Latency       by Route, in milliseconds
	//	ColdStarts
	//	Faults        by Reason: Handler answered 5xx in the handler's place, or the invocation failed
	//	Refusals      by Cause: the code of the policy's refusal
	//	Unavailable   by Cause: the policy could not decide, such as without keys
	//	ReportedOnly  by Route: what a Guard let pass until its report date
	//
	// Each also comes without dimensions. Route is a method and a pattern; requests
	// that match no route share the Route NOT_FOUND, and others without an
	// Outcome.Route share UNKNOWN. Two environments in one account need two namespaces.
	// Custom metrics cost money for each combination of dimensions.
	Metrics string

	// MetricsOutput gets the lines of Metrics, each in one Write; nil: os.Stdout,
	// where Lambda collects them.
	MetricsOutput io.Writer
}

// AccessLog returns a function for Options.Done that writes one line for each
// invocation: which request it was, what the client was sent, who answered and
// why. A nil logger means slog.Default(). With AccessLog, Handler writes no line of
// its own about refusals of an authz.Guard or of package cors.
//
// The message is "invocation". The level is INFO; WARN for a refusal of the function's
// policy or of package cors, and for a request that Handler answers with a 4xx of its
// own; and ERROR where something went wrong. Attributes have OpenTelemetry's names
// where it has one:
//
//	http.request.method        _OTHER for a method that HTTP does not define
//	http.route                 the pattern, see Outcome.Route
//	http.response.status_code  what the front was sent
//	trace_id                   of the runtime's trace header, in W3C's form
//	faas.invocation_id         the Lambda request's ID
//	faas.coldstart             true for the first invocation, else left out
//	gatehouse.front            the Format
//	gatehouse.request_id       Event.RequestID
//	gatehouse.api_id           Event.APIID
//	gatehouse.stage            the stage of the API
//	gatehouse.answered_by      adapter, policy or handler
//	gatehouse.reason           Outcome.Reason
//	gatehouse.reply_bytes      Outcome.ReplyBytes
//	gatehouse.duration_ms      Outcome.Duration
//	gatehouse.time_left_ms     until Outcome.Deadline
//	authz                      the group that a Guard left
//	cors                       why a browser keeps something from the page that sent the request
//	app                        the group of AddAttrs
//
// What is not known is left out, and so is an ID that is malformed. A line
// holds no path, query, header, body, token or claim, no text of a panic and none
// of an error. It has at most 900 bytes as JSON without AddAttrs, and 9 KB with: longer texts of the
// configuration, such as a requirement's, are cut.
func AccessLog(logger *slog.Logger, opts *AccessLogOptions) func(context.Context, *Outcome) {
	l := &accessLog{logger: logger}
	if opts != nil {
		l.options = *opts
		if opts.Metrics != "" {
			l.metrics = &metrics{namespace: opts.Metrics, out: opts.MetricsOutput}
		}
	}
	return l.done
}

type accessLog struct {
	logger  *slog.Logger
	options AccessLogOptions
	metrics *metrics      // nil: none
	count   atomic.Uint64 // of lines that may be left out
}

func (l *accessLog) done(ctx context.Context, o *Outcome) {
	if o.explained != nil {
		o.explained.Store(true)
	}
	if l.metrics != nil {
		l.metrics.write(o)
	}
	level := slog.LevelInfo
	faulty := o.Reason != "" && o.Reason != ReasonFallback && o.Reason != ReasonClosed
	// Some fronts hand on what a client makes up, such as the name of a header that HTTP does not allow.
	clients := o.answeredBy == "adapter" && o.Status >= http.StatusBadRequest && o.Status < http.StatusInternalServerError
	switch {
	case o.Failed != nil, o.Status >= http.StatusInternalServerError, faulty && !clients:
		level = slog.LevelError
	case clients, o.answeredBy == "policy", o.kept != "":
		level = slog.LevelWarn
	case o.Status < http.StatusBadRequest && o.Reason == "" && l.leftOut():
		return
	}
	logger := l.logger
	if logger == nil {
		logger = slog.Default()
	}
	if logger.Enabled(ctx, level) {
		logger.LogAttrs(ctx, level, "invocation", l.attrs(ctx, o)...)
	}
}

// leftOut reports whether a line is one of those that Sample leaves out.
func (l *accessLog) leftOut() bool {
	return l.options.Sample > 1 && l.count.Add(1)%uint64(l.options.Sample) != 1
}

func (l *accessLog) attrs(ctx context.Context, o *Outcome) []slog.Attr {
	attrs := o.whose(ctx)
	if stage := ids.Known(o.Event.stage()); stage != "" {
		attrs = append(attrs, slog.String(attrStage, stage))
	}
	if o.Status != 0 {
		attrs = append(attrs, slog.Int(attrStatus, o.Status))
	}
	attrs = append(attrs, slog.String(attrAnsweredBy, o.answeredBy))
	if o.Reason != "" {
		attrs = append(attrs, slog.String(attrReason, string(o.Reason)))
	}
	attrs = append(attrs,
		slog.Int(attrReplyBytes, o.ReplyBytes),
		slog.Float64(attrDuration, milliseconds(o.Duration)))
	if !o.Deadline.IsZero() {
		attrs = append(attrs, slog.Int64(attrTimeLeft, time.Until(o.Deadline).Milliseconds()))
	}
	if o.ColdStart {
		attrs = append(attrs, slog.Bool(attrColdStart, true))
	}
	return fit(append(attrs, o.Attrs...))
}

// milliseconds keeps microseconds, and no more digits than a line needs.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// stage returns the stage of the event's API, "" if there is none.
func (e *Event) stage() string {
	if e == nil {
		return ""
	}
	context := []byte(e.context.in(e.text))
	name, i, ok := scan.First(context, scan.Start(context))
	for ; ok; name, i, ok = scan.Next(context, i) {
		if name.Is(context, "stage") && scan.Kind(context, i) == '"' {
			stage, _ := scan.String(context, i)
			return string(stage.Bytes(context))
		}
		i = scan.Skip(context, i)
	}
	return ""
}
