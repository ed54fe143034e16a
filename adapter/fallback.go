package adapter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"
)

// fallBack serves an event that is no request, if there is a Fallback for it,
// and else fails with why it is none. A panic in it is Invoke's to recover.
func (h *Handler) fallBack(ctx context.Context, event []byte, why error) (reply []byte, err error) {
	var e *EventError
	if !errors.As(why, &e) {
		return nil, why
	}
	began, reason := time.Now(), e.Reason
	defer func() { h.refuse(ctx, began, reason, err) }()
	if h.options.Fallback == nil || !e.mayFallBack() {
		e.explain(event)
		return nil, why
	}
	reason = ReasonFallback
	result, err := h.options.Fallback(ctx, bytes.Clone(event))
	if err != nil {
		return nil, err
	}
	reply, ok := result.(json.RawMessage)
	if !ok || len(reply) == 0 {
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
