package cors_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// suffixes is a cookiejar.PublicSuffixList of the few that the tests name.
type suffixes map[string]bool

func (s suffixes) String() string { return "test" }

func (s suffixes) PublicSuffix(domain string) string {
	for d := domain; ; {
		if s[d] {
			return d
		}
		_, rest, ok := strings.Cut(d, ".")
		if !ok {
			return d
		}
		d = rest
	}
}

// problemRows have one mistake each, in one field.
var problemRows = []struct {
	field, value, reason string
	config               cors.Config
}{
	{"AllowOrigins", "null", "sandboxed frame", origins("null")},
	{"AllowOrigins", "app.example.com", "no ://", origins("app.example.com")},
	{"AllowOrigins", "*.example.com", "no ://", origins("*.example.com")},
	{"AllowOrigins", "://a.example", "no scheme", origins("://a.example")},
	{"AllowOrigins", "HTTPS://a.example", "scheme in lower case", origins("HTTPS://a.example")},
	{"AllowOrigins", "1s://a.example", "invalid scheme", origins("1s://a.example")},
	{"AllowOrigins", "https://a.example/", "trailing slash", origins("https://a.example/")},
	{"AllowOrigins", "https://a.example/x", "no path", origins("https://a.example/x")},
	{"AllowOrigins", "https://a.example?x", "no query", origins("https://a.example?x")},
	{"AllowOrigins", "https://a.example#x", "no fragment", origins("https://a.example#x")},
	{"AllowOrigins", "https://u@a.example", "no userinfo", origins("https://u@a.example")},
	{"AllowOrigins", "https://A.example", "host in lower case", origins("https://A.example")},
	{"AllowOrigins", "https://bücher.example", "in ASCII", origins("https://bücher.example")},
	{"AllowOrigins", "https://", "invalid host", origins("https://")},
	{"AllowOrigins", "https://a..example", "invalid host", origins("https://a..example")},
	{"AllowOrigins", "https://a.example.", "invalid host", origins("https://a.example.")},
	{"AllowOrigins", "https://a example", "invalid host", origins("https://a example")},
	{"AllowOrigins", "https://" + strings.Repeat("a", 64), "invalid host", origins("https://" + strings.Repeat("a", 64))},
	{"AllowOrigins", "https://" + strings.Repeat("a.", 127), "253 bytes", origins("https://" + strings.Repeat("a.", 127))},
	{"AllowOrigins", "https://" + strings.Repeat("a.", 200), "longer than any", origins("https://" + strings.Repeat("a.", 200))},
	{"AllowOrigins", "https://1.2.3", "invalid IP", origins("https://1.2.3")},
	{"AllowOrigins", "https://0x7f000001", "invalid IP", origins("https://0x7f000001")},
	{"AllowOrigins", "https://127.0.0.01", "invalid IP", origins("https://127.0.0.01")},
	{"AllowOrigins", "https://[::1", "invalid IP", origins("https://[::1")},
	{"AllowOrigins", "https://[0::1]", "canonical", origins("https://[0::1]")},
	{"AllowOrigins", "https://[fe80::1%eth0]", "invalid IP", origins("https://[fe80::1%eth0]")},
	{"AllowOrigins", "https://[1.2.3.4]", "invalid IP", origins("https://[1.2.3.4]")},
	{"AllowOrigins", "https://a.example:443", "default port", origins("https://a.example:443")},
	{"AllowOrigins", "http://a.example:80", "default port", origins("http://a.example:80")},
	{"AllowOrigins", "https://a.example:", "invalid port", origins("https://a.example:")},
	{"AllowOrigins", "https://a.example:0", "invalid port", origins("https://a.example:0")},
	{"AllowOrigins", "https://a.example:080", "invalid port", origins("https://a.example:080")},
	{"AllowOrigins", "https://a.example:65536", "invalid port", origins("https://a.example:65536")},
	{"AllowOrigins", "https://a.example:https", "invalid port", origins("https://a.example:https")},
	{"AllowOrigins", page, "duplicate", origins(page, "https://b.example", page)},

	{"AllowOrigins", "https://*.com", "fewer than two labels", origins("https://*.com")},
	{"AllowOrigins", "https://*.localhost", "fewer than two labels", origins("https://*.localhost")},
	{"AllowOrigins", "https://*.", "invalid host", origins("https://*.")},
	{"AllowOrigins", "https://*.*.example.com", "more than one *", origins("https://*.*.example.com")},
	{"AllowOrigins", "https://*.example.com:*", "more than one *", origins("https://*.example.com:*")},
	{"AllowOrigins", "https://*example.com", "first label", origins("https://*example.com")},
	{"AllowOrigins", "https://a.*.example.com", "first label", origins("https://a.*.example.com")},
	{"AllowOrigins", "https://example.*", "first label", origins("https://example.*")},
	{"AllowOrigins", "https://*:8443", "first label", origins("https://*:8443")},
	{"AllowOrigins", "app://*", "first label", origins("app://*")},
	{"AllowOrigins", "app://*.example.com", "first label", origins("app://*.example.com")},
	{"AllowOrigins", "https://*." + strings.Repeat("a.", 95) + "a", "253 bytes", origins("https://*." + strings.Repeat("a.", 95) + "a")},
	{"AllowOrigins", "https://*.Example.com", "lower case", origins("https://*.Example.com")},
	{"AllowOrigins", "https://*.example.com/", "no path", origins("https://*.example.com/")},
	{"AllowOrigins", "https://*.example.com:443", "default port", origins("https://*.example.com:443")},
	{"AllowOrigins", "https://*.0.0.1", "invalid IP", origins("https://*.0.0.1")},
	{"AllowOrigins", "https://a.example:*", "loopback hosts", origins("https://a.example:*")},
	{"AllowOrigins", "https://localhost.example:*", "loopback hosts", origins("https://localhost.example:*")},
	{"AllowOrigins", "https://10.0.0.1:*", "loopback hosts", origins("https://10.0.0.1:*")},
	{"AllowOrigins", "app://localhost:*", "loopback hosts", origins("app://localhost:*")},
	{"AllowOrigins", "http://localhost:80:*", "default port", origins("http://localhost:80:*")},
	{"AllowOrigins", "https://*.co.example", "public suffix", cors.Config{
		AllowOrigins:     []string{"https://*.shop.co.example", "https://*.co.example"},
		PublicSuffixList: suffixes{"co.example": true}}},
	{"AllowOrigins", "https://*.github.io", "public suffix", cors.Config{
		AllowOrigins:     []string{"https://*.github.io"},
		AllowCredentials: true,
		PublicSuffixList: suffixes{"github.io": true}}},

	{"AllowOrigins", "*", "every page act", credentialed("*")},
	{"AllowOrigins", "https://*", "every page act", credentialed("https://*")},
	{"AllowOrigins", "http://*", "every page act", credentialed("http://*")},
	{"AllowOrigins", "http://a.example", "use https", credentialed("http://a.example")},
	{"AllowOrigins", "http://*.a.example", "use https", credentialed("http://*.a.example")},
	{"AllowOrigins", "http://localhost.example", "use https", credentialed("http://localhost.example")},

	{"AllowMethods", "", "not a method", methods("")},
	{"AllowMethods", "GET,PUT", "not a method", methods("GET,PUT")},
	{"AllowMethods", "put", "upper case", methods("put")},
	{"AllowMethods", "Patch", "upper case", methods("Patch")},
	{"AllowMethods", "CONNECT", "never send", methods("CONNECT")},
	{"AllowMethods", "trace", "never send", methods("trace")},
	{"AllowMethods", "TRACK", "never send", methods("TRACK")},
	{"AllowMethods", "PUT", "duplicate", methods("PUT", "GET", "PUT")},
	{"AllowMethods", "*", "duplicate", methods("*", "*")},
	{"AllowMethods", strings.Repeat("M", 65), "64 bytes", methods(strings.Repeat("M", 65))},

	{"AllowHeaders", "", "not a header name", cors.Config{AllowHeaders: []string{""}}},
	{"AllowHeaders", "X A", "not a header name", cors.Config{AllowHeaders: []string{"X A"}}},
	{"AllowHeaders", "X-Ä", "not a header name", cors.Config{AllowHeaders: []string{"X-Ä"}}},
	{"AllowHeaders", "X-*, Y", "not a header name", cors.Config{AllowHeaders: []string{"X-*, Y"}}},
	{"AllowHeaders", "Cookie", "do not let pages set", cors.Config{AllowHeaders: []string{"Cookie"}}},
	{"AllowHeaders", "ORIGIN", "do not let pages set", cors.Config{AllowHeaders: []string{"ORIGIN"}}},
	{"AllowHeaders", "Sec-Fetch-Site", "do not let pages set", cors.Config{AllowHeaders: []string{"Sec-Fetch-Site"}}},
	{"AllowHeaders", "proxy-authorization", "do not let pages set", cors.Config{AllowHeaders: []string{"proxy-authorization"}}},
	{"AllowHeaders", "x-a", "duplicate", cors.Config{AllowHeaders: []string{"X-A", "x-a"}}},
	{"ExposeHeaders", "X:A", "not a header name", cors.Config{ExposeHeaders: []string{"X:A"}}},
	{"ExposeHeaders", "set-cookie", "do not let pages read", cors.Config{ExposeHeaders: []string{"set-cookie"}}},
	{"ExposeHeaders", "etag", "duplicate", cors.Config{ExposeHeaders: []string{"ETag", "etag"}}},
	{"ExposeHeaders", "*", "header's name", cors.Config{ExposeHeaders: []string{"*"}, AllowCredentials: true}},

	{"MaxAge", "-2", "-1 to 86400", cors.Config{MaxAge: -2}},
	{"MaxAge", "86401", "-1 to 86400", cors.Config{MaxAge: 86401}},
	{"Owner", "9", "unknown", cors.Config{Owner: 9}},
}

