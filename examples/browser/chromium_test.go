package browser_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A task is what chromium.mjs is told to do.
type task struct {
	Page        string            `json:"page"`
	URL         string            `json:"url"`
	Method      string            `json:"method"`
	Header      map[string]string `json:"header"`
	Body        *string           `json:"body,omitempty"`
	Credentials string            `json:"credentials"` // as fetch has it; no XMLHttpRequest heeds it
	Cookie      bool              `json:"cookie"`
	Upload      bool              `json:"upload"`
	Times       int               `json:"times"`
}

// An answer is what the page's script was given.
type answer struct {
	Status  int               `json:"status"`
	Header  map[string]string `json:"header"` // names in lower case
	Body    string            `json:"body"`
	Blocked string            `json:"blocked"`
}

// A chromium is a process of chromium.mjs, which has the browser as its child.
type chromium struct {
	tasks   *json.Encoder
	answers *json.Decoder
	stop    func()
}

// start skips the test where a part is missing.
func start(t *testing.T) *chromium {
	t.Helper()
	modules, browser := parts(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	cmd := exec.CommandContext(ctx, "node", "chromium.mjs", modules, browser)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &chromium{json.NewEncoder(stdin), json.NewDecoder(stdout), func() {
		defer cancel()
		stdin.Close() // which ends it, the browser first
		if err := cmd.Wait(); err != nil {
			t.Errorf("chromium.mjs: %v", err)
		}
	}}
}

// parts finds the folder of playwright-core, and a browser for it.
func parts(t *testing.T) (modules, browser string) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip(err)
	}
	modules = os.Getenv("GATEHOUSE_BROWSER")
	if modules == "" {
		modules = "node_modules"
	}
	if _, err := os.Stat(filepath.Join(modules, "playwright-core")); err != nil {
		t.Skipf("no playwright-core, neither where GATEHOUSE_BROWSER says nor by npm ci: %v", err)
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return modules, path
		}
	}
	t.Skip("neither chromium, chromium-browser nor google-chrome is on PATH")
	return "", ""
}

func (c *chromium) run(t *testing.T, task task) (a answer) {
	t.Helper()
	if err := c.tasks.Encode(task); err != nil {
		t.Fatal(err)
	}
	if err := c.answers.Decode(&a); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		t.Fatalf("chromium.mjs has ended: %v", err)
	}
	return a
}
