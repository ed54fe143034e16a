package awslabs_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

// guarded is a program's handler with everything that this module offers above
// adapter.
func guarded() http.Handler {
	who := claims.MustNew(claims.Config{Issuers: []string{pool}, APIs: []string{"a1b2c3"}})
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	subject := func(w http.ResponseWriter, r *http.Request) {
		caller, _ := claims.FromContext(r.Context())
		io.WriteString(w, caller.Subject)
	}
	mux.HandleFunc("GET /notes/{id}", authz.Scope("notes/read"), subject)
	mux.HandleFunc("GET /admin", authz.Scope("notes/admin"), subject)
	return cors.MustNew(cors.Config{
		AllowOrigins: []string{"https://app.example.com"}, AllowHeaders: []string{"Authorization"},
	}).Wrap(mux)
}

// A program whose main still runs the library gets the same decisions as one on
// adapter.
func TestChainOnLibrary(t *testing.T) {
	for _, row := range []struct {
		name       string
		front      adapter.Format
		authorizer string
		status     int
		body       string
	}{
		{"payload 2.0, JWT", adapter.HTTPAPIV2, jwtV2, 200, "f2a4c6d8"},
		{"payload 1.0, JWT", adapter.HTTPAPIV1, jwtV1, 200, "f2a4c6d8"},
		{"REST, Cognito", adapter.RESTAPI, cognito, 200, "f2a4c6d8"},
		{"REST, native JWT", adapter.RESTAPI, native, 200, "f2a4c6d8"},
		{"no authorizer", adapter.HTTPAPIV2, "", 401, ""},
		{"another issuer", adapter.HTTPAPIV2, `{"jwt":{"claims":{"sub":"a","iss":"https://evil.example.com","scope":"notes/read"}}}`, 401, ""},
		{"without the scope", adapter.HTTPAPIV2, `{"jwt":{"claims":{"sub":"a","iss":"` + pool + `","scope":"notes/write"}}}`, 403, ""},
		{"an authorizer that is not listed", adapter.HTTPAPIV2, iamV2, 401, ""},
		{"ALB", adapter.ALB, "", 401, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			event := eventOf(row.front, row.authorizer, append(forged, "Origin", "https://app.example.com")...)
			for name, f := range map[string]function{
				"library": onLibrary(row.front, awslabs.Import(guarded())),
				"adapter": adapter.New(guarded(), nil).Invoke,
			} {
				reply := run(t, f, event)
				if reply.StatusCode != row.status || row.body != "" && reply.Body != row.body {
					t.Errorf("%s: %d %q, want %d %q", name, reply.StatusCode, reply.Body, row.status, row.body)
				}
				if got := headerOf(reply, "Access-Control-Allow-Origin"); got != "https://app.example.com" {
					t.Errorf("%s: Access-Control-Allow-Origin = %q, want the origin", name, got)
				}
			}
		})
	}
}
