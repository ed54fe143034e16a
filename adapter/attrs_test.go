package adapter_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/slot"
)

// attrsOf returns what Done is told of attributes, as a JSON line's members.
func attrsOf(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	var told outcomes
	invoke(t, adapter.New(handler, &adapter.Options{Done: told.done}), v2Event("", false))
	var line strings.Builder
	logger := slog.New(slog.NewJSONHandler(&line, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key != "authz" && a.Key != "app" {
			return slog.Attr{}
		}
		return a
	}}))
	logger.LogAttrs(context.Background(), slog.LevelInfo, "", told.only(t).Attrs...)
	return strings.TrimSpace(line.String())
}

type later struct{ text *string }

func (l later) LogValue() slog.Value { return slog.StringValue(*l.text) }

type panicky struct{}

func (panicky) MarshalJSON() ([]byte, error) { panic("boom") }

func TestAddAttrs(t *testing.T) {
	text := "at the time"
	list := []string{"a"}
	got := attrsOf(t, func(_ http.ResponseWriter, r *http.Request) {
		type key struct{}
		ctx := adapter.NewContext(context.WithValue(r.Context(), key{}, 1), nil)
		adapter.AddAttrs(ctx, slog.Int("n", 1), slog.Any("later", later{&text}), slog.Any("list", list))
		adapter.AddAttrs(ctx, slog.Group("g", slog.Any("err", errors.New("went wrong"))), slog.Any("panics", panicky{}), slog.Attr{})
		text, list[0] = "too late", "changed"
	})
	want := `{"app":{"n":1,"later":"at the time","list":["a"],"g":{"err":"went wrong"},"panics":"!PANIC"}}`
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAddAttrsCannotForgeTheLine(t *testing.T) {
	got := attrsOf(t, func(_ http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"_aws", "time", "level", "msg", "source", "message", "requestId", "authz", "http.route", "http.response.status_code", "trace_id", "gatehouse.reason", "faas.coldstart"} {
			adapter.AddAttrs(r.Context(), slog.String(name, "forged"), slog.Group("", slog.String(name, "forged")), slog.Any("", inlined{name}))
		}
		adapter.AddAttrs(r.Context(), slog.Group("", slog.Int("n", 1)), slog.Group("mine", slog.String("level", "own")))
	})
	if want := `{"app":{"n":1,"mine":{"level":"own"}}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// inlined resolves to a group that slog inlines.
type inlined struct{ name string }

func (l inlined) LogValue() slog.Value { return slog.GroupValue(slog.String(l.name, "forged")) }

// counted counts how often it is resolved.
type counted struct{ n *int }

func (c counted) LogValue() slog.Value { *c.n++; return slog.IntValue(*c.n) }

// endless resolves to a group that holds it again, twice.
type endless struct{ name string }

func (e endless) LogValue() slog.Value {
	return slog.GroupValue(slog.Any(e.name, e), slog.Any(e.name, e))
}

func TestAddAttrsResolvesOnce(t *testing.T) {
	got := attrsOf(t, func(_ http.ResponseWriter, r *http.Request) {
		var n int
		adapter.AddAttrs(r.Context(), slog.Any("top", counted{&n}), slog.Group("", slog.Any("inlined", counted{&n})), slog.Group("g", slog.Any("in", counted{&n})))
	})
	if want := `{"app":{"top":1,"inlined":2,"g":{"in":3}}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAddAttrsOfEndlessGroups(t *testing.T) {
	got := attrsOf(t, func(_ http.ResponseWriter, r *http.Request) {
		adapter.AddAttrs(r.Context(), slog.Any("", endless{}), slog.Any("named", endless{"again"}), slog.Any("nameless", endless{}), slog.Int("n", 1))
	})
	if want := `{"app":{"n":1}}`; got != want {
		t.Errorf("%.200s, want %s", got, want)
	}
}

func TestAddAttrsIsBounded(t *testing.T) {
	got := attrsOf(t, func(_ http.ResponseWriter, r *http.Request) {
		adapter.AddAttrs(r.Context(), slog.String("large", strings.Repeat("x", 9<<10)))
		for i := range 40 {
			adapter.AddAttrs(r.Context(), slog.Int(fmt.Sprintf("n%d", i), i))
		}
	})
	if strings.Contains(got, "large") || !strings.Contains(got, `"n31":31`) || strings.Contains(got, "n32") {
		t.Errorf("%.500s", got)
	}
	got = attrsOf(t, func(_ http.ResponseWriter, r *http.Request) {
		members := make([]any, 100)
		for i := range members {
			members[i] = slog.Int("n", i)
		}
		adapter.AddAttrs(r.Context(), slog.Group("wide", members...))
		for range 10 {
			adapter.AddAttrs(r.Context(), slog.Any("kilo", []string{strings.Repeat("x", 1000)}))
		}
	})
	if n := len(got); strings.Contains(got, "wide") || n < 8000 || n > 9000 {
		t.Errorf("%d bytes: %.500s", n, got)
	}
}

// What JSON makes of a text, a time or a number counts, and not its bytes in memory.
func TestAddAttrsAreBoundedAsJSON(t *testing.T) {
	many := func(attr func(name string) slog.Attr) (attrs []slog.Attr) {
		for i := range 32 {
			attrs = append(attrs, attr(fmt.Sprintf("%s%d", strings.Repeat("k", 230), i)))
		}
		return attrs
	}
	for name, attrs := range map[string][]slog.Attr{
		"control characters":  {slog.String("a", strings.Repeat("\x01", 8000))},
		"bytes that are none": {slog.String("a", strings.Repeat("\xff", 8000))},
		"line separators":     {slog.String("a", strings.Repeat("\u2028", 2600))},
		"quotes":              {slog.String("a", strings.Repeat("\n\"", 4000))},
		"a name":              {slog.String(strings.Repeat("\x01", 8000), "")},
		"times":               many(func(name string) slog.Attr { return slog.Time(name, time.Now()) }),
		"numbers":             many(func(name string) slog.Attr { return slog.Float64(name, -math.MaxFloat64) }),
		"texts":               many(func(name string) slog.Attr { return slog.String(name, strings.Repeat("v", 20)) }),
		"groups":              many(func(name string) slog.Attr { return slog.Group(name, slog.String("n", "v")) }),
		"headers":             many(func(name string) slog.Attr { return slog.Any(name, http.Header{"X": {"\xff\u2028<\x01"}}) }),
	} {
		handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { adapter.AddAttrs(r.Context(), attrs...) })
		line := logged(t, production(t), handler, fullEvent, nil, adapter.Options{})
		if kept := len(attrs) > 1; len(line) > 9<<10 || !json.Valid([]byte(line)) || kept != strings.Contains(line, `"app":`) {
			t.Errorf("%s: %d bytes: %.700s", name, len(line), line)
		}
	}
}

func TestAddAttrsOutside(t *testing.T) {
	adapter.AddAttrs(context.Background(), slog.Int("n", 1))
	var kept context.Context
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		kept = r.Context()
		adapter.AddAttrs(kept, slog.Int("n", 1))
	}), nil)
	invoke(t, h, v2Event("", false))
	adapter.AddAttrs(kept, slog.Int("n", 1))
}

type decided struct{}

func (decided) LogValue() slog.Value { return slog.GroupValue(slog.String("result", "refused")) }
func (decided) Route() string        { return "GET /notes/{id}" }

func (decided) Refusal() (slot.Refusal, bool) { return slot.Refusal{}, false }
func (decided) Policy() slot.Policy           { return nil }

func TestDecisionOfTheSlot(t *testing.T) {
	var told outcomes
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		slot.FromContext(r.Context()).SetDecision(decided{})
	}), &adapter.Options{Done: told.done})
	invoke(t, h, v2Event("", false))
	o := told.only(t)
	if o.Route != "GET /notes/{id}" || len(o.Attrs) != 1 || o.Attrs[0].String() != "authz=[result=refused]" {
		t.Errorf("route %q, attributes %v", o.Route, o.Attrs)
	}
}
