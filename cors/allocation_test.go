package cors_test

import (
	"math"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/cors"
)

func allocations(h http.Handler, r *http.Request) float64 {
	w := &blank{header: make(http.Header)}
	return testing.AllocsPerRun(100, func() {
		clear(w.header)
		h.ServeHTTP(w, r)
	})
}

// TestLongRequestHeaders: what a client asks for costs the same, however long.
func TestLongRequestHeaders(t *testing.T) {
	for name, config := range policies {
		h := cors.MustNew(config).Wrap(noContent)
		for _, origin := range []string{page, evil} {
			short, long := preflightAsking(origin, "a"), preflightAsking(origin, strings.Repeat("a,", 1<<19))
			if s, l := bytesAllocated(h, short), bytesAllocated(h, long); l > s {
				t.Errorf("%s, %s: 1 MB of names costs %d bytes, a short one %d", name, origin, l, s)
			}
			if s, l := allocations(h, short), allocations(h, long); l > s {
				t.Errorf("%s, %s: 1 MB of names costs %.0f allocations, a short one %.0f", name, origin, l, s)
			}
		}
	}
}

func preflightAsking(origin, headers string) *http.Request {
	return request("OPTIONS", "Origin", origin,
		"Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", headers)
}

// bytesAllocated is the least of several runs: the runtime allocates too.
func bytesAllocated(h http.Handler, r *http.Request) uint64 {
	w, least := &blank{header: make(http.Header)}, uint64(math.MaxUint64)
	for range 20 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		clear(w.header)
		h.ServeHTTP(w, r)
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

var noContent = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusNoContent)
})

// blank is a ResponseWriter that costs nothing.
type blank struct{ header http.Header }

func (w *blank) Header() http.Header         { return w.header }
func (w *blank) Write(p []byte) (int, error) { return len(p), nil }
func (w *blank) WriteHeader(int)             {}

const page = "https://app.example.com"

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

func asks(method, headers string) *http.Request {
	return request("OPTIONS", "Origin", page,
		"Access-Control-Request-Method", method, "Access-Control-Request-Headers", headers)
}
