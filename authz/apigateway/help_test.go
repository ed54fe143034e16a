package apigateway_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
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

func httpRequest(method, path string) *http.Request {
	return httptest.NewRequest(method, path, nil)
}

// refusesAll is an authorizer that lets nobody pass.
type refusesAll struct{}

func (refusesAll) Authorize(*http.Request, gateway.Route) (*gateway.Authorization, error) {
	return nil, &gateway.Refusal{Status: http.StatusUnauthorized}
}
