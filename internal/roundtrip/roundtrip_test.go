package roundtrip

import (
	"net/http"
	"testing"
)

func TestRoundTrip(t *testing.T) { run(t, serveMuxApp, rows) }

func serveMuxApp() *App {
	mux := http.NewServeMux()
	a := &App{Name: "ServeMux", Router: mux}
	for pattern, param := range map[string]string{
		"/users/{id}":      "id",
		"/files/{rest...}": "rest",
		"POST /posts":      "",
		"/{$}":             "",
		"/{path...}":       "path",
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			a.Serve(w, r, r.Pattern, map[string]string{param: r.PathValue(param)})
		})
	}
	return a
}
