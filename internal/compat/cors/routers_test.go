package cors_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
)

// TestRouters mounts the middleware where users of each router do, on an API that
// has GET /notes only, whose handler fails in the router's own way.
func TestRouters(t *testing.T) {
	api := cors.MustNew(cors.Config{
		AllowOrigins:     []string{page},
		AllowMethods:     []string{"DELETE"},
		ExposeHeaders:    []string{"ETag"},
		AllowCredentials: true,
	})
	want := http.Header{
		"Access-Control-Allow-Origin":      {page},
		"Access-Control-Allow-Credentials": {"true"},
		"Access-Control-Expose-Headers":    {"ETag"},
		"Vary":                             {"Origin"},
	}
	unauthorized := func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "who are you?", http.StatusUnauthorized)
	}

	mux := http.NewServeMux()
	mux.HandleFunc("GET /notes", unauthorized)

	router := chi.NewRouter()
	router.Use(api.Wrap)
	router.Get("/notes", unauthorized)

	// Echo's own error handler answers after the middleware has returned.
	e := echo.New()
	e.Use(echo.WrapMiddleware(api.Wrap))
	e.GET("/notes", func(echo.Context) error { return echo.ErrUnauthorized })

	inside := echo.New()
	inside.GET("/notes", func(echo.Context) error { return echo.ErrUnauthorized })

	for name, h := range map[string]http.Handler{
		"net/http": api.Wrap(mux), "chi": router, "echo.Use": e, "around echo": api.Wrap(inside),
	} {
		t.Run(name, func(t *testing.T) {
			for path, status := range map[string]int{"/notes": 401, "/none": 404} {
				r := httptest.NewRequest("GET", path, nil)
				r.Header.Set("Origin", page)
				got := serve(h, r)
				if diff := cmp.Diff(want, protocol(got.Header)); diff != "" || got.StatusCode != status {
					t.Errorf("GET %s: %d, want %d; -want +got:\n%s", path, got.StatusCode, status, diff)
				}
				r = httptest.NewRequest("OPTIONS", path, nil)
				r.Header.Set("Origin", page)
				r.Header.Set("Access-Control-Request-Method", "DELETE")
				if got := serve(h, r); got.StatusCode != http.StatusNoContent {
					t.Errorf("preflight of %s: %d", path, got.StatusCode)
				}
			}
		})
	}
}

// protocol is the part of h that package cors is about.
func protocol(h http.Header) http.Header {
	part := make(http.Header)
	for name, values := range h {
		if strings.HasPrefix(name, "Access-Control-") || name == "Vary" {
			part[name] = values
		}
	}
	return part
}

func serve(api http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w.Result()
}
