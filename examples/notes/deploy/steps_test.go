package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/internal/standin"
)

// TestMotoTakesTheThirteenSteps runs the commands of docs/thirteen-steps.md, as one
// script, against moto.
func TestMotoTakesTheThirteenSteps(t *testing.T) {
	endpoint := standin.Moto(t)
	for _, program := range []string{"aws", "bash"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped: %s is not on PATH", program)
		}
	}
	page, err := os.ReadFile("../../../docs/thirteen-steps.md")
	if err != nil {
		t.Fatal(err)
	}
	script := "set -euo pipefail\n"
	for _, block := range strings.Split(string(page), "```sh\n")[1:] {
		commands, _, _ := strings.Cut(block, "```")
		for line := range strings.Lines(commands) {
			if !strings.Contains(line, "arn:aws:iam::aws:") { // moto has none of AWS's own policies
				script += line
			}
		}
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"notes.zip": "PK\x05\x06" + strings.Repeat("\x00", 18), // an archive of nothing
		"config":    "[default]\ncli_follow_urlparam = false\nregion = " + standin.Region + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script += `aws apigatewayv2 get-routes --api-id $API --query 'Items[].[RouteKey, AuthorizationType, AuthorizationScopes[0]]' --output text` + "\n"
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), standin.Env(endpoint)...)
	cmd.Env = append(cmd.Env, "AWS_CONFIG_FILE="+filepath.Join(dir, "config"), "AWS_PAGER=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, output, &stderr)
	}
	for _, want := range []string{"GET /hello\tNONE\tNone", "GET /profile\tJWT\tnotes-api/read", "POST /notes\tJWT\tnotes-api/write", "ANY /{proxy+}\tJWT\tNone"} {
		if !strings.Contains(string(output), want) {
			t.Errorf("no route %q", want)
		}
	}
}
