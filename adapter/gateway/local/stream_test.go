package local_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// TestStreaming: the client reads while the handler still runs, and the handler
// learns that the client has gone.
func TestStreaming(t *testing.T) {
	for _, format := range []adapter.Format{adapter.FunctionURL, adapter.RESTAPI} {
		t.Run(format.String(), func(t *testing.T) {
			gone := make(chan struct{})
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, "first\n")
				if err := http.NewResponseController(w).Flush(); err != nil {
					t.Errorf("Flush: %v", err)
				}
				<-r.Context().Done()
				close(gone)
			})
			serve(t, h, &local.Options{Format: format, Streaming: true}, func(url string) {
				response, err := http.Get(url + "/")
				if err != nil {
					t.Fatal(err)
				}
				line, err := bufio.NewReader(response.Body).ReadString('\n')
				if line != "first\n" || err != nil {
					t.Errorf("got %q, error %v", line, err)
				}
				_ = response.Body.Close()
				<-gone
			})
		})
	}
}

func TestStreamingOfFormatsThatCannot(t *testing.T) {
	err := local.ListenAndServe("localhost:0", http.HandlerFunc(app), &local.Options{Streaming: true})
	if err == nil || !strings.Contains(err.Error(), "Streaming") {
		t.Errorf("error %v, want one about Streaming", err)
	}
}
