package adapter_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// ended is what of an Outcome the rows below speak of.
type ended struct {
	Format        adapter.Format
	Method, Route string
	Status        int
	Reason        adapter.Reason
	Panicked      bool
	Failed        bool
}

func endedAs(o *adapter.Outcome) ended {
	return ended{o.Format, o.Method, o.Route, o.Status, o.Reason, o.Panic != nil, o.Failed != nil}
}

// outcomes collects what Done is told.
type outcomes struct {
	mu  sync.Mutex
	all []*adapter.Outcome
}

func (o *outcomes) done(_ context.Context, outcome *adapter.Outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, outcome)
}

func (o *outcomes) only(t *testing.T) *adapter.Outcome {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.all) != 1 {
		t.Fatalf("Done was told %d times, want once: %+v", len(o.all), o.all)
	}
	return o.all[0]
}

// endings are handlers and how an invocation of them ends, buffered. In a stream
// they end likewise, unless they have begun it.
func endings() map[string]struct {
	handler http.HandlerFunc
	event   string
	want    ended
} {
	url := functionURLEvent()
	post := func(status int, reason adapter.Reason) ended {
		panicked := reason == adapter.ReasonPanic || reason == adapter.ReasonAbort || reason == adapter.ReasonGoexit
		return ended{adapter.FunctionURL, "POST", "/", status, reason, panicked, false}
	}
	late, refused := post(503, adapter.ReasonLate), post(400, adapter.ReasonBadRequest)
	late.Route, refused.Route = "", ""
	return map[string]struct {
		handler http.HandlerFunc
		event   string
		want    ended
	}{
		"reply":              {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, url, post(204, "")},
		"refusal of its own": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, url, post(403, "")},
		"panic":              {func(http.ResponseWriter, *http.Request) { panic("boom") }, url, post(500, adapter.ReasonPanic)},
		"abort":              {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, url, post(500, adapter.ReasonAbort)},
		"Goexit":             {func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, url, post(500, adapter.ReasonGoexit)},
		"late":               {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, url, late},
		"101":                {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(101) }, url, post(500, adapter.ReasonBadStatus)},
		"too short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
		}, url, post(500, adapter.ReasonTooShort)},
		"bad base64": {func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) },
			strings.Replace(strings.Replace(url, `"body":""`, `"body":"QUJ*"`, 1), "false}", "true}", 1), post(400, adapter.ReasonBadBase64)},
		"no request": {func(http.ResponseWriter, *http.Request) { panic("called") },
			strings.Replace(url, `"host":`, `"a b":"c","host":`, 1), refused},
	}
}

// TestOutcome: Done is told once how an invocation ended, and of the status that
// the client gets.
func TestOutcome(t *testing.T) {
	for name, row := range endings() {
		for _, streamed := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				var told outcomes
				mux := http.NewServeMux()
				mux.HandleFunc("/", row.handler)
				h := adapter.New(mux, &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler), Done: told.done})
				out := serveAny(t, h, row.event, streamed)
				synctest.Wait()
				o := told.only(t)
				if diff := cmp.Diff(row.want, endedAs(o)); diff != "" {
					t.Errorf("%s, streamed %v (-want +got):\n%s", name, streamed, diff)
				}
				if head, _, _ := strings.Cut(out, "\x00"); !strings.Contains(head, `{"statusCode":`+itoa(o.Status)) {
					t.Errorf("%s, streamed %v: the client got %.100q, the outcome says %d", name, streamed, out, o.Status)
				}
				if o.Event == nil || o.Event.Format() != o.Format || !o.ColdStart || (o.Timeout != (o.Reason == adapter.ReasonLate)) {
					t.Errorf("%s, streamed %v: %+v", name, streamed, o)
				}
			})
		}
	}
}

func itoa(n int) string { text, _ := json.Marshal(n); return string(text) }

