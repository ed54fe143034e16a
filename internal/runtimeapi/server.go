package runtimeapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// MaxResponse is the most a buffered response may hold, in bytes: 6 MiB and a
// little (the limit that the error message of the platform states).
const MaxResponse = 6<<20 + 100

// The headers of the Runtime API.
const (
	headerRequestID     = "Lambda-Runtime-Aws-Request-Id"
	headerDeadline      = "Lambda-Runtime-Deadline-Ms"
	headerFunctionARN   = "Lambda-Runtime-Invoked-Function-Arn"
	headerTraceID       = "Lambda-Runtime-Trace-Id"
	headerClientContext = "Lambda-Runtime-Client-Context"
	headerIdentity      = "Lambda-Runtime-Cognito-Identity"
	headerTenant        = "Lambda-Runtime-Aws-Tenant-Id"
	headerResponseMode  = "Lambda-Runtime-Function-Response-Mode"
	headerErrorType     = "Lambda-Runtime-Function-Error-Type" // of an error, and as a trailer of a response
	headerErrorBody     = "Lambda-Runtime-Function-Error-Body" // trailer, base64
)

func (p *Process) routes() http.Handler {
	const version = "/2018-06-01"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+version+"/runtime/invocation/next", p.next)
	mux.HandleFunc("POST "+version+"/runtime/invocation/{id}/response", p.answered(p.response))
	mux.HandleFunc("POST "+version+"/runtime/invocation/{id}/error", p.answered(p.functionError))
	mux.HandleFunc("POST "+version+"/runtime/init/error", p.initError)
	mux.HandleFunc("POST /2020-01-01/extension/register", p.register)
	mux.HandleFunc("GET /2020-01-01/extension/event/next", p.nextEvent)
	return mux
}

// next hands out an invocation as soon as there is one.
func (p *Process) next(w http.ResponseWriter, r *http.Request) {
	if !p.poll() {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "as many invocations and polls are open as the runtime may have")
		return
	}
	select {
	case c := <-p.queue:
		p.handOut(c)
		c.writeTo(w)
	case <-r.Context().Done():
		p.handOut(nil)
	}
}

// poll reserves one of the runtime's places, which it keeps until it answers
// what it was given. The Interface Emulator refuses a poll too many with this
// status; what the platform does with it is unconfirmed.
func (p *Process) poll() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.polls+len(p.open) >= p.concurrency {
		return false
	}
	p.polls++
	return true
}

// handOut ends a poll: with a call, or with nil.
func (p *Process) handOut(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.polls--
	if c != nil {
		p.open[c.id] = c
	}
}

func (c *call) writeTo(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set(headerRequestID, c.id)
	h.Set(headerDeadline, strconv.FormatInt(c.Deadline.UnixMilli(), 10))
	h.Set(headerFunctionARN, functionARN)
	h.Set(headerTraceID, c.TraceID)
	for name, value := range map[string]string{
		headerClientContext: c.ClientContext,
		headerIdentity:      c.Identity,
		headerTenant:        c.Tenant,
	} {
		if value != "" {
			h.Set(name, value)
		}
	}
	w.Write(c.Payload) // fails only with the process
}

// answered finds the call an answer is for. An answer after the deadline is
// 410, which makes aws-lambda-go end the process.
func (p *Process) answered(answer func(http.ResponseWriter, *http.Request, *call)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		p.mu.Lock()
		c := p.open[id]
		delete(p.open, id)
		p.mu.Unlock()
		if c == nil {
			refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
			return
		}
		defer c.close()
		if c.open.Err() != nil {
			refuseLate(w)
			return
		}
		answer(w, r, c)
	}
}

func (p *Process) functionError(w http.ResponseWriter, r *http.Request, c *call) {
	document, err := io.ReadAll(io.LimitReader(r.Body, MaxResponse))
	if err != nil {
		c.reply <- reply{err: cutShort(err)}
		return
	}
	c.reply <- reply{err: parseFunctionError(r.Header.Get(headerErrorType), document)}
	accept(w)
}

// initError ends the life of the process: its error is the answer to every
// invocation.
func (p *Process) initError(w http.ResponseWriter, r *http.Request) {
	document, err := io.ReadAll(io.LimitReader(r.Body, MaxResponse))
	if err != nil {
		p.end(cutShort(err))
		return
	}
	accept(w)
	p.end(parseFunctionError(r.Header.Get(headerErrorType), document))
}

func cutShort(err error) error { return fmt.Errorf("runtimeapi: answer cut short: %w", err) }

func accept(w http.ResponseWriter) {
	writeJSON(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	writeJSON(w, status, map[string]string{"errorType": errorType, "errorMessage": message})
}

func refuseLate(w http.ResponseWriter) {
	refuse(w, http.StatusGone, "InvokeTimeout", "Invoke timeout")
}

func writeJSON(w http.ResponseWriter, status int, document map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(document)
}
