package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

func TestStreamThatTakesTooLong(t *testing.T) {
	waits := streams(func(ctx context.Context, _ json.RawMessage) (io.ReadCloser, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	want := map[adapter.Format]seen{
		adapter.RESTAPI:     {504, `{"message":"Endpoint request timed out"}`, "InternalServerErrorException", "the function did not answer in time"},
		adapter.FunctionURL: {502, "Internal Server Error", "", "the function did not answer in time"},
	}
	for _, f := range streamFormats {
		for name, fn := range map[string]streams{"before it begins": waits, "in the prelude": newSource("{").stream} {
			g := gateway.Config{Function: fn, Format: f.format, Streaming: true, Timeout: time.Millisecond}
			if diff := cmp.Diff(want[f.format], see(t, g, httptest.NewRequest("GET", f.base+"/", nil))); diff != "" {
				t.Errorf("%v, %s: -want +got:\n%s", f.format, name, diff)
			}
		}
	}
}

// source is a stream that a test writes to, and sees being closed.
type source struct {
	*io.PipeReader
	begin  io.Reader
	in     *io.PipeWriter
	closed chan struct{}
}

func newSource(beginning string) *source {
	s := &source{closed: make(chan struct{})}
	s.PipeReader, s.in = io.Pipe()
	s.begin = io.MultiReader(strings.NewReader(beginning), s.PipeReader)
	return s
}

func (s *source) Read(p []byte) (int, error) { return s.begin.Read(p) }

// Close panics when it is called twice.
func (s *source) Close() error {
	close(s.closed)
	return s.PipeReader.Close()
}

func (s *source) stream(context.Context, json.RawMessage) (io.ReadCloser, error) {
	return reply{s}, nil
}

// Each byte is written only after the client has the one before.
func TestStreamArrivesAsItIsWritten(t *testing.T) {
	for _, f := range streamFormats {
		t.Run(f.format.String(), func(t *testing.T) {
			s := newSource(`{"headers":{"content-type":"text/event-stream"}}` + nul)
			server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: streams(s.stream), Format: f.format, Streaming: true}))
			defer server.Close()
			resp, err := server.Client().Get(server.URL + f.base + "/") // returns before anything was written
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.ContentLength != -1 || resp.Header.Get("Content-Type") != "text/event-stream" {
				t.Errorf("length %d, %v", resp.ContentLength, resp.Header)
			}
			in := bufio.NewReader(resp.Body)
			for _, line := range []string{"data: ebb\n", "data: flood\n"} {
				io.WriteString(s.in, line)
				if got, err := in.ReadString('\n'); got != line || err != nil {
					t.Fatalf("read %q, %v; want %q", got, err, line)
				}
			}
			s.in.Close()
			if rest, err := io.ReadAll(in); len(rest) > 0 || err != nil {
				t.Errorf("after the end: %q, %v", rest, err)
			}
			<-s.closed
		})
	}
}

func TestStreamThatBreaksOff(t *testing.T) {
	secret := errors.New("secret")
	panicsLater := streams(func(context.Context, json.RawMessage) (io.ReadCloser, error) {
		return reply{io.NopCloser(io.MultiReader(strings.NewReader(`{}`+nul+"ahoy"), panics{}))}, nil
	})
	tests := []struct {
		name string
		fn   streams
		err  error
	}{
		{"error", broken(`{}`+nul+"ahoy", secret), secret},
		{"panic", panicsLater, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			records := make(chan gateway.Record, 1)
			server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: tt.fn, Format: adapter.FunctionURL, Streaming: true,
				Observe: func(_ *http.Request, record gateway.Record) { records <- record }}))
			defer server.Close()
			resp, err := server.Client().Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if resp.StatusCode != 200 || string(body) != "ahoy" || err == nil {
				t.Errorf("%d %q, %v; want 200, all that came, and an error", resp.StatusCode, body, err)
			}
			record := <-records
			if record.Status != 200 || record.Reason != "the stream broke off" || record.Err == nil || tt.err != nil && !errors.Is(record.Err, tt.err) {
				t.Errorf("%+v", record)
			}
		})
	}
}

// Fifteen minutes pass at once in a synctest bubble.
func TestStreamThatNeverEnds(t *testing.T) {
	for _, f := range streamFormats {
		synctest.Test(t, func(t *testing.T) {
			s := newSource(`{}` + nul + "ahoy")
			var record gateway.Record
			g := gateway.Config{Function: streams(s.stream), Format: f.format, Streaming: true,
				Observe: func(_ *http.Request, got gateway.Record) { record = got }}
			w := httptest.NewRecorder()
			aborted := abort(func() { gateway.MustNew(g).ServeHTTP(w, httptest.NewRequest("GET", f.base+"/", nil)) })
			if w.Code != 200 || w.Body.String() != "ahoy" || !aborted {
				t.Errorf("%v: %d %q, aborted: %v", f.format, w.Code, w.Body, aborted)
			}
			if !errors.Is(record.Err, context.DeadlineExceeded) || record.Duration != 15*time.Minute {
				t.Errorf("%v: %+v", f.format, record)
			}
			<-s.closed
		})
	}
}

// abort reports whether serving panicked with http.ErrAbortHandler.
func abort(serve func()) (aborted bool) {
	defer func() {
		if value := recover(); value != nil && value != http.ErrAbortHandler {
			panic(value)
		} else if value != nil {
			aborted = true
		}
	}()
	serve()
	return false
}

// The stream is closed when the client is gone, while nobody writes to it.
func TestStreamToAClientThatLeaves(t *testing.T) {
	s := newSource(`{}` + nul + "ahoy")
	var ended context.Context
	g := gateway.Config{Format: adapter.RESTAPI, Streaming: true, Function: streams(func(ctx context.Context, event json.RawMessage) (io.ReadCloser, error) {
		ended = ctx
		return s.stream(ctx, event)
	})}
	server := httptest.NewServer(gateway.MustNew(g))
	defer server.Close()
	resp, err := server.Client().Get(server.URL + "/prod")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	<-s.closed
	<-ended.Done()
}

func TestStreamToAClientThatDoesNotWait(t *testing.T) {
	client, leave := context.WithCancel(t.Context())
	var record gateway.Record
	g := gateway.Config{Format: adapter.FunctionURL, Streaming: true, Function: streams(func(ctx context.Context, _ json.RawMessage) (io.ReadCloser, error) {
		leave()
		<-ctx.Done()
		return nil, ctx.Err()
	}), Observe: func(_ *http.Request, got gateway.Record) { record = got }}
	serve(g, httptest.NewRequest("GET", "/", nil).WithContext(client))
	if record.Status != 502 || record.Reason != "the client went away" {
		t.Errorf("%+v", record)
	}
}

func TestStreamWithoutBody(t *testing.T) {
	for _, content := range []string{`{"statusCode":200}` + nul, `{"statusCode":304}` + nul} {
		s := newSource(content) // its body never ends
		method := map[bool]string{true: "HEAD", false: "GET"}[strings.Contains(content, "200")]
		w := httptest.NewRecorder()
		gateway.MustNew(gateway.Config{Function: streams(s.stream), Format: adapter.FunctionURL, Streaming: true}).
			ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		<-s.closed
		if w.Body.Len() > 0 {
			t.Errorf("%s: a body", method)
		}
	}
}
