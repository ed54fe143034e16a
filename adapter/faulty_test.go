package adapter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestMain makes the test binary a Lambda function of itself, which the tests
// that need the real runtime client start as a process of its own. So the
// function shares the tests' handlers, and the race detector watches it too.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		os.Exit(m.Run())
	}
	h := adapter.New(newFaulty(), nil)
	if os.Getenv("STREAM") != "" {
		lambda.Start(h.Stream)
	}
	lambda.Start(h)
}

// faulty is a handler that goes wrong in every way a handler can, and in between
// serves as if nothing had been.
type faulty struct {
	http.ServeMux
	release chan struct{} // lets a handler end that has outlived its request …
	reports chan string   // … and say what is wrong with what it saw; "": nothing
}

func newFaulty() *faulty {
	f := &faulty{release: make(chan struct{}), reports: make(chan string)}
	f.HandleFunc("/echo", echoProcess)
	f.HandleFunc("/", answerToken)
	f.HandleFunc("/diagnose", diagnose)
	f.HandleFunc("/release", f.releaseLate)
	f.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("boom") })
	f.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	f.HandleFunc("/goexit", func(http.ResponseWriter, *http.Request) { runtime.Goexit() })
	f.HandleFunc("/late-panic", func(w http.ResponseWriter, _ *http.Request) { begin(w); panic("boom") })
	f.HandleFunc("/late-goexit", func(w http.ResponseWriter, _ *http.Request) { begin(w); runtime.Goexit() })
	f.HandleFunc("/never", func(http.ResponseWriter, *http.Request) { <-f.release; f.reports <- "" })
	f.HandleFunc("/begun-never", func(w http.ResponseWriter, _ *http.Request) { begin(w); <-f.release; f.reports <- "" })
	f.HandleFunc("/write", f.keepWriting)
	f.HandleFunc("/read", f.keepReading)
	f.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 7<<20)) })
	f.HandleFunc("/huge", huge)
	return f
}

// echoProcess answers with the process and the body, once it has read the whole of it.
func echoProcess(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusTeapot) // the adapter has the last word
		return
	}
	fmt.Fprintf(w, "%d %s", os.Getpid(), body)
}

// begin sends the first bytes of an answer where it is streamed.
func begin(w http.ResponseWriter) {
	_, _ = io.WriteString(w, "begun")
	_ = http.NewResponseController(w).Flush()
}

// keepWriting has no effect on the reply, nor on that to the next request.
func (f *faulty) keepWriting(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Early", "1")
	_, _ = io.WriteString(w, "early")
	f.outlive(r, func() string {
		w.Header().Set("X-Late", "1")
		w.WriteHeader(http.StatusTeapot)
		if n, err := io.WriteString(w, "late"); err != http.ErrHandlerTimeout {
			return fmt.Sprintf("Write: %d bytes, %v", n, err)
		}
		return ""
	})
}

// keepReading sees nothing of the next events, which the runtime reads into the
// same memory. Of its own it may for the moment that the timeout takes.
func (f *faulty) keepReading(_ http.ResponseWriter, r *http.Request) {
	event, _ := adapter.FromContext(r.Context())
	piece := make([]byte, 1) // slowly, for the next event to come meanwhile
	_, _ = r.Body.Read(piece)
	foreign := ""
	f.outlive(r, func() string {
		n, err := r.Body.Read(piece)
		raw, rawErr := event.Raw()
		if strings.Trim(string(piece[:n]), "fault") != "" {
			foreign = fmt.Sprintf("Read: %q", piece[:n])
		}
		if raw != nil && !bytes.Contains(raw, []byte(`"/read"`)) {
			foreign = fmt.Sprintf("Raw: %.64q", raw)
		}
		if foreign == "" && (err != http.ErrBodyReadAfterClose || rawErr != adapter.ErrInvocationOver) {
			return fmt.Sprintf("Read: %v, Raw: %v", err, rawErr)
		}
		return foreign
	})
}

// outlive tries again and again from the end of the request's time until it is
// released, and reports the last result.
func (f *faulty) outlive(r *http.Request, try func() (wrong string)) {
	<-r.Context().Done()
	for {
		_ = try()
		runtime.Gosched()
		select {
		case <-f.release:
			f.reports <- try()
			return
		default:
		}
	}
}

// huge writes more than connections hold, so that it waits for its reader.
func huge(w http.ResponseWriter, _ *http.Request) {
	piece := make([]byte, 1<<20)
	for range 64 {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
}

func (f *faulty) releaseLate(w http.ResponseWriter, _ *http.Request) {
	f.release <- struct{}{}
	_, _ = io.WriteString(w, <-f.reports)
}

// diagnosis is what a process says of itself.
type diagnosis struct {
	PID        int
	Goroutines int
	Heap       uint64 // bytes in use
	Resident   string
}

// residentKB is 0 where nobody says.
func (d diagnosis) residentKB() (kB int) {
	_, _ = fmt.Sscanf(d.Resident, "%d kB", &kB)
	return kB
}

func diagnose(w http.ResponseWriter, _ *http.Request) {
	d := diagnosis{PID: os.Getpid(), Heap: heap()}
	debug.FreeOSMemory()
	d.Goroutines, d.Resident = runtime.NumGoroutine(), resident()
	_ = json.NewEncoder(w).Encode(d)
}
