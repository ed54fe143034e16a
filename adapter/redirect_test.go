package adapter_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// TestRedirectsArrive: behind every front a client can follow a redirect to a path
// of the handler's own, with the recipe of Event.BasePath and with
// Options.PrefixLocation, which does the same for the redirects of a router.
func TestRedirectsArrive(t *testing.T) {
	const own, domain = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", "api.example.com"
	for name, row := range map[string]struct {
		config  gateway.Config
		host    string
		outside string // what the client puts before the handler's path
		options adapter.Options
	}{
		"REST API, stage":                {gateway.Config{Format: adapter.RESTAPI, Stage: "prod"}, own, "/prod", adapter.Options{}},
		"REST API, mapping":              {gateway.Config{Format: adapter.RESTAPI, BasePath: "orders"}, domain, "/orders", adapter.Options{BasePaths: []string{"/orders"}}},
		"REST API, empty mapping":        {gateway.Config{Format: adapter.RESTAPI, BasePath: "/"}, domain, "", adapter.Options{}},
		"HTTP API":                       {gateway.Config{Format: adapter.HTTPAPIV2}, own, "", adapter.Options{}},
		"HTTP API, stage":                {gateway.Config{Format: adapter.HTTPAPIV2, Stage: "dev"}, own, "/dev", adapter.Options{StripStage: true}},
		"HTTP API, stage, empty mapping": {gateway.Config{Format: adapter.HTTPAPIV2, Stage: "dev", BasePath: "/"}, domain, "", adapter.Options{StripStage: true}},
		"HTTP API 1.0, stage":            {gateway.Config{Format: adapter.HTTPAPIV1, Stage: "dev"}, own, "/dev", adapter.Options{StripStage: true}},
		"HTTP API 1.0, mapping":          {gateway.Config{Format: adapter.HTTPAPIV1, BasePath: "orders"}, domain, "/orders", adapter.Options{BasePaths: []string{"/orders"}}},
		"function URL":                   {gateway.Config{Format: adapter.FunctionURL}, "x.lambda-url.us-east-1.on.aws", "", adapter.Options{}},
		"load balancer":                  {gateway.Config{Format: adapter.ALB}, domain, "", adapter.Options{}},
	} {
		for _, prefixed := range []bool{false, true} {
			mux := http.NewServeMux()
			mux.HandleFunc("/go", func(w http.ResponseWriter, r *http.Request) {
				base := ""
				if event, _ := adapter.FromContext(r.Context()); !prefixed {
					base = event.BasePath()
				}
				http.Redirect(w, r, base+"/notes/1", http.StatusSeeOther)
			})
			mux.HandleFunc("/notes/1", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "arrived") })
			options := row.options
			options.PrefixLocation = prefixed
			row.config.Function = adapter.New(mux, &options)
			front, err := gateway.New(row.config)
			if err != nil {
				t.Fatal(err)
			}
			get := func(path string) *httptest.ResponseRecorder {
				r := httptest.NewRequest("GET", path, nil)
				r.Host = row.host
				w := httptest.NewRecorder()
				front.ServeHTTP(w, r)
				return w
			}
			location := get(row.outside + "/go").Header().Get("Location")
			if got := get(location); got.Code != 200 || got.Body.String() != "arrived" {
				t.Errorf("%s, PrefixLocation %v: Location %q leads to %d %.80s", name, prefixed, location, got.Code, got.Body)
			}
		}
	}
}
