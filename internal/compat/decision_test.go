package compat

import (
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// BenchmarkDecision is a request for one of twenty routes with a parameter, by a
// caller who has its scope: in each router without a requirement and with one. What
// is between the two is the price of the decision.
func BenchmarkDecision(b *testing.B) {
	caller, err := claims.NewIdentity(claims.JWT, map[string]any{"sub": "ada", "scope": "read write"})
	if err != nil {
		b.Fatal(err)
	}
	guard := &authz.Guard{Identifier: authz.IdentifierFunc("benchmark", claims.Trust{}, func(*http.Request) (*claims.Identity, error) {
		return caller, nil
	})}
	read := authz.Scope("read")
	handler := func(http.ResponseWriter, *http.Request) {}
	inEcho := func(echo.Context) error { return nil }
	inGin := func(*gin.Context) {}
	gin.SetMode(gin.ReleaseMode)

	plainMux, mux := http.NewServeMux(), authz.NewMux(guard)
	plainChi, guardedChi := chi.NewRouter(), chi.NewRouter()
	plainEcho, guardedEcho := echo.New(), echo.New()
	plainGin, ginRoutes := gin.New(), ginauthz.New(gin.New(), guard, nil)
	chiRoutes, echoRoutes := chiauthz.New(guardedChi, guard, nil), echoauthz.New(guardedEcho, guard, nil)
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "notes"} {
		for _, path := range []string{"/" + name, "/" + name + "/{id}"} {
			plainMux.HandleFunc("GET "+path, handler)
			mux.HandleFunc("GET "+path, read, handler)
			plainChi.Get(path, handler)
			chiRoutes.Get(path, read, handler)
		}
		for _, path := range []string{"/" + name, "/" + name + "/:id"} {
			plainEcho.GET(path, inEcho)
			echoRoutes.GET(path, read, inEcho)
			plainGin.GET(path, inGin)
			ginRoutes.GET(path, read, inGin)
		}
	}
	for _, router := range []struct {
		name           string
		plain, guarded http.Handler
	}{{"ServeMux", plainMux, mux}, {"chi", plainChi, guardedChi}, {"Echo", plainEcho, guardedEcho}, {"gin", plainGin, ginRoutes}} {
		b.Run(router.name+"/plain", func(b *testing.B) { request(b, router.plain) })
		b.Run(router.name+"/guarded", func(b *testing.B) { request(b, router.guarded) })
	}
}

func request(b *testing.B, h http.Handler) {
	r, err := http.NewRequest("GET", "/notes/7", nil)
	if err != nil {
		b.Fatal(err)
	}
	w := &silent{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(w, r)
	}
	if w.status != 0 && w.status != http.StatusOK { // gin sends it where no handler does
		b.Fatalf("status %d: the handlers send none", w.status)
	}
}

// silent is a ResponseWriter for handlers that say nothing.
type silent struct {
	header http.Header
	status int
}

func (s *silent) Header() http.Header         { return s.header }
func (s *silent) Write(p []byte) (int, error) { return len(p), nil }
func (s *silent) WriteHeader(status int)      { s.status = status }
