//go:build unix

package traces_test

import (
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
)

// TestFreeze stops the process after each reply, as Lambda does, while the collector
// closes its connections. No span is lost, and none comes late.
func TestFreeze(t *testing.T) {
	const invocations = 20
	c := newCollector(t, nil)
	p := start(t, "./lambda", c.URL, nil)
	for i := range invocations {
		if status := ask(function{process: p}, get("/orders/1")); status != 200 {
			t.Errorf("status %d", status)
		}
		if spans, _ := c.take(); len(spans["GET /orders/{id}"]) != 1 || len(spans["find order"]) != 1 {
			t.Errorf("invocation %d: spans %v", i+1, spans)
		}
		if err := syscall.Kill(p.PID(), syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		c.CloseClientConnections()
		if err := syscall.Kill(p.PID(), syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
	}
}

// What ends after its request has been answered is sent at the latest when Lambda
// tells the function that it ends.
func TestEnd(t *testing.T) {
	wait, ended := make(chan struct{}), make(chan struct{})
	gate := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ended" {
			close(ended)
			return
		}
		<-wait
	}))
	defer gate.Close()
	c := newCollector(t, nil)
	p := start(t, "./testdata/faults", c.URL, nil, "GATE="+gate.URL)
	if status := ask(function{process: p}, get("/late/1")); status != 503 {
		t.Errorf("status %d", status)
	}
	spans, _ := c.take()
	if len(spans["GET"]) != 1 || spans["too late"] != nil {
		t.Errorf("with the reply: spans %v", spans)
	}
	close(wait)
	<-ended
	p.Shutdown()
	if spans, _ = c.take(); len(spans["too late"]) != 1 || len(spans) != 1 {
		t.Errorf("at the end: spans %v", spans)
	}
}
