package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/internal/laptop"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/gatehouse-go/gatehouse/examples/notes/boltstore"
)

// serve runs the program on free ports, and use while it serves.
func serve(t *testing.T, f flags, store notes.Store, use func(printed func() string)) {
	t.Helper()
	api, issuer := laptop.Listen(t), laptop.Listen(t)
	f.issuer = issuer.Addr().String()
	h, opts, err := f.setUp(store)
	if err != nil {
		t.Fatal(err)
	}
	var output laptop.Output
	opts.Output = &output
	laptop.Serve(t, api, issuer, h, opts, func(string) { use(output.String) })
}

// Each line that is printed gives, when pasted, the status printed in it.
func TestPrintedLines(t *testing.T) {
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("nothing to paste the lines into: ", err)
		}
	}
	for name, f := range map[string]flags{
		"HTTP API": {}, "REST API": {rest: true}, "coarse HTTP API": {coarse: true}, "coarse REST API": {coarse: true, rest: true},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, f, &notes.Memory{}, func(printed func() string) {
				statuses := map[string]bool{}
				for _, line := range pasted(printed()) {
					statuses[paste(t, line)] = true
				}
				for _, want := range []string{"200", "201", "400", "401", "403", "404"} {
					if !statuses[want] {
						t.Errorf("no line gives %s", want)
					}
				}
				refused := ` 403 gateway: scope missing`
				if f.coarse {
					refused = ` 403 function: needs scope notes-api/write`
				}
				if lines := printed(); !strings.Contains(lines, refused) || !strings.Contains(lines, ` 401 gateway`) {
					t.Errorf("the request lines do not say who refused and why:\n%s", lines)
				}
			})
		})
	}
}

// pasted are the curl lines, each with what is to be pasted before it: the
// tokens, and a comment that says what to expect.
func pasted(output string) []string {
	tokens := strings.Join(regexp.MustCompile(`(?m)^[A-Z0-9_]+=.*\n`).FindAllString(output, -1), "")
	var scripts []string
	for _, lines := range regexp.MustCompile(`(?m)^# .*\ncurl .*$`).FindAllString(output, -1) {
		scripts = append(scripts, tokens+lines)
	}
	return scripts
}

// paste runs a script in a shell and returns the status, which must be the one
// that its comment says.
func paste(t *testing.T, script string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "sh", "-c", script).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	_, want, _ := strings.Cut(script, "expects ")
	want, _, _ = strings.Cut(want, "\n")
	if got := string(output); !strings.HasPrefix(got, "HTTP/1.1 "+want+" ") {
		t.Errorf("want %s, got %.80s", want, got)
		return ""
	}
	return want
}

// The note to read is there from the start, and once only.
func TestWelcomeNote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.db")
	var ids []string
	for range 2 {
		store, err := boltstore.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		id, err := welcomeNote(store, "http://localhost:8081")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := welcomeNote(store, "http://localhost:8081"); err == nil {
			t.Error("no error from a store that is closed")
		}
	}
	if ids[0] != ids[1] {
		t.Errorf("IDs %q, want the same twice", ids)
	}
}

func TestFlagsThatCannotWork(t *testing.T) {
	for name, f := range map[string]flags{
		"address beyond loopback": {addr: "192.0.2.1:0", issuer: "localhost:8081"},
		"issuer beyond loopback":  {addr: "localhost:0", issuer: "192.0.2.1:8081"},
		"issuer without a host":   {addr: "localhost:0", issuer: ":8081"},
		"file in no directory":    {addr: "localhost:0", issuer: "localhost:8081", data: filepath.Join(t.TempDir(), "no", "notes.db")},
	} {
		if err := f.run(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A development tool does not start inside Lambda.
func TestRefusesLambda(t *testing.T) {
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
	err := flags{addr: "localhost:0", issuer: "localhost:8081"}.run()
	if err == nil || !strings.Contains(err.Error(), "Lambda") {
		t.Errorf("error %v, want one about Lambda", err)
	}
}
