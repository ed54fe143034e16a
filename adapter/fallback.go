package adapter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"
)

// fallBack serves an event that is not a request, if there is a Fallback for it,
// and else returns why it is not one.
func (h *Handler) fallBack(ctx context.Context, event []byte, why error) (reply []byte, err error) {
	var e *EventError
	if !errors.As(why, &e) {
		return nil, why
	}
	o := &Outcome{Reason: e.Reason, ColdStart: h.isCold(), answeredBy: "adapter"}
	o.Deadline, _ = ctx.Deadline()
	began := time.Now()
	if h.options.Done != nil {
		defer func() {
			o.Duration, o.ReplyBytes, o.Failed = time.Since(began), len(reply), err
			h.tell(ctx, o)
		}()
	}
	if h.options.Fallback == nil || !e.mayFallBack() {
		e.explain(event)
		return nil, why
	}
	o.Reason, o.answeredBy = ReasonOption, "handler" // unless it returns
	defer h.recovered(ctx, o, &err)
	result, err := h.options.Fallback(ctx, bytes.Clone(event))
	o.Reason = ReasonFallback
	if err != nil {
		return nil, err
	}
	return encodeResult(result)
}

func encodeResult(result any) ([]byte, error) {
	reply, ok := result.(json.RawMessage)
	if !ok || len(reply) == 0 {
		var err error
		if reply, err = json.Marshal(result); err != nil {
			return nil, err
		}
	}
	if len(reply) > lambdaLimit {
		return nil, errResultTooLarge // the runtime would end the process
	}
	return reply, nil
}

var errResultTooLarge = errors.New("adapter: Options.Fallback: the result is larger than Lambda takes")

// mayFallBack reports whether the event is JSON and not a request over HTTP.
func (e *EventError) mayFallBack() bool {
	switch e.Reason {
	case ReasonMalformed, ReasonTwice:
		return false
	}
	return e.Format == 0 || e.Format == WebSocketAPI
}
