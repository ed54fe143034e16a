package runtimeapi_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// A function learns that its environment ends only if it has asked for that.
func TestShutdown(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM")
	}
	for _, row := range []struct {
		name string
		env  []string
		told bool
	}{
		{"by default", nil, false},
		{"with WithEnableSIGTERM", []string{"SIGTERM=1"}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			var output bytes.Buffer
			p := start(t, &runtimeapi.Options{Env: row.env, Output: &output})
			wantEcho(t, p)
			p.Shutdown()
			if err := p.Wait(); err != nil {
				t.Errorf("Wait: %v", err)
			}
			if told := strings.Contains(output.String(), "told to end"); told != row.told {
				t.Errorf("the function was told: %v, want %v; output:\n%s", told, row.told, &output)
			}
		})
	}
}
