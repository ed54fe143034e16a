// Command rie runs the examples' Lambda functions under AWS's own Runtime
// Interface Emulator, aws-lambda-rie, and sends each a request. The emulator
// takes one invocation at a time and delivers streams when they are complete.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// requests are what examples are asked, and answer with 200 to anybody: those that
// need no service beside them.
var requests = map[string]string{
	"bookings":   "/rooms",
	"hello":      "/hello",
	"hello-echo": "/hello",
	"notes":      "/hello",
	"notes-chi":  "/hello",
	"notes-echo": "/hello",
	"notes-gin":  "/hello",
	"stream":     "/events?count=1",
}

// environment is what the examples do not start without.
var environment = []string{
	"NOTES_ISSUER=https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
	"NOTES_API=a1b2c3d4e5",
	"BOOKINGS_ISSUER=https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "rie:", err)
		os.Exit(1)
	}
}

func run() error {
	for _, name := range slices.Sorted(maps.Keys(requests)) {
		function := filepath.Join("examples", name, "lambda")
		if err := try(function, requests[name]); err != nil {
			return fmt.Errorf("%s: %w", function, err)
		}
		fmt.Printf("%-32s %s\n", function, requests[name])
	}
	all, err := filepath.Glob("examples/*/lambda")
	for _, function := range all {
		if name := filepath.Base(filepath.Dir(function)); requests[name] == "" {
			fmt.Printf("%-32s skipped: it needs what is not here\n", function)
		}
	}
	return err
}

// try builds a function, runs it and asks it for path.
func try(function, path string) error {
	dir, err := os.MkdirTemp("", "rie")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	binary, err := runtimeapi.Build(ctx, dir, "./"+function)
	if err != nil {
		return err
	}
	e, err := start(ctx, binary)
	if err != nil {
		return err
	}
	err = ask(ctx, e.address, path)
	e.stop()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, &e.output)
	}
	return nil
}

// emulator is a running emulator, with a function below it.
type emulator struct {
	*exec.Cmd
	address string
	output  bytes.Buffer
}

func start(ctx context.Context, binary string) (*emulator, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	api, err := freeAddress()
	if err != nil {
		return nil, err
	}
	e := &emulator{address: address}
	e.Cmd = exec.CommandContext(ctx, "aws-lambda-rie",
		"--runtime-interface-emulator-address", address, "--runtime-api-address", api, binary)
	e.Env = append(os.Environ(), environment...)
	e.Stdout, e.Stderr = &e.output, &e.output
	e.WaitDelay = time.Second // for the function, which has the output open too
	return e, e.Start()
}

// stop ends the emulator, and with it the function, which has no runtime API
// any more.
func (e *emulator) stop() {
	_ = e.Process.Kill()
	_ = e.Wait()
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// ask sends the function a GET as a function URL does. The emulator delivers
// errors of the function with status 200 too.
func ask(ctx context.Context, address, path string) error {
	g := gateway.MustNew(gateway.Config{Format: adapter.FunctionURL})
	event, err := g.Event(httptest.NewRequest(http.MethodGet, path, nil))
	if err != nil {
		return err
	}
	reply, err := post(ctx, "http://"+address+"/2015-03-31/functions/function/invocations", event)
	if err != nil {
		return err
	}
	if !bytes.Contains(reply, []byte(`"statusCode":200`)) {
		return fmt.Errorf("GET %s: reply %s", path, reply)
	}
	return nil
}

// post tries until the emulator listens.
func post(ctx context.Context, url string, event []byte) ([]byte, error) {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(event))
		if err != nil {
			return nil, err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			defer response.Body.Close()
			return io.ReadAll(response.Body)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}
