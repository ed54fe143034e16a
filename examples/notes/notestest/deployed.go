package notestest

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

// Deployed runs the program in the test's folder, compiled, as Lambda does: it must
// not start without its pins, and with them serve the API's callers only.
func Deployed(t *testing.T) {
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
		apiID        string
		issuer       string // "": nobody
		method, path string
		want         int
	}{
		{"hello", api, "", "GET", "/hello", 200},
		{"nobody", api, "", "GET", "/notes", 401},
		{"nobody somewhere", api, "", "GET", "/elsewhere", 401},
		{"a reader", api, issuer, "GET", "/notes", 200},
		{"a reader who writes", api, issuer, "POST", "/notes", 403},
		{"another API", "f0reign", issuer, "GET", "/notes", 401},
		{"another issuer", api, issuer + "x", "GET", "/notes", 401},
	} {
		g := gateway.MustNew(gateway.Config{
			Function:   runtimeapi.Function{Process: process},
			Format:     adapter.HTTPAPIV2,
			APIID:      row.apiID,
			Authorizer: vouch(row.issuer),
		})
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequest(row.method, row.path, nil))
		if w.Code != row.want {
			t.Errorf("%s: status %d, want %d; body %s", row.name, w.Code, row.want, w.Body)
		}
	}
}

// vouch is an authorizer that has checked a reader's token of the issuer's, nil for
// no issuer.
func vouch(issuer string) gateway.Authorizer {
	if issuer == "" {
		return nil
	}
	return vouchFor(issuer, "ada")
}

// vouchFor is vouch for a subject.
func vouchFor(issuer, subject string) gateway.Authorizer {
	claims := map[string]string{"iss": issuer, "sub": subject, "scope": "notes-api/read", "exp": "4102444800"}
	return gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
		return &gateway.Authorization{Authorizer: map[string]any{"jwt": map[string]any{"claims": claims}}}, nil
	})
}
