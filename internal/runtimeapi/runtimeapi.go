// Package runtimeapi runs a compiled Lambda function in a test.
//
// It is the other end of the Lambda Runtime API: [Start] starts the binary
// with AWS_LAMBDA_RUNTIME_API set to a server on the loopback interface, the
// function polls that server for invocations, and [Process.Invoke] and
// [Process.Stream] are what the caller of the Lambda Invoke API sees. So a test
// exercises the real runtime client with its pooled payload buffers, chunked
// posts and error trailers, and its habit of ending the process on any answer
// but 202.
//
// A process here differs from a real execution environment in three ways. It
// is not frozen between invocations, it is not killed at its deadline (as on
// Lambda Managed Instances; an answer after the deadline gets 410), and
// streamed responses are not throttled.
//
// Protocol: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
// Where that page is silent, the behavior is that of AWS's own Runtime
// Interface Emulator.
package runtimeapi

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// Options configure a Process. A nil *Options and the zero Options start the
// function as Lambda does by default: one invocation at a time.
type Options struct {
	// Env holds further variables as "name=value"; a later one wins. The
	// function inherits nothing from the test's own environment.
	Env []string

	// Concurrency is the number of invocations the process may serve at
	// once, as on Lambda Managed Instances. Zero means one.
	Concurrency int

	// Output receives what the function writes to stdout and stderr, in
	// order. It is written by one goroutine, which has ended when
	// [Process.Wait] returns. Nil discards it.
	Output io.Writer
}

// Process is a running function. It is safe for concurrent use.
type Process struct {
	cmd         *exec.Cmd
	output      *tail
	server      *http.Server
	concurrency int

	// life ends, with its cause, when the process can serve nothing more.
	life context.Context
	end  context.CancelCauseFunc

	queue      chan *call
	registered atomic.Bool // as an extension
	killed     atomic.Bool
	exited     chan struct{}
	exit       error // set before exited is closed

	mu     sync.Mutex
	serial uint64           // of the last invocation; its request ID is made of it
	polls  int              // /next requests waiting
	open   map[string]*call // handed to the function, not yet answered, by request ID
}

// Start starts the binary and returns without waiting for its first poll: an
// invocation waits for that. The process is killed when ctx is done; until
// then the caller must Close it.
func Start(ctx context.Context, binary string, opts *Options) (*Process, error) {
	if opts == nil {
		opts = &Options{}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("runtimeapi: %w", err)
	}
	p := &Process{
		output:      &tail{to: opts.Output},
		concurrency: max(opts.Concurrency, 1),
		queue:       make(chan *call),
		exited:      make(chan struct{}),
		open:        make(map[string]*call),
	}
	p.life, p.end = context.WithCancelCause(context.Background())
	p.server = &http.Server{
		Handler:           p.routes(),
		BaseContext:       func(net.Listener) context.Context { return p.life },
		ReadHeaderTimeout: 10 * time.Second,
	}
	p.cmd = command(binary, listener.Addr().String(), p.concurrency, opts.Env)
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	if err := p.cmd.Start(); err != nil {
		listener.Close()
		return nil, fmt.Errorf("runtimeapi: %w", err)
	}
	go p.server.Serve(listener)
	go p.reap(context.AfterFunc(ctx, p.kill))
	return p, nil
}

// PID returns the process ID, for a test that measures the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Wait blocks until the process has ended and everything it wrote has reached
// Options.Output. It returns an *[ExitError], or nil after Close.
func (p *Process) Wait() error {
	<-p.exited
	return p.exit
}

// Close kills the process and waits for its end. Invocations under way fail
// with [ErrClosed]. Closing twice is harmless.
func (p *Process) Close() {
	p.kill()
	<-p.exited
}

// kill ends the process before anything else: an open poll that ended earlier would be
// an error that the function logs.
func (p *Process) kill() {
	p.killed.Store(true)
	p.cmd.Process.Kill() // by handle: an error means it has ended already
	p.end(ErrClosed)
}

// reap waits for the process, lets everyone know who waits for an answer, and
// closes the server once its connections are gone.
func (p *Process) reap(stop func() bool) {
	defer close(p.exited)
	err := p.cmd.Wait()
	stop()
	exit := &ExitError{Err: err, Output: p.output.String()}
	if p.killed.Load() {
		p.end(ErrClosed)
	} else {
		p.end(exit)
		p.exit = exit
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if p.server.Shutdown(ctx) != nil {
		p.server.Close()
	}
}
