// Package cors_test holds package cors beside github.com/rs/cors, and in the
// routers of others.
package cors_test

import (
	"net/http"
	"strings"
	"testing"

	rs "github.com/rs/cors"

	"github.com/gatehouse-go/gatehouse/cors"
)

const (
	page = "https://app.example.com"
	evil = "https://evil.example.net"
)

type comparison struct {
	name    string
	config  cors.Config
	options rs.Options
	request *http.Request
}

// The same traffic through this package and through github.com/rs/cors v1.11.1.
// The response map is reused, so that what is measured is the middleware.
var benchmarks = []comparison{
	{name: "actual allowed", request: request("POST", "Origin", page)},
	{name: "actual allowed, credentials", config: cors.Config{AllowCredentials: true},
		options: rs.Options{AllowCredentials: true}, request: request("POST", "Origin", page)},
	{name: "actual refused", request: request("POST", "Origin", evil)},
	{name: "actual without Origin", request: request("POST")},
	{name: "actual allowed by pattern", request: request("POST", "Origin", "https://pr-7.preview.example.com")},
	{name: "preflight allowed", request: asks("PUT", "authorization,content-type")},
	{name: "preflight allowed, credentials", config: cors.Config{AllowCredentials: true},
		options: rs.Options{AllowCredentials: true}, request: asks("PUT", "authorization,content-type")},
	{name: "preflight refused", request: preflightAsking(evil, "authorization,content-type")},
	{name: "preflight 1 MB of headers", request: asks("PUT", strings.Repeat("a,", 1<<19))},
}

func asks(method, headers string) *http.Request {
	return request("OPTIONS", "Origin", page,
		"Access-Control-Request-Method", method, "Access-Control-Request-Headers", headers)
}

// both fills in what all rows share.
func (m comparison) both() (cors.Config, rs.Options) {
	config, options := m.config, m.options
	config.AllowOrigins = []string{page, "https://*.preview.example.com"}
	config.AllowMethods = []string{"GET", "POST", "PUT", "DELETE"}
	config.AllowHeaders = []string{"Authorization", "Content-Type"}
	config.ExposeHeaders, config.MaxAge = []string{"ETag"}, 600
	options.AllowedOrigins, options.AllowedMethods = config.AllowOrigins, config.AllowMethods
	options.AllowedHeaders, options.ExposedHeaders = config.AllowHeaders, config.ExposeHeaders
	options.MaxAge = config.MaxAge
	return config, options
}

func Benchmark(b *testing.B) {
	for _, bench := range benchmarks {
		config, options := bench.both()
		b.Run(bench.name+"/gatehouse", func(b *testing.B) {
			measure(b, cors.MustNew(config).Wrap(noContent), bench.request)
		})
		b.Run(bench.name+"/rs", func(b *testing.B) {
			measure(b, rs.New(options).Handler(noContent), bench.request)
		})
	}
}

// TestAllocations holds every row of the benchmarks, allowed and refused, to
// what github.com/rs/cors allocates. A request without Origin is none of CORS's
// business there, while ours takes away what handlers set: one allocation.
func TestAllocations(t *testing.T) {
	for _, bench := range benchmarks {
		config, options := bench.both()
		ours := allocations(cors.MustNew(config).Wrap(noContent), bench.request)
		limit := max(1, allocations(rs.New(options).Handler(noContent), bench.request))
		if ours > limit {
			t.Errorf("%s: %.0f allocations, want at most %.0f", bench.name, ours, limit)
		}
	}
}

func allocations(h http.Handler, r *http.Request) float64 {
	w := &blank{header: make(http.Header)}
	return testing.AllocsPerRun(100, func() {
		clear(w.header)
		h.ServeHTTP(w, r)
	})
}

func preflightAsking(origin, headers string) *http.Request {
	return request("OPTIONS", "Origin", origin,
		"Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", headers)
}

var noContent = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusNoContent)
})

func measure(b *testing.B, h http.Handler, r *http.Request) {
	w := &blank{header: make(http.Header)}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

// blank is a ResponseWriter that costs nothing.
type blank struct{ header http.Header }

func (w *blank) Header() http.Header         { return w.header }
func (w *blank) Write(p []byte) (int, error) { return len(p), nil }
func (w *blank) WriteHeader(int)             {}

// request builds a request from a method and pairs of header name and value.
func request(method string, header ...string) *http.Request {
	r, err := http.NewRequest(method, "https://api.example.com/notes", nil)
	if err != nil {
		panic(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}
