package browser_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// A front is a gateway that is served, and what has reached it.
type front struct {
	gateway.Config
	gateway *gateway.Gateway // of Config, once it is served
	mock    http.Header      // of a MOCK integration that answers every OPTIONS request; nil: there is none

	url      string
	mu       sync.Mutex // held while a request is answered, so that seen misses no request whose answer has arrived
	requests []string
}

func (f *front) serve(t *testing.T) {
	f.Observe = func(r *http.Request, record gateway.Record) {
		by := ""
		if record.RefusedBy == "gateway" {
			by = "gateway"
		}
		f.note(r, record.Status, by)
	}
	var err error
	if f.gateway, err = gateway.New(f.Config); err != nil {
		t.Fatal(err)
	}
	f.url = open(t, f)
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mock != nil && r.Method == http.MethodOptions {
		maps.Copy(w.Header(), f.mock)
		f.note(r, http.StatusOK, "mock")
		return
	}
	f.gateway.ServeHTTP(w, r)
}

func (f *front) note(r *http.Request, status int, by string) {
	request := fmt.Sprint(r.Method, " ", status)
	if by != "" {
		request += " by " + by
	}
	if r.Header.Get("Cookie") != "" {
		request += " with cookie"
	}
	f.requests = append(f.requests, request)
}

// seen returns the requests since it was called last.
func (f *front) seen() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	requests := strings.Join(f.requests, ", ")
	f.requests = nil
	return requests
}
