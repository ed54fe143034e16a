package cors_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/cors"
)

// reports collects what a policy's Report is told.
type reports []string

func (r *reports) add(origin, reason string) { *r = append(*r, origin+": "+reason) }

func TestReport(t *testing.T) {
	for _, test := range []struct {
		name    string
		policy  string
		request *http.Request
		want    string // "": nothing is reported
	}{
		{"allowed", "api", request("GET", "Origin", page), ""},
		{"no Origin", "api", request("GET"), ""},
		{"granted preflight", "api", asks("PUT", ""), ""},
		{"a page of the API itself", "api", request("POST", "Origin", "https://api.example.com"), ""},
		{"anybody", "open", request("GET", "Origin", evil), ""},
		{"the gateway refuses", "gateway", request("GET", "Origin", evil), ""},
		{"not listed", "api", request("GET", "Origin", evil), evil + ": not in AllowOrigins"},
		{"refused preflight", "api", request("OPTIONS", "Origin", evil, "Access-Control-Request-Method", "PUT"),
			evil + ": not in AllowOrigins"},
		{"wrong scheme", "api", request("GET", "Origin", "http://app.example.com"),
			"http://app.example.com: AllowOrigins has this host with another scheme or port only"},
		{"null", "api", request("GET", "Origin", "null"), "null: not an origin to allow: any page can make its origin null, with a sandboxed frame"},
		{"no origin at all", "api", request("GET", "Origin", page+"/"), page + "/: not an origin to allow: an origin has no path and no trailing slash"},
		{"two lines", "open", request("GET", "Origin", page, "Origin", evil), page + ": more than one Origin line"},
		{"too long", "api", request("GET", "Origin", "https://"+strings.Repeat("a", 1<<20)),
			"https://" + strings.Repeat("a", 259) + ": not an origin to allow: longer than any origin"},
		{"a preflight that the gateway should have answered", "mock", asks("PUT", ""),
			page + ": a preflight reached the function, though Owner is GatewayPreflight"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got reports
			config := policies[test.policy]
			config.Report = got.add
			h := cors.MustNew(config).Wrap(noContent)
			exchange(h, test.request)
			exchange(h, test.request)
			if strings.Join(got, "\n") != test.want {
				t.Errorf("told %q, want %q", got, test.want)
			}
		})
	}
}

func TestReportIsBounded(t *testing.T) {
	var got reports
	config := policies["api"]
	config.Report = got.add
	h := cors.MustNew(config).Wrap(noContent)
	for i := range 1000 {
		exchange(h, request("GET", "Origin", fmt.Sprintf("https://%d.evil.example", i)))
	}
	if len(got) != 64 {
		t.Errorf("%d reports, want 64", len(got))
	}
}
