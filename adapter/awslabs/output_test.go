package awslabs_test

import (
	"bytes"
	"io"
	"log"
	"log/slog"
	"os"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

var discard = slog.New(slog.DiscardHandler)

// capture returns what f prints to the standard output and the default log, as
// the library does.
func capture(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	log.SetOutput(w)
	defer func() { os.Stdout = stdout; log.SetOutput(os.Stderr) }()
	f()
	w.Close()
	var printed bytes.Buffer
	if _, err := io.Copy(&printed, r); err != nil {
		t.Fatal(err)
	}
	return printed.String()
}

// headerOf returns a header of a reply, whichever map holds it.
func headerOf(reply events.APIGatewayV2HTTPResponse, name string) string {
	if values := reply.MultiValueHeaders[name]; len(values) > 0 {
		return values[0]
	}
	return reply.Headers[name]
}