func origins(list ...string) cors.Config { return cors.Config{AllowOrigins: list} }
func methods(list ...string) cors.Config { return cors.Config{AllowMethods: list} }
func credentialed(origin string) cors.Config {
	return cors.Config{AllowOrigins: []string{origin}, AllowCredentials: true}
}

func TestNewProblems(t *testing.T) {
	for _, test := range problemRows {
		t.Run(test.field+" "+test.value, func(t *testing.T) {
			if test.config.AllowOrigins == nil {
				test.config.AllowOrigins = []string{page}
			}
			_, err := cors.New(test.config)
			if err == nil {
				t.Fatal("no error")
			}
			want := fmt.Sprintf("cors: %s: %q: ", test.field, test.value)
			if got := err.Error(); !strings.HasPrefix(got, want) || !strings.Contains(got[len(want):], test.reason) {
				t.Errorf("error %q, want %q… with %q", got, want, test.reason)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one problem: %q", err)
			}
		})
	}
}

func TestNewJoinsProblems(t *testing.T) {
	_, err := cors.New(cors.Config{
		AllowOrigins:  []string{"null", "https://a.example/"},
		AllowMethods:  []string{"put"},
		AllowHeaders:  []string{"Cookie"},
		ExposeHeaders: []string{"Set-Cookie"},
		MaxAge:        -5,
	})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 6 {
		t.Errorf("error %v, want 6 joined", err)
	}
}

