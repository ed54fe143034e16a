package runtimeapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// DefaultTimeout is the time an Invocation without a Deadline has.
const DefaultTimeout = 30 * time.Second

// Invocation is one call of the function.
type Invocation struct {
	// Payload is the event. It is copied, and sent as it is.
	Payload []byte

	// Deadline is told to the function in whole milliseconds. Waiting for
	// the function to poll counts. Zero means DefaultTimeout from now.
	Deadline time.Time

	// Grace is how long after Deadline an answer still counts, for tests of
	// what a function does by its deadline on a machine that may stall. Zero,
	// as on Lambda: no time.
	Grace time.Duration

	// ClientContext and Identity are the JSON documents of the headers
	// Lambda-Runtime-Client-Context and Lambda-Runtime-Cognito-Identity,
	// which Lambda sends for callers that present a Cognito identity.
	// Empty: no header.
	ClientContext, Identity string

	// Tenant is the tenant ID of a tenant-isolated function, TraceID the
	// X-Ray tracing header. Empty: no tenant, a trace ID made up.
	Tenant, TraceID string
}

// Result is a buffered response.
type Result struct {
	RequestID   string
	ContentType string
	Body        []byte

	// Trailer is the error that the function reported in trailers after it
	// had begun to send Body. Nil if it sent the whole of it.
	Trailer *FunctionError
}

// Stream is a response the function may still be sending.
type Stream struct {
	RequestID   string
	ContentType string

	// Body ends with io.EOF, with the *FunctionError of the error trailers
	// or of the deadline, or with the error of a process that ended.
	// Closing it early is a client that goes away: the function goes on
	// and does not learn of it.
	Body io.ReadCloser
}

// Invoke calls the function as a caller that wants the whole response at once,
// which is how every front but a streaming one calls it: at most [MaxResponse]
// bytes. The error is a *[FunctionError] if the function failed, took too long
// or answered too much, an *[ExitError] or [ErrClosed] if the process ended
// before it answered, or ctx's. Only waiting ends with ctx; the function, as
// on Lambda, never learns that its caller has gone.
func (p *Process) Invoke(ctx context.Context, inv Invocation) (*Result, error) {
	c := p.newCall(ctx, inv)
	r, err := p.do(c)
	if err != nil {
		return nil, err
	}
	return &Result{RequestID: c.id, ContentType: r.contentType, Body: r.buffered, Trailer: r.trailer}, nil
}

// Stream calls the function as InvokeWithResponseStream does: it returns as
// soon as the function begins to answer, and there is no limit on the size.
// Errors are those of Invoke. The body must be closed, or read to its end;
// it fails when ctx is done.
func (p *Process) Stream(ctx context.Context, inv Invocation) (*Stream, error) {
	c := p.newCall(ctx, inv)
	c.streamed = true
	r, err := p.do(c)
	if err != nil {
		return nil, err
	}
	return &Stream{RequestID: c.id, ContentType: r.contentType, Body: r.stream}, nil
}

// Function is a process seen as a function from event to reply, which is what
// a gateway in front of it needs.
type Function struct{ Process *Process }

// Invoke calls the function with ctx's deadline, if it has one.
func (f Function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	deadline, _ := ctx.Deadline()
	result, err := f.Process.Invoke(ctx, Invocation{Payload: event, Deadline: deadline})
	if err != nil {
		return nil, err
	}
	if result.Trailer != nil {
		return nil, result.Trailer
	}
	return result.Body, nil
}

// Stream calls the function as Invoke does, for a gateway that streams. What it
// returns reports its content type by a method, as the function's own stream did.
func (f Function) Stream(ctx context.Context, event json.RawMessage) (io.ReadCloser, error) {
	deadline, _ := ctx.Deadline()
	s, err := f.Process.Stream(ctx, Invocation{Payload: event, Deadline: deadline})
	if err != nil {
		return nil, err
	}
	return typed{s.Body, s.ContentType}, nil
}

type typed struct {
	io.ReadCloser
	contentType string
}

func (t typed) ContentType() string { return t.contentType }

// call is an invocation on its way through the server.
type call struct {
	Invocation
	id       string
	streamed bool
	caller   context.Context
	open     context.Context // ends, with its cause, at the deadline and with the process
	close    context.CancelFunc
	reply    chan reply // has room for the one reply, so that nobody waits for a caller that left
}

type reply struct {
	contentType string
	buffered    []byte
	trailer     *FunctionError // of a buffered reply
	stream      *io.PipeReader // of a streamed one
	err         error
}

func (p *Process) newCall(caller context.Context, inv Invocation) *call {
	p.mu.Lock()
	p.serial++
	serial := p.serial
	p.mu.Unlock()

	now := time.Now()
	inv.Payload = bytes.Clone(inv.Payload)
	if inv.Deadline.IsZero() {
		inv.Deadline = now.Add(DefaultTimeout)
	}
	if inv.TraceID == "" {
		inv.TraceID = fmt.Sprintf("Root=1-%08x-%024x;Parent=%016x;Sampled=0", now.Unix(), serial, serial)
	}
	c := &call{
		Invocation: inv,
		id:         fmt.Sprintf("00000000-0000-4000-8000-%012x", serial),
		caller:     caller,
		reply:      make(chan reply, 1),
	}
	c.open, c.close = context.WithDeadlineCause(p.life, inv.Deadline.Add(inv.Grace), timedOut(c.id, inv.Deadline.Sub(now)))
	return c
}

// do waits until a poll takes the call, then until the function answers it.
func (p *Process) do(c *call) (reply, error) {
	select {
	case p.queue <- c:
	case <-c.open.Done():
		return reply{}, context.Cause(c.open)
	case <-c.caller.Done():
		c.close()
		return reply{}, c.caller.Err()
	}
	select {
	case r := <-c.reply:
		return r, r.err
	case <-c.open.Done():
	case <-c.caller.Done():
	}
	select {
	case r := <-c.reply: // a function that reports an error and then exits has answered
		return r, r.err
	default:
		return reply{}, cmp.Or(c.caller.Err(), context.Cause(c.open))
	}
}
