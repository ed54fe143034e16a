package adapter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
)

// fallBack serves an event that is no request, if there is a Fallback for it,
// and else fails with why it is none. A panic in it is Invoke's to recover.
func (h *Handler) fallBack(ctx context.Context, event []byte, why error) ([]byte, error) {
	var e *EventError
	if h.options.Fallback == nil || !errors.As(why, &e) || !e.mayFallBack() {
		return nil, why
	}
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

// mayFallBack tells of events that are JSON but no request over HTTP.
func (e *EventError) mayFallBack() bool {
	return e.Err == nil && (e.format == 0 || e.format == WebSocketAPI)
}
