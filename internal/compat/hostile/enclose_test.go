package hostile

import (
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Guard.Enclose holds for routers with writers and middleware of their own, and
// where somebody forgot to ask or did not heed the answer.
func TestEncloseOfOtherRouters(t *testing.T) {
	quiet := &chimiddleware.DefaultLogFormatter{Logger: discard{}, NoColor: true}
	routers := map[string]func(*authz.Guard) http.Handler{
		"chi": func(g *authz.Guard) http.Handler {
			r := chi.NewRouter()
			r.Use(chimiddleware.RequestLogger(quiet), chimiddleware.Recoverer, chimiddleware.Compress(5))
			r.With(g.Require(authz.Scope("read"))).Get("/read", answer)
			r.With(g.Require(authz.Scope("admin"))).Get("/admin", answer)
			r.Get("/forgotten", answer)
			r.Get("/unheeded", func(w http.ResponseWriter, r *http.Request) {
				g.Allow(w, r, authz.Scope("admin"))
				answer(w, r)
			})
			return r
		},
		"Echo": func(g *authz.Guard) http.Handler {
			e := echo.New()
			require := func(scope string) echo.MiddlewareFunc { return echo.WrapMiddleware(g.Require(authz.Scope(scope))) }
			e.GET("/read", echo.WrapHandler(http.HandlerFunc(answer)), require("read"))
			e.GET("/admin", echo.WrapHandler(http.HandlerFunc(answer)), require("admin"))
			e.GET("/forgotten", echo.WrapHandler(http.HandlerFunc(answer)))
			e.GET("/unheeded", func(c echo.Context) error {
				g.Allow(c.Response(), c.Request(), authz.Scope("admin"))
				answer(c.Response(), c.Request())
				return nil
			})
			return e
		},
	}
	tests := []struct {
		path                string
		nobody, user, admin int
	}{
		{"/read", 401, 200, 200},
		{"/admin", 401, 403, 200},
		{"/forgotten", 500, 500, 500},
		{"/unheeded", 401, 403, 200},
		{"/nowhere", 401, 404, 404},
		{"/read/", 401, 404, 404},
	}
	for name, router := range routers {
		g := &authz.Guard{Identifier: by(bearer)}
		h := g.Enclose(router(g))
		for _, test := range tests {
			for who, want := range map[string]int{"": test.nobody, "user": test.user, "admin": test.admin} {
				r := as(who, "GET", test.path)
				w := serve(h, r)
				if leaked := w.Header().Get("X-Secret") != "" || w.Body.String() == "secret"; w.Code != want || leaked != (want == 200) {
					t.Errorf("%s, %s as %q: status %d, header %v, body %q; want %d", name, test.path, who, w.Code, w.Header(), w.Body, want)
				}
			}
		}
	}
}

func answer(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Secret", "1")
	w.Write([]byte("secret"))
}

type discard struct{}

func (discard) Print(...any) {}
