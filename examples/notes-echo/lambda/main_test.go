package main_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

const (
	issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
	api    = "n0tes4p1id"
)

// TestFunction runs the compiled program as Lambda does.
func TestFunction(t *testing.T) {
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("does not start without its pins", func(t *testing.T) {
		process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{Env: []string{"NOTES_ISSUER=" + issuer}})
		if err != nil {
			t.Fatal(err)
		}
		defer process.Close()
		var exit *runtimeapi.ExitError
		if err := process.Wait(); !errors.As(err, &exit) || !strings.Contains(exit.Output, "set NOTES_ISSUER and NOTES_API") {
			t.Errorf("ended with %v", err)
		}
	})
	t.Run("serves", func(t *testing.T) { serves(t, binary) })
}

func serves(t *testing.T, binary string) {
	process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{Env: []string{"NOTES_ISSUER=" + issuer, "NOTES_API=" + api}})
	if err != nil {
		t.Fatal(err)
	}
	defer process.Close()
	for _, row := range []struct {
		name         string
		config       gateway.Config
		method, path string
		want         int
	}{
		{"hello", gateway.Config{APIID: api}, "GET", "/hello", 200},
		{"nobody", gateway.Config{APIID: api}, "GET", "/notes", 401},
		{"nobody somewhere", gateway.Config{APIID: api}, "GET", "/elsewhere", 401},
		{"a reader", gateway.Config{APIID: api, Authorizer: vouch(issuer)}, "GET", "/notes", 200},
		{"a reader who writes", gateway.Config{APIID: api, Authorizer: vouch(issuer)}, "POST", "/notes", 403},
		{"another API", gateway.Config{APIID: "f0reign", Authorizer: vouch(issuer)}, "GET", "/notes", 401},
		{"another issuer", gateway.Config{APIID: api, Authorizer: vouch(issuer + "x")}, "GET", "/notes", 401},
	} {
		row.config.Function, row.config.Format = runtimeapi.Function{Process: process}, adapter.HTTPAPIV2
		w := httptest.NewRecorder()
		gateway.MustNew(row.config).ServeHTTP(w, httptest.NewRequest(row.method, row.path, nil))
		if w.Code != row.want {
			t.Errorf("%s: status %d, want %d; body %s", row.name, w.Code, row.want, w.Body)
		}
	}
}

// vouch is an authorizer that has checked a reader's token of the issuer's.
func vouch(issuer string) gateway.Authorizer {
	claims := map[string]string{"iss": issuer, "sub": "ada", "scope": "notes-api/read", "exp": "4102444800"}
	return gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
		return &gateway.Authorization{Authorizer: map[string]any{"jwt": map[string]any{"claims": claims}}}, nil
	})
}
