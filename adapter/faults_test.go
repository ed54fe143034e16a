package adapter_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// short is the time that late handlers are given.
const short = 500 * time.Millisecond

// fault is what goes wrong with a request, and what becomes of it.
type fault struct {
	name     string
	event    func(function) []byte
	outlives bool    // the handler outlives its time and waits for its release
	want     answer  // buffered
	streamed *answer // nil: the same
}

func to(path string) func(function) []byte {
	return func(f function) []byte { return f.event(path, strings.Repeat("fault", 20_000), false) }
}

var (
	internalError = answer{Status: 500, Body: "Internal Server Error\n"}
	unavailable   = answer{Status: 503, Body: "Service Unavailable\n"}
	badRequest    = answer{Status: 400, Body: "Bad Request\n"}
	brokenOff     = answer{Status: 200, Body: "begun", Failed: "errorString"}
)

const levels = 5 << 20 // of nested JSON, two bytes each

func faults() []fault {
	badBase64 := strings.Repeat("QUJD", 5<<20/4)
	badBase64 = badBase64[:len(badBase64)-20] + "*" + badBase64[len(badBase64)-19:]
	nested := strings.Repeat("[", levels) + strings.Repeat("]", levels)
	large := answer{Status: 200, Body: strings.Repeat("x", 7<<20)}
	return []fault{
		{name: "panic", event: to("/panic"), want: internalError},
		{name: "http.ErrAbortHandler", event: to("/abort"), want: internalError},
		{name: "runtime.Goexit", event: to("/goexit"), want: internalError},
		{name: "panic after the first byte", event: to("/late-panic"), want: internalError, streamed: &brokenOff},
		{name: "runtime.Goexit after the first byte", event: to("/late-goexit"), want: internalError, streamed: &brokenOff},
		{name: "never returns", event: to("/never"), outlives: true, want: unavailable},
		{
			name:     "never returns, REST API",
			event:    func(function) []byte { return []byte(`{"httpMethod":"POST","path":"/never","requestContext":{}}`) },
			outlives: true,
			want:     answer{Status: 504, Body: "Gateway Timeout\n"},
		},
		{name: "never returns after the first byte", event: to("/begun-never"), outlives: true, want: unavailable, streamed: &brokenOff},
		{name: "keeps writing", event: to("/write"), outlives: true, want: unavailable},
		{name: "keeps reading", event: to("/read"), outlives: true, want: unavailable},
		{name: "7 MB reply", event: to("/large"), want: internalError, streamed: &large},
		{
			name:  "bad base64 late in a 5 MB body",
			event: func(f function) []byte { return f.event("/echo", badBase64, true) },
			want:  badRequest,
		},
		{
			name:     "truncated JSON",
			event:    func(f function) []byte { e := f.event("/echo", "x", false); return e[:len(e)-1] },
			want:     answer{Failed: "EventError"},
			streamed: &answer{Failed: "errorString"}, // the runtime's own decoder is first
		},
		{
			name:     "10 MB of nested JSON",
			event:    func(function) []byte { return []byte(`{"unknown":` + nested + `}`) },
			want:     answer{Failed: "EventError"},
			streamed: &answer{Failed: "SyntaxError"},
		},
		{
			name:     "10 MB of nested JSON as requestContext",
			event:    func(function) []byte { return []byte(`{"requestContext":` + nested + `}`) },
			want:     answer{Failed: "EventError"},
			streamed: &answer{Failed: "SyntaxError"},
		},
	}
}

// TestFaults: after each fault the same process serves the next request.
func TestFaults(t *testing.T) {
	for name, streamed := range map[string]bool{"buffered": false, "streamed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits for deadlines
			f := startFunction(t, streamed, 1)
			f.wantNext(t)
			before := f.diagnose(t)
			for _, fault := range faults() {
				t.Run(fault.name, func(t *testing.T) { f.suffer(t, fault) })
			}
			if streamed {
				t.Run("client stops reading", f.leave)
			}
			f.wantGoroutines(t, before.Goroutines)
		})
	}
}

func (f function) suffer(t *testing.T, fault fault) {
	want := fault.want
	if f.streamed && fault.streamed != nil {
		want = *fault.streamed
	}
	inv := runtimeapi.Invocation{Payload: fault.event(f)}
	if fault.outlives {
		inv.Deadline, inv.Grace = time.Now().Add(short), time.Minute
	}
	if got := f.invoke(t, inv); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for range 3 {
		f.wantNext(t)
	}
	if fault.outlives {
		f.wantNoEffect(t)
		f.wantNext(t)
	}
}

// wantNoEffect releases a handler whose time was up and looks at what it saw.
func (f function) wantNoEffect(t *testing.T) {
	t.Helper()
	if got, want := f.send(t, f.event("/release", "", false)), (answer{Status: 200}); got != want {
		t.Errorf("after its time: %s", got.Body)
	}
}

// leave reads the first bytes of a large answer and goes. (One that stays and
// reads nothing holds up the runtime's own request until the deadline, which
// nothing in the process can help.)
func (f function) leave(t *testing.T) {
	stream, err := f.Stream(t.Context(), runtimeapi.Invocation{Payload: f.event("/huge", "", false)})
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 20)
	if _, err := io.ReadFull(stream.Body, first); err != nil {
		t.Errorf("%q, %v", first, err)
	}
	if err := stream.Body.Close(); err != nil {
		t.Error(err)
	}
	f.wantNext(t)
}

// TestDeadline: a handler that never returns is answered for before the
// deadline, after which the runtime's client would end the process. The 50 ms
// between the two may be too short for a machine with much else to do, but not
// every time.
func TestDeadline(t *testing.T) {
	for name, streamed := range map[string]bool{"buffered": false, "streamed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it waits for a deadline
			var got answer
			for range 5 {
				f := startFunction(t, streamed, 1)
				f.wantNext(t) // the start of the process is not to count
				got = f.invoke(t, runtimeapi.Invocation{Payload: f.event("/never", "", false), Deadline: time.Now().Add(short)})
				if got == unavailable {
					f.wantNext(t)
					return
				}
			}
			t.Errorf("got %s, want %s", got, unavailable)
		})
	}
}
