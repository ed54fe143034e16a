package cors_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
)

const event = `{"version":"2.0","routeKey":"ANY /{proxy+}","rawPath":"/notes","rawQueryString":"",
	"headers":{"origin":"` + page + `","host":"api.example.com"},
	"requestContext":{"domainName":"api.example.com","stage":"$default",
		"http":{"method":"GET","path":"/notes","protocol":"HTTP/1.1","sourceIp":"192.0.2.1"}},
	"isBase64Encoded":false}`

// TestAnswersOfTheAdapter has the middleware where users of each router put it,
// out of the adapter's sight, and answers that no handler makes.
func TestAnswersOfTheAdapter(t *testing.T) {
	api := cors.MustNew(cors.Config{AllowOrigins: []string{page}, AllowCredentials: true})
	want := http.Header{
		"Access-Control-Allow-Origin":      {page},
		"Access-Control-Allow-Credentials": {"true"},
		"Vary":                             {"Origin"},
	}
	routers := map[string]func(http.HandlerFunc) http.Handler{
		"chi.Use": func(h http.HandlerFunc) http.Handler {
			router := chi.NewRouter()
			router.Use(api.Wrap)
			router.Get("/notes", h)
			return router
		},
		"echo.Use": func(h http.HandlerFunc) http.Handler {
			e := echo.New()
			e.Use(echo.WrapMiddleware(api.Wrap))
			e.GET("/notes", echo.WrapHandler(h))
			return e
		},
		"around echo, under a TimeoutHandler": func(h http.HandlerFunc) http.Handler {
			e := echo.New()
			e.GET("/notes", echo.WrapHandler(h))
			return http.TimeoutHandler(api.Wrap(e), time.Minute, "too slow")
		},
	}
	for router, with := range routers {
		for _, fault := range []struct {
			name   string
			status int
			serve  func(w http.ResponseWriter, released <-chan struct{})
		}{
			{"panic", 500, func(http.ResponseWriter, <-chan struct{}) { panic("boom") }},
			{"late", 503, func(_ http.ResponseWriter, released <-chan struct{}) { <-released }},
			{"7 MB", 500, func(w http.ResponseWriter, _ <-chan struct{}) { w.Write(bytes.Repeat([]byte("a"), 7<<20)) }},
		} {
			t.Run(router+"/"+fault.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					released := make(chan struct{})
					defer close(released)
					status, header := invoke(t, with(func(w http.ResponseWriter, _ *http.Request) { fault.serve(w, released) }))
					if diff := cmp.Diff(want, protocol(header)); diff != "" || status != fault.status {
						t.Errorf("status %d, want %d; -want +got:\n%s", status, fault.status, diff)
					}
				})
			})
		}
	}
}

func invoke(t *testing.T, h http.Handler) (int, http.Header) {
	t.Helper()
	function := adapter.New(h, &adapter.Options{Logger: slog.New(slog.DiscardHandler), Timeout: time.Second})
	out, err := function.Invoke(t.Context(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	var reply struct {
		StatusCode int
		Headers    map[string]string
	}
	if err := json.Unmarshal(out, &reply); err != nil {
		t.Fatal(err)
	}
	header := make(http.Header)
	for name, value := range reply.Headers {
		header.Set(name, value)
	}
	return reply.StatusCode, header
}
