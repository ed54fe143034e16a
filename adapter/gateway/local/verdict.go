package local

import (
	"context"
	"log/slog"
	"sync"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// verdict is what the function's side says of an invocation: why a Guard or the
// adapter answered in the handler's place. Its texts are gatehouse's own.
type verdict struct {
	who    string // function, adapter or cors; "": the handler answered
	reason string
}

func verdictOf(o *adapter.Outcome) verdict {
	if o.Reason != "" {
		return verdict{"adapter", string(o.Reason)}
	}
	decision, page := map[string]string{}, ""
	for _, a := range o.Attrs {
		value := a.Value.Resolve()
		if value.Kind() != slog.KindGroup {
			continue
		}
		for _, member := range value.Group() {
			switch text := member.Value.Resolve().String(); a.Key {
			case "authz":
				decision[member.Key] = text
			case "cors":
				page = text
			}
		}
	}
	switch decision["result"] {
	case "refused":
		return verdict{"function", decision["cause"]}
	case "no route":
		return verdict{"function", "no route is registered for this method and path"}
	}
	if page != "" {
		return verdict{"cors", page}
	}
	return verdict{}
}

// verdicts keeps what functions said until the gateway has written the answer.
// It remembers the latest; the zero value is empty and safe for concurrent use.
type verdicts struct {
	mu    sync.Mutex
	ids   []string
	found map[string]verdict
}

// remembered bounds the verdicts of requests that are under way.
const remembered = 1000

func (v *verdicts) put(ctx context.Context, o *adapter.Outcome) {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.found == nil {
		v.found = map[string]verdict{}
	}
	v.ids, v.found[lc.AwsRequestID] = append(v.ids, lc.AwsRequestID), verdictOf(o)
	if len(v.ids) > remembered {
		delete(v.found, v.ids[0])
		v.ids = v.ids[1:]
	}
}

func (v *verdicts) take(invocation string) verdict {
	v.mu.Lock()
	defer v.mu.Unlock()
	found := v.found[invocation]
	delete(v.found, invocation)
	return found
}

// withoutRefusals drops the lines about refusals of a Guard and of package cors,
// each of which is part of its request's own line here.
type withoutRefusals struct{ slog.Handler }

func (h withoutRefusals) Handle(ctx context.Context, r slog.Record) error {
	switch r.Message {
	case "authz: refused", "authz: refusals like those logged, or too many of them, made no line of their own",
		"cors: refused", "cors: refusals like those logged, or too many of them, made no line of their own":
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h withoutRefusals) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withoutRefusals{h.Handler.WithAttrs(attrs)}
}

func (h withoutRefusals) WithGroup(name string) slog.Handler {
	return withoutRefusals{h.Handler.WithGroup(name)}
}
