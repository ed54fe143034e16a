// Package standin starts programs that stand in for AWS services in tests, where
// they are installed, and skips the test by their names where they are not.
package standin

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Region is where everything is.
const Region = "eu-central-1"

// Env is what a program needs to reach the stand-ins at endpoint and nothing else.
func Env(endpoint string) []string {
	return []string{
		"AWS_REGION=" + Region, "AWS_ACCESS_KEY_ID=standin", "AWS_SECRET_ACCESS_KEY=standin",
		"AWS_ENDPOINT_URL=" + endpoint, "AWS_EC2_METADATA_DISABLED=true",
	}
}

// wanted skips what takes seconds to start, unless GATEHOUSE_STANDINS is set, as
// .ci/run stores does: the default run needs nothing but Go.
func wanted(t *testing.T) {
	t.Helper()
	if os.Getenv("GATEHOUSE_STANDINS") == "" {
		t.Skip("skipped: GATEHOUSE_STANDINS is not set, as .ci/run stores does")
	}
}

// Moto starts moto_server (https://docs.getmoto.org), which stands in for most of
// AWS, and returns its URL.
func Moto(t *testing.T) (endpoint string) {
	t.Helper()
	wanted(t)
	server, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skip("skipped: moto_server is not on PATH")
	}
	return start(t, func(port string) *exec.Cmd { return exec.Command(server, "-H", "127.0.0.1", "-p", port) })
}

// DynamoDB starts dynalite from the folder node_modules that GATEHOUSE_NPM names,
// or else moto_server, and returns its URL.
func DynamoDB(t *testing.T) (endpoint string) {
	t.Helper()
	wanted(t)
	dynalite := filepath.Join(os.Getenv("GATEHOUSE_NPM"), "dynalite", "cli.js")
	if _, err := os.Stat(dynalite); err != nil || os.Getenv("GATEHOUSE_NPM") == "" {
		if _, err := exec.LookPath("moto_server"); err != nil {
			t.Skip("skipped: neither moto_server is on PATH nor dynalite in the folder GATEHOUSE_NPM")
		}
		return Moto(t)
	}
	return start(t, func(port string) *exec.Cmd {
		return exec.Command("node", dynalite, "--host", "127.0.0.1", "--port", port, "--createTableMs", "0")
	})
}

// start runs a server on a free port until the test ends.
func start(t *testing.T, command func(port string) *exec.Cmd) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(address)
	var output strings.Builder
	cmd := command(port)
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-exited })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := answers(ctx, "http://"+address, exited); err != nil {
		exited <- err // for the clean-up
		t.Fatalf("%s: %v\n%s", cmd.Path, err, &output)
	}
	return "http://" + address
}

// answers waits until something answers at url.
func answers(ctx context.Context, url string, exited <-chan error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if response, err := http.Get(url); err == nil {
			return response.Body.Close()
		}
		select {
		case <-tick.C:
		case err := <-exited:
			return fmt.Errorf("ended: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
