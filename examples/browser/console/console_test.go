// Package console holds no code, only a test: the console of the local gateway,
// used in Chromium as a person uses it, with the pointer and with the keyboard, and
// the most of it in Firefox.
//
//	cd examples/browser && npm ci && go test -v ./console
//
// It needs what the test in the folder above needs, and is skipped where one of
// these parts is missing. GATEHOUSE_SCREENSHOTS may name a folder for pictures.
package console_test

import (
	"bufio"
	"context"
	"encoding/json"
	"go/format"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// result is what console.mjs says of one check.
type result struct {
	Name     string   `json:"name"`
	Failures []string `json:"failures"`
	Go       string   `json:"go"` // a program text that the page made
}

func TestConsole(t *testing.T) {
	modules, browser := parts(t)
	inBrowser(t, "console.mjs", modules, browser, 30)
}

// inBrowser runs a script that makes so many checks at least.
func inBrowser(t *testing.T, script, modules, browser string, least int) {
	t.Helper()
	scene := newScene(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	what, err := json.Marshal(scene)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "node", script, modules, browser, string(what), os.Getenv("GATEHOUSE_SCREENSHOTS"))
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	checks := 0
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		var r result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%v: %s", err, lines.Bytes())
		}
		checks++
		t.Run(r.Name, func(t *testing.T) {
			for _, failure := range r.Failures {
				t.Error(failure)
			}
			if r.Go != "" {
				compiles(t, r.Go)
			}
		})
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v", script, err)
	}
	if checks < least {
		t.Errorf("%d checks were made, want %d at least", checks, least)
	}
}

// compiles wants a test that the page made to be Go as gofmt writes it.
func compiles(t *testing.T, text string) {
	t.Helper()
	formatted, err := format.Source([]byte(text))
	if err != nil {
		t.Errorf("%v:\n%s", err, text)
	} else if string(formatted) != text {
		t.Errorf("gofmt would write\n%s\nnot\n%s", formatted, text)
	}
}

// parts finds the folder of playwright-core, and a browser for it.
func parts(t *testing.T) (modules, browser string) {
	t.Helper()
	modules = modulesWith(t, "playwright-core")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return modules, path
		}
	}
	t.Skip("neither chromium, chromium-browser nor google-chrome is on PATH")
	return "", ""
}

// words are a table's cells, as the page shows them.
func words(rows [][]string) []string {
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.Join(row, " | "))
	}
	return lines
}
