package authz_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// caller returns an identity that holds these scopes, separated by blanks.
func caller(t testing.TB, scopes string) *claims.Identity {
	t.Helper()
	return identity(t, map[string]any{"scope": scopes})
}

func identity(t testing.TB, more map[string]any) *claims.Identity {
	t.Helper()
	return identityFrom(t, claims.JWT, more)
}

func identityFrom(t testing.TB, source claims.Source, more map[string]any) *claims.Identity {
	t.Helper()
	all := map[string]any{
		"iss":       "https://issuer.example",
		"sub":       "alice",
		"token_use": "access",
		"exp":       time.Now().Add(time.Hour).Unix(),
	}
	for name, value := range more {
		all[name] = value
	}
	id, err := claims.NewIdentity(source, all)
	if err != nil {
		t.Fatalf("NewIdentity: %v", err)
	}
	return id
}

// by returns the Identifier that asks f, and no Identifier for nil.
func by(f func(*http.Request) (*claims.Identity, error)) authz.Identifier {
	if f == nil {
		return nil
	}
	return authz.IdentifierFunc("test", claims.Trust{}, f)
}

// always is an Identifier that knows only one caller.
func always(id *claims.Identity) authz.Identifier {
	return by(func(*http.Request) (*claims.Identity, error) { return id, nil })
}

func failing(err error) authz.Identifier {
	return by(func(*http.Request) (*claims.Identity, error) { return nil, err })
}

// spy is a handler that remembers that it ran, and for whom.
type spy struct {
	ran    bool
	caller *claims.Identity
}

func (s *spy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.ran = true
	s.caller, _ = claims.FromContext(r.Context())
	w.WriteHeader(http.StatusOK)
}

func serve(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func request(method, target string, authorization ...string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	for _, value := range authorization {
		r.Header.Add("Authorization", value)
	}
	return r
}

// panics returns what f panicked with, nil if it did not.
func panics(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

var _ http.Handler = (*authz.Mux)(nil)
