package cors_test

import (
	"math"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/cors"
	rs "github.com/rs/cors"
)

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
