package awslabs_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/awslabs/aws-lambda-go-api-proxy/core"
	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// note is what the programs below answer: a route's parameter beside what the
// library's accessors say.
type note struct{ ID, API, Table, Request string }

func noteOf(ctx context.Context, id string) note {
	n := note{ID: id}
	if rc, ok := core.GetAPIGatewayContextFromContext(ctx); ok {
		variables, _ := core.GetStageVarsFromContext(ctx)
		lc, _ := core.GetRuntimeContextFromContext(ctx)
		n.API, n.Table, n.Request = rc.APIID, variables["table"], lc.AwsRequestID
	}
	if rc, ok := core.GetAPIGatewayV2ContextFromContext(ctx); ok {
		variables, _ := core.GetStageVarsFromContextV2(ctx)
		lc, _ := core.GetRuntimeContextFromContextV2(ctx)
		n.API, n.Table, n.Request = rc.APIID, variables["table"], lc.AwsRequestID
	}
	if rc, ok := core.GetTargetGroupRequetFromContextALB(ctx); ok {
		lc, _ := core.GetRuntimeContextFromContextALB(ctx)
		n.API, n.Request = rc.ELB.TargetGroupArn, lc.AwsRequestID
	}
	return n
}

func writeNote(w http.ResponseWriter, r *http.Request, id string) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(noteOf(r.Context(), id))
}

// One program of the library's shape for each router in go.mod. The others are
// in internal/migration.
var programs = map[string]func() http.Handler{
	"net/http": func() http.Handler {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /notes/{id}", func(w http.ResponseWriter, r *http.Request) { writeNote(w, r, r.PathValue("id")) })
		return mux
	},
	"Echo": func() http.Handler {
		e := echo.New()
		e.GET("/notes/:id", func(c echo.Context) error {
			return c.JSON(http.StatusOK, noteOf(c.Request().Context(), c.Param("id")))
		})
		return e
	},
	"chi": func() http.Handler {
		router := chi.NewRouter()
		router.Get("/notes/{id}", func(w http.ResponseWriter, r *http.Request) { writeNote(w, r, chi.URLParam(r, "id")) })
		return router
	},
}

func TestPrograms(t *testing.T) {
	for name, program := range programs {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, front adapter.Format) {
				event := eventOf(front, "")
				want := run(t, onLibrary(front, program()), event)
				got := run(t, exported(program()), event)
				if got.StatusCode != 200 || got.Body != want.Body {
					t.Errorf("%d %q, want 200 %q", got.StatusCode, got.Body, want.Body)
				}
				var n note
				if err := json.Unmarshal([]byte(got.Body), &n); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]string{"7", "8c1d7f00"}, []string{n.ID, n.Request}); diff != "" || n.API == "" {
					t.Errorf("note %+v lacks something (-want +got):\n%s", n, diff)
				}
			})
		})
	}
}
