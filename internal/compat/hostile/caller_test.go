package hostile

import (
	"net/http"
	"net/http/httptest"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// bearer knows two callers by their tokens.
func bearer(r *http.Request) (*claims.Identity, error) {
	switch r.Header.Get("Authorization") {
	case "Bearer user":
		return claims.NewIdentity(claims.JWT, map[string]any{"sub": "user", "scope": "read"})
	case "Bearer admin":
		return claims.NewIdentity(claims.JWT, map[string]any{"sub": "admin", "scope": "read write admin"})
	}
	return nil, nil
}

// by returns the Identifier that asks f.
func by(f func(*http.Request) (*claims.Identity, error)) authz.Identifier {
	return authz.IdentifierFunc("test", claims.Trust{}, f)
}

// as returns a request of one of the callers, "" for nobody.
func as(who, method, target string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	return r
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
