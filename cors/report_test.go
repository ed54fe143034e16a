package cors_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/internal/slot"
	"github.com/google/go-cmp/cmp"
)

// reports collects what Report is told.
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
		{"granted preflight", "api", asks("PUT", "authorization, content-type"), ""},
		{"a preflight for all", "open", asks("PUT", "authorization, x-secret"), ""},
		{"Authorization is not allowed", "default", asks("GET", "x-secret, authorization"),
			page + ": the preflight asks for Authorization, which is not in AllowHeaders"},
		{"Content-Type is not allowed", "default", asks("POST", "content-type"),
			page + ": the preflight asks for Content-Type, which is not in AllowHeaders"},
		{"another header is not allowed", "api", asks("PUT", "content-type,x-secret"),
			page + ": the preflight asks for a header that is not in AllowHeaders"},
		{"a method is not allowed", "default", asks("SECRET", ""),
			page + ": the preflight asks for a method that is not in AllowMethods"},
		{"a preflight that an HTTP API should have answered", "gateway", asks("PUT", ""),
			page + ": a preflight reached the function, though Owner is OwnerGateway"},
		{"a page of the API itself", "api", request("POST", "Origin", "https://api.example.com"), ""},
		{"anybody", "open", request("GET", "Origin", evil), ""},
		{"the gateway refuses", "gateway", request("GET", "Origin", evil), ""},
		{"not listed", "api", request("GET", "Origin", evil), evil + ": the origin is not in AllowOrigins"},
		{"refused preflight", "api", request("OPTIONS", "Origin", evil, "Access-Control-Request-Method", "PUT"),
			evil + ": the origin is not in AllowOrigins"},
		{"wrong scheme", "api", request("GET", "Origin", "http://app.example.com"),
			"http://app.example.com: AllowOrigins has this host with another scheme or port only"},
		{"null", "api", request("GET", "Origin", "null"), ": not an origin to allow: any page can make its origin null, with a sandboxed frame"},
		{"not an origin", "api", request("GET", "Origin", page+"/"), ": not an origin to allow: an origin has no path and no trailing slash"},
		{"two lines", "open", request("GET", "Origin", page, "Origin", evil), page + ": more than one Origin line"},
		{"too long", "api", request("GET", "Origin", "https://"+strings.Repeat("a", 1<<20)),
			": not an origin to allow: longer than any origin"},
		{"a preflight that the gateway should have answered", "mock", asks("PUT", ""),
			page + ": a preflight reached the function, though Owner is OwnerGatewayPreflight"},
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

// TestReportInTime sends 64 made-up origins a minute: each minute eight are
// reported, and the first of them says how many were not.
func TestReportInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got reports
		config := policies["api"]
		config.Report = got.add
		h := cors.MustNew(config).Wrap(noContent)
		for i := range 3 * 64 {
			exchange(h, request("GET", "Origin", fmt.Sprintf("https://%d.evil.example", i)))
			if i%64 == 63 {
				time.Sleep(time.Minute)
			}
		}
		exchange(h, request("GET", "Origin", evil))
		var want reports
		for minute := range 3 {
			for i := range 8 {
				left := ""
				if minute > 0 && i == 0 {
					left = " (and 56 more requests since the last report)"
				}
				want.add(fmt.Sprintf("https://%d.evil.example", 64*minute+i), "the origin is not in AllowOrigins"+left)
			}
		}
		want.add(evil, "the origin is not in AllowOrigins (and 56 more requests since the last report)")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// TestReportsOfOneOrigin: what goes on is reported once a minute, and one reason
// does not hide another.
func TestReportsOfOneOrigin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got reports
		config := policies["api"]
		config.Report = got.add
		h := cors.MustNew(config).Wrap(noContent)
		for range 150 { // seconds
			exchange(h, request("GET", "Origin", evil))
			time.Sleep(time.Second)
		}
		exchange(h, request("GET", "Origin", "http://app.example.com"))
		want := reports{
			evil + ": the origin is not in AllowOrigins",
			evil + ": the origin is not in AllowOrigins (and 59 more requests since the last report)",
			evil + ": the origin is not in AllowOrigins (and 59 more requests since the last report)",
			"http://app.example.com: AllowOrigins has this host with another scheme or port only",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// TestReportShowsOriginsOnly looks at what reaches a log: an origin of at most
// 128 bytes, in which there is nothing to escape, and the package's own words.
func TestReportShowsOriginsOnly(t *testing.T) {
	fits := "https://" + strings.Repeat("a.", 58) + "test"
	for origin, shown := range map[string]string{
		evil:                          evil,
		"http://[2001:db8::1]:8080":   "http://[2001:db8::1]:8080",
		"capacitor://localhost":       "capacitor://localhost",
		fits:                          fits,
		fits + "s":                    "",
		"null":                        "",
		"https://evil.example\nGET /": "",
		"\"https://evil.example":      "",
		"https://evil.example/?t=1":   "",
		"https://\x1b[31m.example":    "",
		"Bearer abc":                  "",
	} {
		config := policies["api"]
		var got []string
		config.Report = func(origin, reason string) { got = append(got, origin, reason) }
		exchange(cors.MustNew(config).Wrap(noContent), request("GET", "Origin", origin))
		switch {
		case len(got) != 2 || got[0] != shown:
			t.Errorf("%q: told %q, want origin %q", origin, got, shown)
		case strconv.Quote(got[0]) != `"`+got[0]+`"`:
			t.Errorf("%q: shown with bytes to escape", origin)
		case shown == "" && strings.Contains(got[1], origin) && origin != "null":
			t.Errorf("%q: in the reason %q", origin, got[1])
		}
	}
}

// TestReportOnce: an answer that the adapter makes in the handler's place is not
// a second refusal.
func TestReportOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got reports
		config := policies["api"]
		config.Report = got.add
		m := cors.MustNew(config)
		var kept slot.Slot
		r := request("GET", "Origin", evil)
		r = r.WithContext(context.WithValue(r.Context(), slot.Key{}, &kept))
		exchange(m.Wrap(noContent), r)
		kept.CORS().Apply(make(http.Header), r)
		time.Sleep(time.Minute)
		m.Apply(make(http.Header), r)
		if want := (reports{evil + ": the origin is not in AllowOrigins", evil + ": the origin is not in AllowOrigins"}); !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	})
}
