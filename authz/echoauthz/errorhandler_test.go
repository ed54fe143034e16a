package echoauthz_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func withErrorHandler(s *site) *echoauthz.Routes {
	return echoauthz.New(s.Echo, s.guard, &echoauthz.Options{ErrorHandler: true})
}

func TestErrorHandlerGetsRefusals(t *testing.T) {
	s := newSite()
	s.guard.Identifier = by(func(r *http.Request) (*claims.Identity, error) {
		if r.Header.Get("Authorization") == "Bearer unlucky" {
			return nil, &authz.Error{Status: 503, RetryAfter: 2 * time.Second, Err: errors.New("no keys")}
		}
		return bearer(r)
	})
	s.guard.Refuse = func(http.ResponseWriter, *http.Request, *authz.Error) { t.Error("Refuse was called") }
	var got error
	s.HTTPErrorHandler = func(err error, c echo.Context) {
		got = err
		s.DefaultHTTPErrorHandler(err, c)
	}
	r := withErrorHandler(s)
	r.POST("/notes", authz.Scope("write"), ran("create"))
	s.GET("/foreign", ran("foreign"))

	tests := []struct {
		name      string
		request   *http.Request
		status    int
		challenge string
		retry     string
	}{
		{"nobody", as("", "POST", "/notes"), 401, `Bearer realm="api"`, ""},
		{"a bad token", as("forged", "POST", "/notes"), 401, `Bearer realm="api", error="invalid_token"`, ""},
		{"too few scopes", as("user", "POST", "/notes"), 403, `Bearer realm="api", error="insufficient_scope", scope="write"`, ""},
		{"no keys", as("unlucky", "POST", "/notes"), 503, "", "2"},
		{"a route without a rule", as("admin", "GET", "/foreign"), 403, `Bearer realm="api", error="insufficient_scope"`, ""},
		{"no route, nobody", as("", "GET", "/nowhere"), 401, `Bearer realm="api"`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got = nil
			w := serve(s, test.request)
			var refusal *authz.Error
			if !errors.As(got, &refusal) || refusal.Status != test.status || w.Code != test.status {
				t.Errorf("error %v, status %d; want an *authz.Error and %d", got, w.Code, test.status)
			}
			h := w.Header()
			if h.Get("WWW-Authenticate") != test.challenge || h.Get("Retry-After") != test.retry || h.Get("Cache-Control") != "no-store" {
				t.Errorf("headers %v", h)
			}
			if body := w.Body.String(); body != `{"message":"`+http.StatusText(test.status)+"\"}\n" {
				t.Errorf("body %s", body)
			}
		})
	}
}

func TestErrorHandlerChangesNothingElse(t *testing.T) {
	s := newSite()
	withErrorHandler(s).POST("/notes", authz.Scope("write"), ran("create"))
	s.check(t, as("admin", "POST", "/notes"), 200, "create for admin", authz.Granted, "/notes")
	s.check(t, as("user", "POST", "/notes"), 403, "", authz.Refused, "/notes")
	s.check(t, as("user", "GET", "/nowhere"), 404, "", authz.NoRoute, "")
	s.check(t, as("user", "OPTIONS", "/notes"), 204, "", authz.NoRoute, "")
}
