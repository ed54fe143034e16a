package authz

import (
	"log/slog"
	"net/http"

	"github.com/gatehouse-go/gatehouse/internal/cause"
	"github.com/gatehouse-go/gatehouse/internal/ids"
)

// minSubjectKey is the length of SHA-256's output: a shorter key of an HMAC is
// weaker than the hash (RFC 2104 section 3).
const minSubjectKey = 32

// LogValue returns the decision as a group for package slog. The group has no
// empty members, and its text about Err is this module's own: it says what was
// missing; of an error from other code it gives only the type and the name of
// the requirement that returned it. A malformed ID is left out, and a method
// that neither RFC 9110 nor RFC 5789 defines is logged as _OTHER. With
// Guard.SubjectKey the group has the subject's hash.
func (d Decision) LogValue() slog.Value {
	var attrs [12]slog.Attr
	group := attrs[:0]
	text := func(key, value string) {
		if value != "" {
			group = append(group, slog.String(key, value))
		}
	}
	text("route", d.Route)
	text("method", knownMethod(d.Method))
	if d.Format != 0 {
		text("front", d.Format.String())
	}
	text("api_id", ids.Known(d.APIID))
	text("request_id", ids.Known(d.RequestID))
	if d.Source != 0 {
		text("source", d.Source.String())
	}
	return slog.GroupValue(append(group, d.verdict()...)...)
}

// verdict is what there is to say of the decision itself.
func (d Decision) verdict() []slog.Attr {
	group := make([]slog.Attr, 0, 6)
	text := func(key, value string) {
		if value != "" {
			group = append(group, slog.String(key, value))
		}
	}
	text("requirement", d.Requirement)
	text("result", string(d.Result))
	text("code", d.Code)
	if d.Result == Refused && !d.Enforced {
		group = append(group, slog.Bool("report_only", true))
	}
	text("subject", d.SubjectHash(d.key))
	text("cause", d.cause())
	return group
}

// cause is what may be logged of Err, "" if that says no more than its code.
func (d Decision) cause() string {
	if refusal, ok := d.Err.(*Error); ok {
		return cause.Of(refusal.Err)
	}
	return cause.Of(d.Err)
}

// knownMethod keeps what a client made up out of log lines and metrics, as
// OpenTelemetry's conventions for HTTP do
// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/).
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	}
	return "_OTHER"
}
