// Command faults is a function whose requests end otherwise than its handlers
// think. GATE is a URL that answers when the test wants the late handler to go on.
package main

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"os"
	"runtime"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"go.opentelemetry.io/otel/trace"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/traces"
)

func main() {
	logger := lambdacontext.NewLogger()
	t, err := traces.FromEnv(logger)
	if err != nil {
		log.Fatal(err)
	}
	h := adapter.New(t.Wrap(routes()), &adapter.Options{
		Logger:  logger,
		Done:    t.Done(adapter.AccessLog(logger, nil)),
		Timeout: 500 * time.Millisecond,
	})
	lambda.StartWithOptions(h, lambda.WithEnableSIGTERM(t.Shutdown))
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /well/{id}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /folder/{id}/", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /missing/{id}", http.NotFound)
	mux.HandleFunc("GET /large/{id}", func(w http.ResponseWriter, _ *http.Request) { w.Write(bytes.Repeat([]byte("a"), 7<<20)) })
	mux.HandleFunc("GET /panic/{id}", func(_ http.ResponseWriter, r *http.Request) { panic(r.URL.Path) })
	mux.HandleFunc("GET /abort/{id}", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("GET /upgrade/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusSwitchingProtocols) })
	mux.HandleFunc("GET /goexit/{id}", func(http.ResponseWriter, *http.Request) { runtime.Goexit() })
	mux.HandleFunc("GET /late/{id}", late)
	mux.HandleFunc("POST /body/{id}", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("/any/{id}", func(http.ResponseWriter, *http.Request) {})
	return mux
}

// late has a span that ends after the request has been answered.
func late(w http.ResponseWriter, r *http.Request) {
	_, span := trace.SpanFromContext(r.Context()).TracerProvider().Tracer("faults").Start(r.Context(), "too late")
	ask("/wait")
	span.End()
	ask("/ended")
}

func ask(path string) {
	if resp, err := http.Get(os.Getenv("GATE") + path); err == nil {
		resp.Body.Close()
	}
}