func TestNewWithoutOrigins(t *testing.T) {
	if _, err := cors.New(cors.Config{}); err == nil || !strings.Contains(err.Error(), "AllowOrigins") {
		t.Errorf("error %v, want one about AllowOrigins", err)
	}
	if _, err := cors.New(cors.Config{Owner: cors.OwnerGateway}); err != nil {
		t.Errorf("error %v, though the gateway is the owner", err)
	}
}

func TestNewAccepts(t *testing.T) {
	for _, config := range []cors.Config{
		origins("*"), origins("http://*", "https://*"), origins("*", page),
		origins("http://a.example:8080", "https://a_b.xn--bcher-kva.example", "https://10.0.0.1", "https://[::1]:8443"),
		origins("capacitor://localhost", "chrome-extension://abcdefghijklmnop"),
		origins("https://*.example.com", "https://*.example.com:8443", "http://*.a.b.example.com"),
		origins("http://localhost:*", "https://app.localhost:*", "http://127.0.0.2:*", "http://[::1]:*"),
		credentialed("http://localhost:3000"), credentialed("http://localhost:*"),
		credentialed("http://127.0.0.1:3000"), credentialed("http://[::1]:*"), credentialed("capacitor://localhost"),
		{AllowOrigins: []string{page}, AllowMethods: []string{"GET", "OPTIONS", "*"}},
		{AllowOrigins: []string{page}, AllowHeaders: []string{"authorization", "*"}},
		{AllowOrigins: []string{page}, MaxAge: 86400},
	} {
		if _, err := cors.New(config); err != nil {
			t.Errorf("%+v: %v", config, err)
		}
	}
}

func TestMustNew(t *testing.T) {
	defer func() {
		if err, ok := recover().(error); !ok || !strings.Contains(err.Error(), `"null"`) {
			t.Errorf("panic with %v, want New's error", err)
		}
	}()
	cors.MustNew(origins("null"))
}

func TestConfigJSON(t *testing.T) {
	want := cors.Config{
		AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"GET", "PUT"},
		AllowHeaders: []string{"authorization"}, ExposeHeaders: []string{"etag"},
		AllowCredentials: true, MaxAge: 300,
	}
	for name, text := range map[string]string{
		"as the AWS CLI prints": `{"AllowCredentials": true, "AllowHeaders": ["authorization"], "AllowMethods": ["GET", "PUT"],
			"AllowOrigins": ["https://app.example.com"], "ExposeHeaders": ["etag"], "MaxAge": 300}`,
		"as the API and OpenAPI have it": `{"allowCredentials": true, "allowHeaders": ["authorization"], "allowMethods": ["GET", "PUT"],
			"allowOrigins": ["https://app.example.com"], "exposeHeaders": ["etag"], "maxAge": 300}`,
	} {
		var got cors.Config
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got, ignoreReport); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestConfigJSONLeavesTheRestAlone(t *testing.T) {
	config := cors.Config{Owner: cors.OwnerGateway, PublicSuffixList: suffixes{}, Report: func(string, string) {}}
	text, err := json.Marshal(config)
	if err != nil || string(text) != "{}" {
		t.Errorf("%s, %v, want {}", text, err)
	}
	err = errors.Join(err, json.Unmarshal([]byte(`{"Owner": 0, "Report": null, "PublicSuffixList": null}`), &config))
	if err != nil || config.Owner != cors.OwnerGateway || config.Report == nil || config.PublicSuffixList == nil {
		t.Errorf("%v, %+v changed", err, config)
	}
}

var ignoreReport = cmpopts.IgnoreFields(cors.Config{}, "Report")
