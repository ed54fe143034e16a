package adapter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// fallBack serves an event that is no request, if there is a Fallback for it,
// and else fails with why it is none.
func (h *Handler) fallBack(ctx context.Context, event []byte, why error) (reply []byte, err error) {
	var e *EventError
	if h.options.Fallback == nil || !errors.As(why, &e) || !e.mayFallBack() {
		return nil, why
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("adapter: Options.Fallback panicked: %s", panicText(v))
		}
	}()
	result, err := h.options.Fallback(ctx, bytes.Clone(event))
	if err != nil {
		return nil, err
	}
	return json.Marshal(result)
}

// mayFallBack tells of events that are JSON but no request over HTTP.
func (e *EventError) mayFallBack() bool {
	return e.Err == nil && (e.format == 0 || e.format == WebSocketAPI)
}
