package adapter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

func stream(t *testing.T, ctx context.Context, h *adapter.Handler, event string) io.ReadCloser {
	t.Helper()
	st, err := h.Stream(ctx, json.RawMessage(event))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// split takes a streamed reply apart.
func split(t *testing.T, out []byte) (head map[string]any, body string) {
	t.Helper()
	before, after, ok := bytes.Cut(out, make([]byte, 8))
	if !ok {
		t.Fatalf("no head in %.200q", out)
	}
	return asMembers(t, string(before)), string(after)
}

func TestStreamedReply(t *testing.T) {
	for _, row := range []struct {
		name, event string
		handler     http.HandlerFunc
		head        string
		body        string
	}{
		{
			"function URL", functionURLEvent(),
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Set-Cookie", "a=1")
				w.Header().Add("Set-Cookie", "b=2")
				w.Header().Set("Content-Length", "5")
				w.WriteHeader(http.StatusCreated)
				_, _ = io.WriteString(w, "hello")
			},
			`{"statusCode":201,"cookies":["a=1","b=2"],"headers":{"Content-Type":"text/plain; charset=utf-8"}}`, "hello",
		},
		{
			"REST API", restEvent(),
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["X-A"] = []string{"1", "2"}
				w.Header()["Content-Type"] = nil
				_, _ = w.Write([]byte{0, 0xff})
			},
			`{"statusCode":200,"multiValueHeaders":{"X-A":["1","2"]}}`, "\x00\xff",
		},
		{
			"nothing written", functionURLEvent(), func(http.ResponseWriter, *http.Request) {},
			`{"statusCode":200,"headers":{}}`, "",
		},
		{
			"HEAD", strings.Replace(functionURLEvent(), `"POST"`, `"HEAD"`, 1),
			func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
			`{"statusCode":200,"headers":{"Content-Type":"text/html; charset=utf-8"}}`, "",
		},
		{
			"more than a buffer", functionURLEvent(),
			func(w http.ResponseWriter, _ *http.Request) {
				for range 3 {
					_, _ = io.WriteString(w, strings.Repeat("x", 3000))
				}
				_, _ = io.WriteString(w, strings.Repeat("y", 50_000))
			},
			`{"statusCode":200,"headers":{"Content-Type":"text/plain; charset=utf-8"}}`, strings.Repeat("x", 9000) + strings.Repeat("y", 50_000),
		},
		{
			"a panic before the first byte", functionURLEvent(),
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Half", "1")
				_, _ = io.WriteString(w, "half")
				panic("boom")
			},
			`{"statusCode":500,"headers":{"Content-Type":"text/plain; charset=utf-8","X-Content-Type-Options":"nosniff"}}`, "Internal Server Error\n",
		},
		{
			"Goexit before the first byte", functionURLEvent(),
			func(http.ResponseWriter, *http.Request) { runtime.Goexit() },
			`{"statusCode":500,"headers":{"Content-Type":"text/plain; charset=utf-8","X-Content-Type-Options":"nosniff"}}`, "Internal Server Error\n",
		},
		{
			"a status that cannot be sent", functionURLEvent(),
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(101) },
			`{"statusCode":500,"headers":{"Content-Type":"text/plain; charset=utf-8","X-Content-Type-Options":"nosniff"}}`, "Internal Server Error\n",
		},
		{
			"a request that HTTP does not allow", strings.Replace(functionURLEvent(), `"host":`, `"a b":"c","host":`, 1),
			func(http.ResponseWriter, *http.Request) { panic("called") },
			`{"statusCode":400,"headers":{"Content-Type":"text/plain; charset=utf-8","X-Content-Type-Options":"nosniff"}}`, "Bad Request\n",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := adapter.New(row.handler, &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
			out, err := io.ReadAll(stream(t, context.Background(), h, row.event))
			if err != nil {
				t.Fatal(err)
			}
			head, body := split(t, out)
			if diff := cmp.Diff(asMembers(t, row.head), head); diff != "" {
				t.Errorf("head (-want +got):\n%s", diff)
			}
			if body != row.body {
				t.Errorf("body %.200q, want %.200q", body, row.body)
			}
		})
	}
}

// TestFirstByte: the first piece arrives while the handler goes on.
func TestFirstByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "first")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Errorf("Flush: %v", err)
			}
			time.Sleep(time.Hour)
			_, _ = io.WriteString(w, "last")
		}), nil)
		start := time.Now()
		st := stream(t, context.Background(), h, functionURLEvent())
		var got []byte
		piece := make([]byte, 4096)
		for !bytes.HasSuffix(got, []byte("first")) {
			n, err := st.Read(piece)
			if got = append(got, piece[:n]...); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the first byte took %v", took)
		}
		rest, err := io.ReadAll(st)
		if took := time.Since(start); string(rest) != "last" || err != nil || took != time.Hour {
			t.Errorf("then %q (%v) after %v", rest, err, took)
		}
	})
}

func TestStreamBrokenOff(t *testing.T) {
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		timeout time.Duration
		event   string
		want    string
		log     string
	}{
		"a panic after the first byte": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			panic("boom")
		}, 0, functionURLEvent(), "handler panicked", "handler panicked"},
		"too late": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, time.Minute, functionURLEvent(), "took too long", "stream broken off"},
		"bad base64 after the first byte": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			_, _ = io.ReadAll(r.Body)
		}, 0, strings.Replace(strings.Replace(functionURLEvent(), `"body":""`, `"body":"QUJ*"`, 1), "false}", "true}", 1), "not valid base64", "stream broken off"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			h := adapter.New(row.handler, &adapter.Options{Timeout: row.timeout, Logger: slog.New(slog.NewJSONHandler(&log, nil))})
			out, err := io.ReadAll(stream(t, context.Background(), h, row.event))
			if _, body := split(t, out); body != "begun" || err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%s: %q, error %v, want %q", name, body, err, row.want)
			}
			synctest.Wait()
			if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), row.log) {
				t.Errorf("%s: logged %q, want one line with %q", name, &log, row.log)
			}
		})
	}
}

func TestStreamThatDoesNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		ended := make(chan error, 1)
		h := adapter.New(until(ended), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
		start := time.Now()
		out, err := io.ReadAll(stream(t, ctx, h, restEvent()))
		if took := time.Since(start); err != nil || took != 10*time.Minute-500*time.Millisecond {
			t.Errorf("answered after %v (%v)", took, err)
		}
		if head, body := split(t, out); head["statusCode"] != 504.0 || body != "Gateway Timeout\n" {
			t.Errorf("answered %v %q", head, body)
		}
		if err := <-ended; err != context.DeadlineExceeded {
			t.Errorf("the handler's context ended with %v", err)
		}
	})
}

// TestStreamClosed: Close cancels the handler and does not wait for it.
func TestStreamClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, done := make(chan struct{}), make(chan struct{})
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(done)
			w.(http.Flusher).Flush()
			_, _ = w.Write(make([]byte, 100_000)) // nobody reads it
			<-r.Context().Done()
			if err := r.Context().Err(); err != context.Canceled {
				t.Errorf("context: %v", err)
			}
			<-release
			if _, err := w.Write([]byte("late")); err == nil {
				t.Error("Write after Close succeeded")
			}
			if _, err := r.Body.Read(make([]byte, 1)); err != http.ErrBodyReadAfterClose {
				t.Errorf("Read after Close: %v", err)
			}
		}), nil)
		event := strings.Replace(functionURLEvent(), `"body":""`, `"body":"text"`, 1)
		st := stream(t, context.Background(), h, event)
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		if _, err := st.Read(make([]byte, 1)); err == nil {
			t.Error("Read after Close succeeded")
		}
		close(release)
		<-done
	})
}

func TestStreamOfFormatsThatCannot(t *testing.T) {
	h := adapter.New(http.HandlerFunc(scenario.SayHello), &adapter.Options{
		Fallback: func(context.Context, json.RawMessage) (any, error) { return "fallen back", nil },
	})
	for event, want := range map[string]string{
		v2Event("", false):        `{"statusCode":200,"headers":{"Content-Type":"application/json"},"isBase64Encoded":false,"body":"{\"message\":\"hello\"}"}`,
		`{"source":"aws.events"}`: `"fallen back"`,
	} {
		st := stream(t, context.Background(), h, event)
		if out, err := io.ReadAll(st); string(out) != want || err != nil {
			t.Errorf("%s, %v, want %s", out, err, want)
		}
		if typed, ok := st.(interface{ ContentType() string }); !ok || typed.ContentType() != "application/json" {
			t.Error("not sent as JSON")
		}
		if _, err := json.Marshal(st); err == nil {
			t.Error("the runtime would encode it")
		}
	}
	if st, err := h.Stream(context.Background(), json.RawMessage(`{`)); st != nil || err == nil {
		t.Errorf("malformed event: %v, %v", st, err)
	}
}

func TestFailOfAStream(t *testing.T) {
	failed := errors.New("failed")
	options := &adapter.Options{
		Logger: slog.New(slog.DiscardHandler),
		Fail: func(_ context.Context, o *adapter.Outcome) error {
			if o.Status >= 500 {
				return failed
			}
			return nil
		},
	}
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		if r.URL.Path == "/flush" {
			w.(http.Flusher).Flush()
		}
	}), options)
	if st, err := h.Stream(context.Background(), json.RawMessage(functionURLEvent())); st != nil || err != failed {
		t.Errorf("before the first byte: %v, %v", st, err)
	}
	_, err := io.ReadAll(stream(t, context.Background(), h, strings.Replace(functionURLEvent(), "/notes", "/flush", 1)))
	if err != failed {
		t.Errorf("after the first byte: %v", err)
	}
}

// TestEmptyStream holds the bytes of answers without a body: the head, eight
// NULs and the end, or one blank before it with PadEmptyStream where a body is
// allowed.
func TestEmptyStream(t *testing.T) {
	const end = "\x00\x00\x00\x00\x00\x00\x00\x00"
	for _, row := range []struct {
		method string
		status int
		head   string
		padded bool // with PadEmptyStream
	}{
		{"GET", 200, `{"statusCode":200,"headers":{}}`, true},
		{"GET", 204, `{"statusCode":204,"headers":{}}`, false},
		{"GET", 302, `{"statusCode":302,"headers":{"Location":"/x"}}`, true},
		{"GET", 304, `{"statusCode":304,"headers":{}}`, false},
		{"GET", 400, `{"statusCode":400,"headers":{}}`, true},
		{"HEAD", 200, `{"statusCode":200,"headers":{}}`, false},
	} {
		for _, pad := range []bool{false, true} {
			for _, flushes := range []bool{false, true} {
				h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					if row.status == 302 {
						w.Header().Set("Location", "/x")
					}
					w.WriteHeader(row.status)
					if flushes {
						w.(http.Flusher).Flush()
					}
				}), &adapter.Options{PadEmptyStream: pad})
				want := row.head + end
				if pad && row.padded {
					want += " "
				}
				event := strings.Replace(functionURLEvent(), `"POST"`, `"`+row.method+`"`, 1)
				if got := string(streamAll(t, h, event)); got != want {
					t.Errorf("%s %d, pad %v, flushed %v: %q, want %q", row.method, row.status, pad, flushes, got, want)
				}
			}
		}
	}
}
