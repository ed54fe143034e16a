package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// event is the payload as bytes.
func (c *call) event() ([]byte, error) {
	event, err := c.front.event(c)
	if err != nil {
		return nil, err
	}
	return c.encode(event)
}

// encode renders an event. Unlike json.Marshal it leaves <, > and & as they are,
// since escapes would count for the size limit.
func (c *call) encode(event any) ([]byte, error) {
	var payload bytes.Buffer
	encoder := json.NewEncoder(&payload)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(event); err != nil {
		return nil, err
	}
	text := bytes.TrimSuffix(payload.Bytes(), []byte("\n"))
	if len(text) > maxEvent {
		return nil, c.front.refuse(tooLarge, "the event is over Lambda's limit of 6 MB, base64's third included: let clients upload by a presigned URL")
	}
	return text, nil
}

// ask returns the reply that is kept for the request, or invokes the function
// and reads what it answers.
func (c *call) ask() (*response, error) {
	key := c.cacheKey()
	if key == "" {
		return c.answer()
	}
	if kept := c.cached(key); kept != nil {
		return kept, nil
	}
	reply, err := c.answer()
	if err == nil {
		c.keep(key, reply)
	}
	return reply, err
}

// answer invokes the function and reads what it answers.
func (c *call) answer() (*response, error) {
	event, err := c.event()
	if err != nil {
		return nil, err
	}
	if c.gateway.config.Streaming {
		return c.stream(event)
	}
	reply, err := c.invoke(event)
	if err != nil {
		return nil, err
	}
	return c.front.reply(c, reply)
}

// invoke runs the function and returns its reply.
func (c *call) invoke(event []byte) ([]byte, error) {
	ctx, cancel := c.context()
	defer cancel()
	done := make(chan result, 1)
	go run(ctx, c.gateway.config.Function, event, done)
	select {
	case got := <-done:
		if ctx.Err() == nil {
			return c.check(got)
		}
	case <-ctx.Done():
	}
	return nil, c.front.refuse(timedOut, "the function did not answer in time")
}

func (c *call) check(got result) ([]byte, error) {
	switch {
	case got.err != nil:
		return nil, c.front.failed(got.err)
	case len(got.reply) > maxReply:
		return nil, c.front.refuse(functionFailed, "the reply is over Lambda's limit")
	case len(got.reply) > c.front.maxReply:
		return nil, c.front.refuse(functionFailed, adapter.ReasonTooLarge)
	}
	return got.reply, nil
}

type result struct {
	reply []byte
	err   error
}

var (
	errPanicked = errors.New("gateway: the function panicked")
	errExited   = errors.New("gateway: the function ended its goroutine")
)

// run invokes f on the current goroutine, which a panic or runtime.Goexit may
// end. Then it overwrites the event, which exposes a function that keeps part of
// it. The reply may be such a part and is copied first.
func run(ctx context.Context, f Function, event []byte, done chan<- result) {
	got := result{err: errExited}
	defer func() {
		if recover() != nil {
			got = result{err: errPanicked}
		}
		overwrite(event)
		done <- got
	}()
	reply, err := f.Invoke(ctx, event)
	got = result{bytes.Clone(reply), err}
}

func overwrite(event []byte) {
	for i := range event {
		event[i] = '#'
	}
}
