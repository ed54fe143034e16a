package examples_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/examples/internal/laptop"
)

// TestPrograms runs the local programs of all pages, as the pages say: each command is
// started as it stands, the requests that it prints and those of its page get their status,
// and an interrupt ends it.
//
//	GATEHOUSE_PROGRAMS=1 go test -count=1 -v -run TestPrograms ./examples
func TestPrograms(t *testing.T) {
	if os.Getenv("GATEHOUSE_PROGRAMS") == "" {
		t.Skip("GATEHOUSE_PROGRAMS is not set: the programs want the ports 8080 and 8081")
	}
	for _, tool := range []string{"curl", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	binaries := t.TempDir()
	for _, page := range pagesWithCommands(t) {
		for _, p := range programs(t, page) {
			t.Run(p.command, func(t *testing.T) { p.run(t, binaries) })
		}
	}
}

// program is a command of a page, and the page's requests to it.
type program struct {
	command  string
	settings []string // variables that a request sets
	requests []string
}

var (
	localProgram = regexp.MustCompile(`^go run \./examples/(\S+)/local( |$)`)
	printedCurl  = regexp.MustCompile(`(?m)^# .*expects (\d{3})\n(curl .*)$`)
	setting      = regexp.MustCompile(`(?m)^[A-Z_]+=\S+$`)
)

// programs are a page's. A request is of the program before it.
func programs(t *testing.T, page string) (all []*program) {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(content), "```sh\n")[1:] {
		script, _, _ := strings.Cut(block, "\n```")
		for line := range strings.Lines(withoutComments(script)) {
			switch line = strings.TrimSpace(line); {
			case localProgram.MatchString(line):
				all = append(all, &program{command: line})
			case strings.Contains(line, "localhost:808") && len(all) > 0:
				last := all[len(all)-1]
				if captured.MatchString(line) {
					last.settings = append(last.settings, line)
				} else {
					last.requests = append(last.requests, line)
				}
			}
		}
	}
	return all
}

func (p *program) run(t *testing.T, binaries string) {
	for _, address := range []string{"localhost:8080", "localhost:8081"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Skip(err)
		}
		l.Close()
	}
	words := strings.Fields(p.command)[2:]
	binary := filepath.Join(binaries, strings.ReplaceAll(words[0], "/", "-"))
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "."+strings.TrimPrefix(words[0], "./examples")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, words[1:]...)
	cmd.Dir = t.TempDir()
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	output := &firstLines{ready: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-output.ready:
	case err := <-ended:
		t.Fatalf("it ended: %v\n%s", err, output)
	}

	printed := output.String()
	settings := strings.Join(append(setting.FindAllString(printed, -1), p.settings...), "\n")
	asked := 0
	for _, m := range printedCurl.FindAllStringSubmatch(printed, -1) {
		asked++
		if got := curl(ctx, cmd.Dir, settings, m[2]); got != m[1] {
			t.Errorf("%.60s…: %s, want %s", m[2], got, m[1])
		}
	}
	for _, request := range p.requests {
		asked++
		if got := curl(ctx, cmd.Dir, settings, request); !strings.HasPrefix(got, "2") {
			t.Errorf("%s: %s", request, got)
		}
	}
	if asked == 0 {
		t.Errorf("no request to it:\n%s", printed)
	}
	t.Logf("%d requests", asked)
	cancel()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("after an interrupt: %v\n%s", err, output)
	}
}

// curl runs a curl command in bash and returns the reply's status, or what went wrong.
func curl(ctx context.Context, dir, settings, command string) string {
	cmd := exec.CommandContext(ctx, "bash", "-c", settings+"\n"+command+` -sS -w '\nstatus %{http_code}\n' -m 20`)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	_, status, ok := bytes.Cut(out, []byte("\nstatus "))
	if !ok {
		return fmt.Sprintf("%v, %.300s", err, out)
	}
	return string(bytes.TrimSpace(status)[:3]) // a reply that breaks off has one as well
}

// firstLines is what a program prints. ready is closed once it says how to stop it.
type firstLines struct {
	laptop.Output
	ready chan struct{}
	told  sync.Once
}

func (f *firstLines) Write(b []byte) (int, error) {
	n, err := f.Output.Write(b)
	if strings.Contains(f.String(), "Ctrl-C stops the server") {
		f.told.Do(func() { close(f.ready) })
	}
	return n, err
}