func serveAny(t *testing.T, h *adapter.Handler, event string, streamed bool) string {
	t.Helper()
	if streamed {
		return string(streamAll(t, h, event))
	}
	out, err := h.Invoke(context.Background(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestOutcomeOfOtherEvents: refused events and those of Fallback end too.
func TestOutcomeOfOtherEvents(t *testing.T) {
	failed := errors.New("failed")
	var told outcomes
	h := adapter.New(http.NotFoundHandler(), &adapter.Options{
		Done: told.done,
		Fallback: func(_ context.Context, event json.RawMessage) (any, error) {
			if strings.Contains(string(event), "fail") {
				return nil, failed
			}
			return 1, nil
		},
	})
	for _, row := range []struct {
		event  string
		reason adapter.Reason
		failed bool
	}{
		{`{`, adapter.ReasonMalformed, true},
		{`{"a":"fail"}`, adapter.ReasonFallback, true},
		{`{"a":"b"}`, adapter.ReasonFallback, false},
		{`{"requestContext":{"a":1},"requestContext":{"http":{"method":"GET"}},"rawPath":"/"}`, adapter.ReasonTwice, true},
	} {
		told.all = nil
		_, err := h.Invoke(context.Background(), []byte(row.event))
		o := told.only(t)
		if want := (ended{Reason: row.reason, Failed: row.failed}); endedAs(o) != want || !errors.Is(o.Failed, err) {
			t.Errorf("%s: %+v (%v), want %+v", row.event, o, err, want)
		}
	}
}

func TestOutcomeSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		var told outcomes
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(3 * time.Second)
			r.Method = "CHANGED"
		}), &adapter.Options{Done: told.done})
		out, err := h.Invoke(ctx, []byte(restEvent()))
		o := told.only(t)
		deadline, _ := ctx.Deadline()
		if err != nil || o.Duration != 3*time.Second || !o.Deadline.Equal(deadline) || o.ReplyBytes != len(out) || o.Method != "GET" {
			t.Errorf("%+v (%v)", o, err)
		}
		told.all = nil
		if _, err := h.Invoke(ctx, []byte(restEvent())); err != nil || told.only(t).ColdStart {
			t.Errorf("the second invocation: %+v (%v)", told.only(t), err)
		}
	})
}

func TestFailThenDone(t *testing.T) {
	failed := errors.New("failed")
	var told outcomes
	h := adapter.New(http.NotFoundHandler(), &adapter.Options{
		Fail: func(_ context.Context, o *adapter.Outcome) error {
			if o.Failed != nil {
				t.Errorf("Fail sees %v", o.Failed)
			}
			return failed
		},
		Done: told.done,
	})
	if _, err := h.Invoke(context.Background(), []byte(restEvent())); err != failed || told.only(t).Failed != failed {
		t.Errorf("error %v, outcome %+v", err, told.only(t))
	}
}

// TestRouteIsNoPath: where http.ServeMux redirects to a path with a slash at the
// end, it may leave that path, which is the client's, in Request.Pattern.
func TestRouteIsNoPath(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/files/{id}/", func(http.ResponseWriter, *http.Request) {})
	for path, routes := range map[string][]string{
		"/files/secret":      {"", "/files/{id}/"},
		"/files/../files/se": {"", "/files/{id}/"},
		"/files/secret%2F":   {"", "/files/{id}/"},
		"/files/secret/":     {"/files/{id}/"},
		"/files/secret/x":    {"/files/{id}/"},
	} {
		for _, method := range []string{"GET", "POST", "CONNECT"} {
			event := fmt.Sprintf(`{"rawPath":%q,"requestContext":{"domainName":"x.lambda-url.eu-west-1.on.aws","http":{"method":%q}}}`, path, method)
			h := adapter.New(mux, &adapter.Options{Done: func(_ context.Context, o *adapter.Outcome) {
				if !slices.Contains(routes, o.Route) {
					t.Errorf("%s %s: route %q", method, path, o.Route)
				}
			}})
			if _, err := h.Invoke(context.Background(), []byte(event)); err != nil {
				t.Error(err)
			}
		}
	}
}
