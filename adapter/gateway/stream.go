package gateway

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
)

// StreamFunction is what a Gateway with Streaming invokes: an adapter.Handler,
// or any other function that lambda.Start could be given to stream a reply.
// The reader may have a method ContentType() string, as aws-lambda-go looks
// for; without one the type is application/octet-stream. A Function URL takes
// the reply apart only if that is
// "application/vnd.awslambda.http-integration-response", and delivers it as it
// is otherwise.
//
// The reader is closed once: at its end, at the Timeout, or when the client has
// gone, of which a function on AWS never learns. Close may come during a Read, which
// must then return. The function may keep the event, since aws-lambda-go copies it
// for such a function.
type StreamFunction interface {
	Stream(ctx context.Context, event json.RawMessage) (io.ReadCloser, error)
}

// buffered streams the whole reply of a Function that cannot stream, as Lambda does
// in streaming mode.
type buffered struct{ Function }

func (f buffered) Stream(ctx context.Context, event json.RawMessage) (io.ReadCloser, error) {
	reply, err := f.Invoke(ctx, event)
	return io.NopCloser(bytes.NewReader(reply)), err
}

// stream is a reply that is still on its way.
type stream struct {
	*bufio.Reader
	contentType string
	cancel      context.CancelFunc
}

// Close ends the invocation.
func (s *stream) Close() { s.cancel() }

// copyTo sends the client every byte as soon as it is there.
func (s *stream) copyTo(w http.ResponseWriter) error {
	out := flushing{w, http.NewResponseController(w)}
	if err := out.flush(); err != nil {
		return err
	}
	_, err := io.Copy(out, s)
	return err
}

type flushing struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	if err != nil {
		return n, err
	}
	return n, f.flush()
}

func (f flushing) flush() error {
	if err := f.control.Flush(); !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// begun is what a function said first.
type begun struct {
	contentType string
	err         error
}

// maxStream is the most that Lambda streams, prelude included ("Response
// streaming for Lambda functions"). What it does with the rest is unconfirmed;
// here the stream breaks off.
const maxStream = 200 << 20

var errStreamTooLong = errors.New("gateway: the stream is over Lambda's limit of 200 MB")

var errNoStream = errors.New("gateway: the function returned neither a stream nor an error")

// open invokes the function and returns its reply when it begins.
func (c *call) open(ctx context.Context, event []byte) (*stream, error) {
	f, ok := c.gateway.config.Function.(StreamFunction)
	if !ok {
		f = buffered{c.gateway.config.Function}
	}
	reader, writer := io.Pipe()
	first := make(chan begun, 1)
	go pump(ctx, f, event, first, writer)
	select {
	case said := <-first:
		return &stream{Reader: bufio.NewReaderSize(reader, maxPrelude), contentType: said.contentType}, said.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pump invokes f on the current goroutine, which a panic or runtime.Goexit may
// end, and passes on what it streams until ctx is done.
func pump(ctx context.Context, f StreamFunction, event []byte, first chan<- begun, w *io.PipeWriter) {
	err := errExited
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
		w.CloseWithError(err)
		select {
		case first <- begun{err: err}:
		default: // it had begun
		}
	}()
	err = transfer(ctx, f, event, first, w)
}

func transfer(ctx context.Context, f StreamFunction, event []byte, first chan<- begun, w *io.PipeWriter) error {
	body, err := f.Stream(ctx, event)
	if err != nil {
		return err
	}
	if body == nil {
		return errNoStream
	}
	closeBody := sync.OnceFunc(func() { body.Close() })
	defer closeBody()
	defer context.AfterFunc(ctx, func() {
		w.CloseWithError(ctx.Err())
		closeBody()
	})()
	first <- begun{contentType: contentTypeOf(body)}
	n, err := io.Copy(w, io.LimitReader(body, maxStream+1))
	if n > maxStream && err == nil {
		return errStreamTooLong
	}
	return err
}

func contentTypeOf(body io.Reader) string {
	if typed, ok := body.(interface{ ContentType() string }); ok {
		return typed.ContentType()
	}
	return "application/octet-stream"
}
