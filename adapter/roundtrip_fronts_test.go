package adapter_test

import (
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// fronts is a set of rows of frontTable.
type fronts uint16

const (
	rest fronts = 1 << iota
	v1
	v2
	furl

	maps1 = rest | v1             // query and headers as maps of lists
	join2 = v2 | furl             // repeated values joined with commas
	every = rest | v1 | v2 | furl // no front can keep it
)

// front is one row of the table of formats: what it changes in every exchange.
type front struct {
	id        fronts // itself
	format    adapter.Format
	base      string            // gateway.Gateway's BasePath
	replyKeys []string          // members a reply may have
	lacks     []string          // what no request through it has, see kept
	adds      facts             // fields given a value where net/http has none
	drops     []string          // fields never delivered
	renames   map[string]string // fields delivered under another name
	replyType string            // Content-Type of a reply that has none
}

// anything is the value of a field that is there with a value of its own each
// time, like an id.
const anything = "*"

// forwarded is what every front says of the connection it ended.
var forwarded = facts{
	"Header[X-Forwarded-For]":   list("127.0.0.1"),
	"Header[X-Forwarded-Port]":  list("443"),
	"Header[X-Forwarded-Proto]": list("https"),
	"Header[X-Amzn-Trace-Id]":   anything,
}

// perHop belongs to one connection, and the front has two. That the fronts
// other than REST APIs keep these headers to themselves is unconfirmed.
var perHop = []string{
	"Header[Connection]", "Header[Keep-Alive]", "Header[Te]", "Header[Upgrade]", "Trailer[X-Sum]",
	"Reply.Header[Keep-Alive]", "Reply.Header[Upgrade]", "Reply.Trailer[X-Sum]",
}

// payload1 and payload2 are the members of a reply. On a REST API any other is
// a 502.
var (
	payload1 = []string{"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
	payload2 = []string{"statusCode", "headers", "cookies", "body", "isBase64Encoded"}
)

// frontTable holds every format a handler can be served through. What it says
// was recorded on AWS where nothing else is said.
var frontTable = []front{
	{
		id:        rest,
		format:    adapter.RESTAPI,
		replyKeys: payload1,
		base:      "/", // a custom domain: no stage in the client's path
		replyType: "application/json",
		drops: slices.Concat(perHop, []string{
			"Header[Content-Length]", "Header[Expect]", "Header[Max-Forwards]",
		}),
		renames: map[string]string{
			"Reply.Header[Server]":           "Reply.Header[X-Amzn-Remapped-Server]",
			"Reply.Header[Www-Authenticate]": "Reply.Header[X-Amzn-Remapped-Www-Authenticate]",
		},
		adds: forwarded.with(facts{
			"Reply.Header[X-Amzn-Requestid]": anything,
			"Reply.Header[X-Amz-Apigw-Id]":   anything,
			"Reply.Header[X-Amzn-Trace-Id]":  anything,
		}),
	},
	{
		id:        v1,
		format:    adapter.HTTPAPIV1,
		replyKeys: payload1,
		replyType: "text/plain; charset=utf-8",
		drops:     perHop,
		adds:      forwarded.with(facts{"Reply.Header[Apigw-Requestid]": anything}),
	},
	{
		id:        v2,
		format:    adapter.HTTPAPIV2,
		replyKeys: payload2,
		lacks:     []string{"URL.RawPath"},
		replyType: "text/plain; charset=utf-8",
		drops:     perHop,
		adds:      forwarded.with(facts{"Reply.Header[Apigw-Requestid]": anything}),
	},
	{
		id:        furl,
		format:    adapter.FunctionURL,
		replyKeys: payload2,
		lacks:     []string{"StageVariable"},
		replyType: "application/json",
		drops:     perHop,
		adds: forwarded.with(facts{
			"Header[X-Amzn-Tls-Version]":      anything,
			"Header[X-Amzn-Tls-Cipher-Suite]": anything,
			"Reply.Header[X-Amzn-Requestid]":  anything,
			"Reply.Header[X-Amzn-Trace-Id]":   anything,
		}),
	},
}

// gateway plays this front before fn.
func (f front) gateway(fn gateway.Function) *gateway.Gateway {
	return &gateway.Gateway{
		Function:       fn,
		Format:         f.format,
		BasePath:       f.base,
		StageVariables: map[string]string{"table": "notes"},
	}
}

// quiet are the adapter's options in tests that make it log.
func quiet() *adapter.Options {
	return &adapter.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

// lose returns what is left of an exchange behind this front, and notes in
// occurred which of the declared changes took effect.
func (f front) lose(from facts, occurred map[string]bool) facts {
	out := maps.Clone(from)
	change := func(field, name, value string) {
		delete(out, field)
		if name != "" {
			out[name] = value
		}
		occurred[field] = true
	}
	for _, field := range f.drops {
		if _, there := from[field]; there {
			change(field, "", "")
		}
	}
	for field, name := range f.renames {
		if value, there := from[field]; there {
			change(field, name, value)
		}
	}
	for field, value := range f.adds {
		if _, there := from[field]; !there && from.has(field) {
			change(field, field, value)
		}
	}
	if _, there := from[contentType]; !there && from.typed() {
		change(contentType, contentType, list(f.replyType))
	}
	return out
}

// has reports whether the exchange came as far as the field's side of it.
func (f facts) has(field string) bool {
	if strings.HasPrefix(field, "Reply.") {
		return f["Reply.Status"] != "none"
	}
	return f["Method"] != ""
}

// typed reports whether the reply may have a Content-Type. That fronts add none
// where there can be no body is unconfirmed.
func (f facts) typed() bool {
	return f.has(contentType) && f["Reply.Status"] != "204" && f["Reply.Status"] != "304"
}

// declared lists the fields this front changes in every exchange.
func (f front) declared() []string {
	return slices.Concat([]string{contentType}, f.drops, slices.Collect(maps.Keys(f.renames)), slices.Collect(maps.Keys(f.adds)))
}
