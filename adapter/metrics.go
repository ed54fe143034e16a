package adapter

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// metrics writes one line in CloudWatch's embedded metric format for each
// invocation, which CloudWatch Logs turns into metrics.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
type metrics struct {
	namespace string
	out       io.Writer

	mu sync.Mutex // a line is one Write
}

// counts is a line. Its dimensions are texts of the program's and of this package:
// a pattern, a class of statuses, a Reason, a code. Nothing that a client sent is
// in it, so that nobody can make up a metric.
type counts struct {
	AWS struct {
		Timestamp  int64       // ms
		Directives []directive `json:"CloudWatchMetrics"`
	} `json:"_aws"`

	Route       string
	StatusClass string
	Reason      string `json:",omitempty"`
	Cause       string `json:",omitempty"`

	Requests     int
	Latency      float64 // ms
	ColdStarts   int     `json:",omitempty"`
	Faults       int     `json:",omitempty"`
	Refusals     int     `json:",omitempty"`
	Unavailable  int     `json:",omitempty"`
	ReportedOnly int     `json:",omitempty"`
}

type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []metric
}

type metric struct{ Name, Unit string }

// write never fails the invocation: a metric that is lost is not worth a request.
func (m *metrics) write(o *Outcome) {
	line, err := json.Marshal(m.count(o))
	if err != nil {
		return // texts and numbers always encode
	}
	out := m.out
	if out == nil {
		out = os.Stdout
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	_, _ = out.Write(append(line, '\n'))
}

func (m *metrics) count(o *Outcome) *counts {
	c := &counts{Route: routeDimension(o), StatusClass: classOf(o.Status), Requests: 1, Latency: milliseconds(o.Duration)}
	c.AWS.Timestamp = time.Now().UnixMilli()
	// No dimension at all is the sum over all of them, which alarms stand on.
	m.add(c, "Requests", "Count", "Route", "StatusClass")
	m.add(c, "Latency", "Milliseconds", "Route")
	if o.ColdStart {
		c.ColdStarts = 1
		m.add(c, "ColdStarts", "Count")
	}
	if fault := o.Reason; fault != "" && fault != ReasonFallback && fault != ReasonClosed && (o.Status >= http.StatusInternalServerError || o.Status == 0) || o.Failed != nil {
		c.Faults, c.Reason = 1, string(o.Reason)
		if c.Reason == "" {
			c.Reason = "the invocation failed"
		}
		m.add(c, "Faults", "Count", "Reason")
	}
	switch {
	case o.answeredBy != "policy":
	case o.Status >= http.StatusInternalServerError:
		c.Unavailable, c.Cause = 1, o.code
		m.add(c, "Unavailable", "Count", "Cause")
	default:
		c.Refusals, c.Cause = 1, o.code
		m.add(c, "Refusals", "Count", "Cause")
	}
	if reportedOnly(o.Attrs) {
		c.ReportedOnly = 1
		m.add(c, "ReportedOnly", "Count", "Route")
	}
	return c
}

// classOf is "none" if nothing was sent: the front answers then.
func classOf(status int) string {
	if status == 0 {
		return "none"
	}
	return strconv.Itoa(status/100) + "xx"
}

// add names a metric of the line, by the dimensions together and without any.
func (m *metrics) add(c *counts, name, unit string, dimensions ...string) {
	d := directive{Namespace: m.namespace, Dimensions: [][]string{{}}, Metrics: []metric{{name, unit}}}
	if len(dimensions) > 0 {
		d.Dimensions = append(d.Dimensions, dimensions)
	}
	c.AWS.Directives = append(c.AWS.Directives, d)
}

// routeDimension is the pattern with its method. All paths without a route are one,
// or a scanner would make a metric of each.
func routeDimension(o *Outcome) string {
	switch {
	case o.Route != "":
		return loggedMethod(o.Method) + " " + routeOf(o.Route)
	case o.Status == http.StatusNotFound || o.Status == http.StatusMethodNotAllowed || o.answeredBy == "policy":
		return "NOT_FOUND"
	}
	return "UNKNOWN"
}

// reportedOnly reports whether a Guard would have refused what it let pass.
func reportedOnly(groups []slog.Attr) bool {
	for _, group := range groups {
		if group.Key != "authz" {
			continue
		}
		for _, attr := range group.Value.Resolve().Group() {
			if attr.Key == "report_only" && attr.Value.Kind() == slog.KindBool {
				return attr.Value.Bool()
			}
		}
	}
	return false
}
