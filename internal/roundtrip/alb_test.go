package roundtrip

import (
	"context"
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/google/go-cmp/cmp"
)

// TestHealthCheck: what a load balancer asks by itself, in either mode, has no
// Host and no client, which no request of a client's can show.
func TestHealthCheck(t *testing.T) {
	for _, f := range frontTable {
		if f.id&balancers == 0 {
			continue
		}
		t.Run(f.String(), func(t *testing.T) {
			event, err := f.gateway(nil).HealthCheck("/health")
			if err != nil {
				t.Fatal(err)
			}
			a := serveMuxApp()
			a.expect(ok)
			data, err := adapter.New(a, quiet()).Invoke(context.Background(), event)
			if err != nil {
				t.Fatalf("Invoke: %v", err)
			}
			if err := f.checkReply(http.MethodGet, data); err != nil {
				t.Errorf("%v in reply %s", err, data)
			}
			want := facts{
				"Method": "GET", "Proto": "HTTP/1.1", "TLS": "false", "Remote": `unparseable: ""`,
				"URL.Path": "/health", "URL.EscapedPath": "/health", "RequestURI": "/health",
				"ContentLength": "0", "NoBody": "true", "Body": `""`,
				"Header[User-Agent]": list("ELB-HealthChecker/2.0"),
				"Route":              "/{path...}", "Param[path]": "health",
			}
			if diff := cmp.Diff(want, a.noted()); diff != "" {
				t.Errorf("the handler saw (-want +got)\n%s", diff)
			}
		})
	}
}
