package apigateway_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with %q", err, want)
	}
}

func compactJSON(t *testing.T, b *bytes.Buffer, data []byte) {
	t.Helper()
	if err := json.Compact(b, data); err != nil {
		t.Fatal(err)
	}
}
