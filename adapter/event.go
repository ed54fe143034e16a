package adapter

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/gatehouse-go/gatehouse/internal/slot"
)

// ErrInvocationOver is returned by what needs the event's own bytes after the
// invocation they came with has ended: the Lambda runtime uses the memory for
// the next event.
var ErrInvocationOver = errors.New("adapter: the invocation is over")

var (
	errNoContext  = errors.New("adapter: the event has no requestContext")
	errBadContext = errors.New("adapter: requestContext does not fit the value to decode into")
	errBadEvent   = errors.New("adapter: the event does not fit the value to decode into")
)

// Event is the event that a request came from: what the front says beside the
// request itself. Handlers get theirs from FromContext. Its methods are safe
// for concurrent use, and for use after the invocation unless they say
// otherwise.
type Event struct {
	format    Format
	plainHTTP bool // the client did not use TLS

	text                       string // what the following are parts of
	context, stageVariables    span   // raw JSON
	basePath, requestID, apiID span
	domainName                 span // empty also if the front does not vouch for it

	slot slot.Slot

	mu  sync.Mutex
	raw []byte // nil once the invocation is over
}

// ParseEvent reads an event as Handler does and returns what a handler would
// find in its context: for tests of code that reads identities or the request
// context, except a base path that only Options know of. It keeps event,
// which must not change afterwards. The error is an *EventError.
func ParseEvent(event []byte) (*Event, error) {
	var s scratch
	format, err := s.fields.parse(event)
	if err != nil {
		return nil, err
	}
	x := &exchange{parent: context.Background()}
	x.event.format, x.event.raw = format, event
	_, _ = new(Handler).newRequest(x, &s) // an event of a request that HTTP does not allow is one all the same
	return &x.event, nil
}

// Format returns which front the event came from.
func (e *Event) Format() Format { return e.format }

// RequestID returns the front's own ID of the request, requestContext.requestId.
// It is the ID in the front's logs, which is the Lambda request's ID for a
// function URL only. It is "" for load balancers and VPC Lattice. Whoever may
// invoke the function chooses it.
func (e *Event) RequestID() string { return e.requestID.in(e.text) }

// APIID returns the ID of the API, or a function URL's, requestContext.apiId.
// It is "" for load balancers and VPC Lattice. Whoever may invoke the function
// chooses it.
func (e *Event) APIID() string { return e.apiID.in(e.text) }

// RequestContext decodes the event's requestContext into v, as json.Unmarshal
// does; a *json.RawMessage gets a copy of its bytes, and a *string its JSON text
// without a copy. An event without one (VPC Lattice v1) is an error. No error
// holds a value of the event.
//
// It is also where a private REST API says which VPC endpoint a request came
// through, in identity.vpcId and identity.vpceId. That these are in the event is
// unconfirmed: their absence says nothing.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
func (e *Event) RequestContext(v any) error {
	context := e.context.in(e.text)
	if context == "" {
		return errNoContext
	}
	switch raw := v.(type) {
	case *json.RawMessage:
		*raw = json.RawMessage(context)
		return nil
	case *string:
		*raw = context
		return nil
	}
	if json.Unmarshal([]byte(context), v) != nil {
		return errBadContext
	}
	return nil
}

// StageVariable returns a variable of the API's stage, and "" for one that is
// not set and on fronts without stages.
func (e *Event) StageVariable(name string) string {
	var variables map[string]any
	text := e.stageVariables.in(e.text)
	if text == "" || json.Unmarshal([]byte(text), &variables) != nil {
		return ""
	}
	value, _ := variables[name].(string)
	return value
}

// Decode decodes the whole event into v, as json.Unmarshal does: for types such
// as those of aws-lambda-go's package events. After the invocation it returns
// ErrInvocationOver. No error holds a value of the event.
func (e *Event) Decode(v any) error {
	raw, err := e.Raw() // decoding may take longer than the end of the invocation should wait
	if err != nil {
		return err
	}
	if json.Unmarshal(raw, v) != nil {
		return errBadEvent
	}
	return nil
}

// Raw returns a copy of the whole event. After the invocation it returns
// ErrInvocationOver.
func (e *Event) Raw() ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.raw == nil {
		return nil, ErrInvocationOver
	}
	return append([]byte(nil), e.raw...), nil
}

// detach ends the event's use of the payload.
func (e *Event) detach() {
	e.mu.Lock()
	e.raw = nil
	e.mu.Unlock()
}

// payload returns the event's own bytes, nil once the exchange is over.
func (e *Event) payload() []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.raw
}

// again returns the event for those who are told how the invocation ends, who
// may read the payload after the handler may not.
func (e *Event) again(payload []byte) *Event {
	return &Event{
		format: e.format, plainHTTP: e.plainHTTP, text: e.text,
		context: e.context, stageVariables: e.stageVariables,
		basePath: e.basePath, requestID: e.requestID, apiID: e.apiID, domainName: e.domainName,
		raw: payload,
	}
}

type eventKey struct{}

// FromContext returns the event that the context's request came from; false if
// it came from none, as under httptest.
func FromContext(ctx context.Context) (*Event, bool) {
	e, ok := ctx.Value(eventKey{}).(*Event)
	return e, ok
}

// NewContext returns a context that carries the event, for tests: Handler does
// this for every request. A nil event hides one that ctx carries.
func NewContext(ctx context.Context, e *Event) context.Context {
	return &eventContext{ctx, e}
}

type eventContext struct {
	context.Context
	event *Event
}

func (c *eventContext) Value(key any) any {
	if c.event == nil {
		switch key.(type) {
		case eventKey, slot.Key:
			return nil
		}
	} else if v := c.event.value(key); v != nil {
		return v
	}
	return c.Context.Value(key)
}

// value answers the context keys that an event stands behind.
func (e *Event) value(key any) any {
	switch key.(type) {
	case eventKey:
		return e
	case slot.Key:
		return &e.slot
	}
	return nil
}
