package runtimeapi

import (
	"net/http"
	"syscall"
	"time"
)

// notice is the time from SIGTERM to SIGKILL for a function that is its own
// extension: about 500 ms, says aws-lambda-go (lambda.WithEnableSIGTERM).
const notice = 500 * time.Millisecond

// Shutdown ends the process as Lambda ends an execution environment: with SIGKILL,
// and with SIGTERM half a second earlier if the function has registered as an
// extension, which lambda.WithEnableSIGTERM does. It waits for the end. No
// invocation may be under way. Windows has no SIGTERM: there it is Close.
func (p *Process) Shutdown() {
	p.killed.Store(true) // an end by SIGTERM is one that was asked for
	if p.registered.Load() && p.cmd.Process.Signal(syscall.SIGTERM) == nil {
		select {
		case <-p.exited:
		case <-time.After(notice):
		}
	}
	p.Close()
}

// register takes any extension. Only its being there has an effect: events are
// never sent (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html).
func (p *Process) register(w http.ResponseWriter, _ *http.Request) {
	p.registered.Store(true)
	w.Header().Set("Lambda-Extension-Identifier", "00000000-0000-4000-8000-000000000000")
	writeJSON(w, http.StatusOK, map[string]string{"functionName": "under-test"})
}

// nextEvent never answers an extension that asked for no events.
func (p *Process) nextEvent(_ http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-p.life.Done():
	}
}
