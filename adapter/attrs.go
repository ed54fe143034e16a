package adapter

import (
	"context"
	"encoding"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// AddAttrs adds attributes to the invocation that ctx belongs to. They stand in
// the group "app" of Outcome.Attrs. Values are resolved at once, so that later
// changes of what they point to do not show; a value of a type that slog does
// not know is kept as its text or JSON. An invocation keeps 32 attributes and
// 8 KB of names and values as JSON has them, groups included; what would exceed
// either is dropped, and so is an attribute with a name that the line or CloudWatch uses
// itself, such as level, http.route and _aws: what flattens groups would take it for
// the line's own. Outside an invocation, and once it is over, AddAttrs does nothing.
// It is safe for concurrent use.
func AddAttrs(ctx context.Context, attrs ...slog.Attr) {
	if record, ok := ctx.Value(attrsKey{}).(*record); ok && record != nil {
		inlined := maxAttrs
		record.add(attrs, &inlined)
	}
}

type attrsKey struct{}

// addedAttrs are those of one invocation, and what Route has left. The lock is not held while a value
// resolves itself, since that is the handler's code.
type addedAttrs struct {
	mu      sync.Mutex
	attrs   []slog.Attr
	size    int
	pattern string
	taken   bool // the invocation is over
}

// add resolves and keeps attributes. It looks into as many groups whose members slog
// inlines as inlined says, since a value may resolve to a group that holds it again.
func (a *addedAttrs) add(attrs []slog.Attr, inlined *int) {
	for _, attr := range attrs {
		if reserved(attr.Key) {
			continue
		}
		attr.Value = attr.Value.Resolve()
		if attr.Key == "" && attr.Value.Kind() == slog.KindGroup {
			if *inlined--; *inlined >= 0 {
				a.add(attr.Value.Group(), inlined)
			}
			continue
		}
		budget := attrBudget{maxAttrs, maxAttrBytes}
		if resolved, ok := budget.resolve(attr); ok && !isEmpty(resolved) {
			a.keep(resolved, budget)
		}
	}
}

// reserved reports whether a line has an attribute of this name, by AccessLog, by
// slog or by aws-lambda-go, or CloudWatch looks for it.
func reserved(name string) bool {
	switch name {
	case "_aws", "time", "timestamp", "level", "msg", "message", "source", "requestId", "functionArn", "tenantId",
		"authz", "cors", "app", attrMethod, attrRoute, attrStatus, attrTrace:
		return true
	}
	return strings.HasPrefix(name, "gatehouse.") || strings.HasPrefix(name, "faas.")
}

func (a *addedAttrs) keep(attr slog.Attr, left attrBudget) {
	a.mu.Lock()
	defer a.mu.Unlock()
	size := a.size + maxAttrBytes - left.bytes
	if !a.taken && len(a.attrs) < maxAttrs && size <= maxAttrBytes {
		a.attrs, a.size = append(a.attrs, attr), size
	}
}

// take returns the attributes and keeps no more.
func (a *addedAttrs) take() []slog.Attr {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken = true
	return a.attrs
}

// attrBudget is what is left of the limits while one attribute is resolved.
type attrBudget struct{ attrs, bytes int }

// resolve returns an attribute that holds values only; false if it exceeds what
// is left.
func (b *attrBudget) resolve(attr slog.Attr) (slog.Attr, bool) {
	value := attr.Value.Resolve()
	b.attrs--
	b.bytes -= len(`"":,`) + escaped(attr.Key)
	if b.attrs < 0 || b.bytes < 0 {
		return slog.Attr{}, false // before a group that may hold itself again
	}
	switch value.Kind() {
	case slog.KindGroup:
		members := slices.Clone(value.Group())
		for i := range members {
			var ok bool
			if members[i], ok = b.resolve(members[i]); !ok {
				return slog.Attr{}, false
			}
		}
		value = slog.GroupValue(members...)
		b.bytes -= len(`{}`)
	case slog.KindAny:
		value = anyValue(value.Any())
		b.bytes -= textSize(value)
	case slog.KindString:
		b.bytes -= textSize(value)
	case slog.KindTime:
		b.bytes -= len(time.RFC3339Nano) + len(`""`)
	default:
		b.bytes -= len("-1.7976931348623157e+308") // no number and no bool is longer
	}
	return slog.Attr{Key: attr.Key, Value: value}, b.attrs >= 0 && b.bytes >= 0
}

func isEmpty(attr slog.Attr) bool { return attr.Key == "" && attr.Value.Kind() != slog.KindGroup }

// anyValue keeps the text or JSON of a value that may change.
func anyValue(v any) (value slog.Value) {
	defer func() {
		if recover() != nil {
			value = slog.StringValue("!PANIC")
		}
	}()
	switch v := v.(type) {
	case nil:
		return slog.AnyValue(nil)
	case error:
		return slog.StringValue(v.Error())
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		if err != nil {
			return slog.StringValue("!ERROR: " + err.Error())
		}
		return slog.StringValue(string(text))
	}
	text, err := json.Marshal(v)
	if err != nil {
		return slog.StringValue("!ERROR: " + err.Error())
	}
	return slog.AnyValue(json.RawMessage(text))
}

// textSize is what a text takes as JSON.
func textSize(v slog.Value) int {
	if raw, ok := v.Any().(json.RawMessage); ok {
		return len(raw)
	}
	return len(`""`) + escaped(v.String())
}
