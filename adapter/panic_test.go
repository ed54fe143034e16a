package adapter_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	texts "github.com/gatehouse-go/gatehouse/internal/cause"
	"github.com/google/go-cmp/cmp"
)

func TestPanicIsAReply(t *testing.T) {
	var log bytes.Buffer
	for _, row := range []struct {
		value any
		texts bool // Options.PanicText
		logs  string
		stack bool
	}{
		{"secret", false, `"panic":"string"`, true},
		{errors.New("secret"), false, `"panic":"errors.errorString"`, true},
		{struct{ Token string }{"secret"}, false, `"panic":"struct { Token string }"`, true},
		{http.ErrAbortHandler, false, "handler aborted", false},
		{texts.Text("ours"), false, `"panic":"ours"`, true},
		{runtimeError(), false, `"panic":"runtime error: index out of range`, true},
		{"boom", true, `"panic":"boom"`, true},
		{errors.New("went wrong"), true, `"panic":"went wrong"`, true},
		{struct{ Token string }{"secret"}, true, `"panic":"struct { Token string }"`, true},
	} {
		log.Reset()
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Half", "done")
			_, _ = io.WriteString(w, "half a reply")
			panic(row.value)
		}), &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil)), PanicText: row.texts})
		want := sentReply{
			StatusCode: http.StatusInternalServerError,
			Headers:    map[string]string{"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"},
			Body:       "Internal Server Error\n",
		}
		if diff := cmp.Diff(want, invoke(t, h, v2Event("", false))); diff != "" {
			t.Errorf("panic(%v) (-want +got):\n%s", row.value, diff)
		}
		if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), row.logs) || strings.Contains(log.String(), "secret") {
			t.Errorf("panic(%v) logged %s", row.value, &log)
		}
		if got := strings.Contains(log.String(), "handler_test.go"); got != row.stack {
			t.Errorf("panic(%v): stack logged: %v", row.value, got)
		}
	}
}

// runtimeError is what the Go runtime panics with.
func runtimeError() (v any) {
	defer func() { v = recover() }()
	var none []int
	return none[len(os.Args)]
}

// panickyError is an error whose Error panics, as that of a nil pointer may.
type panickyError struct{}

func (*panickyError) Error() string { panic("in Error") }

func TestPanicWithAnErrorThatPanics(t *testing.T) {
	for name, timeout := range map[string]time.Duration{"no limit": 0, "a limit": time.Minute} {
		h := adapter.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(&panickyError{}) }),
			&adapter.Options{Timeout: timeout, Logger: slog.New(slog.DiscardHandler)})
		if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: status %d", name, r.StatusCode)
		}
	}
}
