package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWorkflowGoesBack runs two steps of deploy-notes.yml as GitHub does, with an aws
// that only prints what it is asked: a deployment goes back to the version that was
// live before it, which need not be the one before it by number.
func TestWorkflowGoesBack(t *testing.T) {
	const arn = "arn:aws:lambda:eu-central-1:123456789012:function:notes-prod"
	for _, row := range []struct {
		name          string
		before, after string // the alias's version
		want          string // calls that change something
		fails         bool
	}{
		{"to what was live", "4", "6", "aws lambda update-alias --function-name " + arn + " --name live --function-version 4 --routing-config AdditionalVersionWeights={}\n", false},
		{"no other code", "4", "4", "", false},
		{"the first deployment", "", "1", "", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStepRunner(t)
			outputs := `{"notes":{"value":{"function":"` + arn + `:live"}}}`
			if row.before == "" {
				outputs = "{}"
			}
			s.tool(t, "terraform", `[ "$1" = init ] || echo '`+outputs+`'`)
			s.tool(t, "aws", `case $2 in get-alias) echo `+row.before+`;; *) echo aws "$@" >>"$RUNNER_TEMP/calls";; esac`)
			if err := s.run("What is deployed"); err == nil {
				t.Fatal("the step took a root without a backend")
			}
			s.write(t, "main.tf", "terraform {\n  backend \"s3\" {}\n}\n")
			if err := s.run("What is deployed"); err != nil {
				t.Fatal(err)
			}
			s.tool(t, "aws", `case $2 in get-alias) echo `+row.after+`;; *) echo aws "$@" >>"$RUNNER_TEMP/calls";; esac`)
			s.write(t, "notes.json", `{"function":"`+arn+`:live"}`)
			if err := s.run("Back to the version before"); (err != nil) != row.fails {
				t.Errorf("ended with %v", err)
			}
			calls, _ := os.ReadFile(filepath.Join(s.dir, "calls"))
			if diff := cmp.Diff(row.want, string(calls)); diff != "" {
				t.Errorf("calls (-want +got)\n%s", diff)
			}
		})
	}
}

// TestWorkflowCompares runs the step that says what changes for callers, before the
// first deployment and before a later one.
func TestWorkflowCompares(t *testing.T) {
	for before, want := range map[string]string{
		`{}`: "nothing is deployed yet",
		`{"routes":"{\"version\":1,\"routes\":[{\"key\":\"GET /gone\",\"auth\":\"NONE\"}]}"}`: "`GET /gone`",
	} {
		s := newStepRunner(t)
		s.write(t, "before.json", before)
		s.in = "../../.."
		if err := s.run("What changes for callers"); err != nil {
			t.Error(err)
		}
		summary, _ := os.ReadFile(filepath.Join(s.dir, "summary"))
		if !strings.Contains(string(summary), want) {
			t.Errorf("after %s the summary has no %q:\n%s", before, want, summary)
		}
	}
}

// stepRunner runs steps of the workflow with files and tools in dir.
type stepRunner struct{ dir, in string }

func newStepRunner(t *testing.T) *stepRunner {
	t.Helper()
	for _, tool := range []string{"bash", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: %s is not on PATH", tool)
		}
	}
	dir := t.TempDir()
	s := &stepRunner{dir, dir}
	s.write(t, "main.tf", "terraform {\n  # backend \"s3\" {}\n}\n")
	return s
}

func (s *stepRunner) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tool puts a program before those that are installed.
func (s *stepRunner) tool(t *testing.T, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// run runs the step of that name; what it adds to GITHUB_ENV is there for the next.
func (s *stepRunner) run(name string) error {
	workflow, err := os.ReadFile("../../../.github/workflows/deploy-notes.yml")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(workflow), "      - name: "+name+"\n")
	_, rest, _ = strings.Cut(rest, "        run: |\n")
	script := ""
	for line := range strings.Lines(rest) {
		command, ok := strings.CutPrefix(line, "          ")
		if !ok {
			break
		}
		script += command
	}
	cmd := exec.Command("bash", "-e", "-c", script)
	cmd.Dir = s.in
	cmd.Env = append(os.Environ(), "GOWORK=", "PATH="+s.dir+":"+os.Getenv("PATH"), "RUNNER_TEMP="+s.dir, "BEFORE=",
		"GITHUB_ENV="+filepath.Join(s.dir, "env"), "GITHUB_STEP_SUMMARY="+filepath.Join(s.dir, "summary"))
	earlier, _ := os.ReadFile(filepath.Join(s.dir, "env"))
	for line := range strings.Lines(string(earlier)) {
		cmd.Env = append(cmd.Env, strings.TrimSpace(line))
	}
	return cmd.Run()
}
