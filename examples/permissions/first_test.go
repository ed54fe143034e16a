package permissions_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
)

func TestReaderDoesNotWrite(t *testing.T) {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example.com"}})
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("POST /notes", authz.Scope("notes-api/write"), func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
	})
	api := authztest.Chain(t, mux, nil)
	for scope, want := range map[string]int{"notes-api/read": http.StatusForbidden, "notes-api/write": http.StatusCreated} {
		r := authztest.As(httptest.NewRequest("POST", "/notes", nil), map[string]any{"sub": "ada", "scope": scope})
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("scope %s: status %d, want %d, body %s", scope, w.Code, want, w.Body)
		}
	}
}
