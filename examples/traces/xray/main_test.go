package main_test

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

const sampled = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

// TestFunction: the daemon gets a subsegment of Lambda's segment, whatever the
// client says, and none if Lambda does not sample.
func TestFunction(t *testing.T) {
	daemon, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	if err != nil {
		t.Fatal(err)
	}
	p, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{Env: []string{"AWS_XRAY_DAEMON_ADDRESS=" + daemon.LocalAddr().String()}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()

	// The daemon gets nothing of the first, or it would be what is read.
	request(t, p, strings.Replace(sampled, "Sampled=1", "Sampled=0", 1), "/orders/unsampled")
	request(t, p, sampled, "/orders/1")

	packet := make([]byte, 64<<10)
	if err := daemon.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, _, err := daemon.ReadFromUDP(packet)
	if err != nil {
		t.Fatal(err)
	}
	_, document, _ := bytes.Cut(packet[:n], []byte("\n"))
	var got struct {
		Name, Type string
		TraceID    string `json:"trace_id"`
		ParentID   string `json:"parent_id"`
		InProgress bool   `json:"in_progress"`
	}
	if err := json.Unmarshal(document, &got); err != nil {
		t.Fatalf("%v: %s", err, packet[:n])
	}
	if got.Name != "find order" || got.Type != "subsegment" || got.InProgress ||
		got.TraceID != "1-5759e988-bd862e3fe1be46a994272793" || got.ParentID != "53995c3f42cd8ad8" {
		t.Errorf("the daemon got %s", document)
	}
}

func request(t *testing.T, p *runtimeapi.Process, trace, path string) {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("X-Amzn-Trace-Id", "Root=1-00000000-000000000000000000000bad;Parent=0000000000000bad;Sampled=1")
	event, err := gateway.MustNew(gateway.Config{Function: runtimeapi.Function{Process: p}}).Event(r)
	if err != nil {
		t.Fatal(err)
	}
	result, err := p.Invoke(t.Context(), runtimeapi.Invocation{Payload: event, TraceID: trace})
	if err != nil || !bytes.Contains(result.Body, []byte(`"statusCode":200`)) {
		t.Fatalf("%v, error %v", result, err)
	}
}
