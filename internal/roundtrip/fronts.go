package roundtrip

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
	restStream
	v1
	v2
	furl
	furlStream
	alb
	albLists
	lattice1
	lattice2
	lattice2Texts

	every = 1<<iota - 1 // no front can keep it
)

// The sets name what their members have in common.
const (
	rests     = rest | restStream
	urls      = furl | furlStream
	balancers = alb | albLists
	lattices  = lattice1 | lattice2 | lattice2Texts
	streamed  = restStream | furlStream
	withHost  = rests | v1 | v2 | urls // events name the host besides the Host header

	queryLists = rests | v1               // the query comes as decoded lists by name
	queryTexts = lattice1 | lattice2Texts // as decoded texts, repeated ones joined
	queryMaps  = queryLists | queryTexts | balancers
	joins      = v2 | urls | queryTexts // repeated headers come joined with commas

	replyTexts = v2 | urls | alb | lattices // a reply has one text per header
	oneCookie  = alb | lattices             // and no other place for cookies
)

// front is one row of the table of formats: what it changes in every exchange.
type front struct {
	id        fronts // itself
	variant   string // told from others of its format
	settings  gateway.Config
	replyKeys []string          // members a reply may have
	limit     int               // of a reply's JSON, in bytes; of a stream's beginning
	lacks     []string          // what no request through it has, see kept
	says      facts             // fields that are so whatever net/http has
	adds      facts             // fields given a value where net/http has none
	drops     []string          // fields never delivered
	renames   map[string]string // fields delivered under another name
	replyType string            // Content-Type of a reply that has none; "": none
}

func (f front) String() string {
	return strings.TrimSpace(f.settings.Format.String() + " " + f.variant)
}

// streamed is the same front in its streaming mode, which changes nothing but
// the reply's form.
func (f front) streamed(id fronts, keys []string) front {
	f.id, f.variant, f.replyKeys, f.limit = id, "streamed", keys, maxPrelude
	f.settings.Streaming = true
	return f
}

// gateway plays this front before fn.
func (f front) gateway(fn gateway.Function) *gateway.Gateway {
	g := f.settings
	g.Function = fn
	g.StageVariables = map[string]string{"table": "notes"}
	return gateway.MustNew(g)
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
	for field, value := range f.says {
		if from.has(field) && from[field] != value {
			change(field, field, value)
		}
	}
	if _, there := from[contentType]; !there && f.replyType != "" && from.typed() {
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
	fields := slices.Concat(f.drops, slices.Collect(maps.Keys(f.renames)), slices.Collect(maps.Keys(f.adds)), slices.Collect(maps.Keys(f.says)))
	if f.replyType != "" {
		fields = append(fields, contentType)
	}
	return fields
}
