package claims_test

import (
	"runtime"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// maxAllocs and maxBytes are the budget for everything between an event and an
// Identity of 14 claims: what the event says, the Identity and its scopes.
const (
	maxAllocs = 3
	maxBytes  = 1400
)

// extraction returns a function that takes an Identity out of an event that
// nobody has read yet.
func extraction(t testing.TB) func() *claims.Identity {
	event := []byte(eventOf(adapter.HTTPAPIV2, jwtV2))
	e := claims.MustNew(claims.Config{Issuers: []string{pool}, APIs: []string{"a1b2c3"}, Stages: []string{"$default"}})
	r := requestFrom(t, adapter.HTTPAPIV2, "")
	return func() *claims.Identity {
		parsed, err := adapter.ParseEvent(event)
		if err != nil {
			t.Fatal(err)
		}
		id, err := e.Identify(r.WithContext(adapter.NewContext(r.Context(), parsed)))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
}

// parsing returns what of extraction is the test's own work.
func parsing(t testing.TB) func() {
	event := []byte(eventOf(adapter.HTTPAPIV2, jwtV2))
	r := requestFrom(t, adapter.HTTPAPIV2, "")
	return func() {
		parsed, err := adapter.ParseEvent(event)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.WithContext(adapter.NewContext(r.Context(), parsed))
	}
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates too")
	}
	extract, parse := extraction(t), parsing(t)
	all := testing.AllocsPerRun(100, func() { extract() })
	own := testing.AllocsPerRun(100, parse)
	if got := all - own; got > maxAllocs {
		t.Errorf("%v allocations for an Identity of 14 claims, want at most %v", got, maxAllocs)
	}
	if got := bytesPerRun(100, func() { extract() }) - bytesPerRun(100, parse); got > maxBytes {
		t.Errorf("%v bytes for an Identity of 14 claims, want at most %v", got, maxBytes)
	}
}

func bytesPerRun(runs int, f func()) int {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc-before.TotalAlloc) / runs
}

func BenchmarkIdentify(b *testing.B) {
	extract := extraction(b)
	b.ReportAllocs()
	for b.Loop() {
		extract()
	}
}

// BenchmarkParseEvent is the part of BenchmarkIdentify that is not this
// package's.
func BenchmarkParseEvent(b *testing.B) {
	parse := parsing(b)
	b.ReportAllocs()
	for b.Loop() {
		parse()
	}
}

// BenchmarkIdentifyAgain is every further call in the same invocation.
func BenchmarkIdentifyAgain(b *testing.B) {
	r := requestFrom(b, adapter.HTTPAPIV2, jwtV2)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := anyone.Identify(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHasScope(b *testing.B) {
	id := identify(b, anyone, requestFrom(b, adapter.HTTPAPIV2, jwtV2))
	b.ReportAllocs()
	for b.Loop() {
		if !id.HasScope("notes-api/write") {
			b.Fatal("no scope")
		}
	}
}

// BenchmarkEvents is BenchmarkIdentify for every source and front, without the
// parsing of the event.
func BenchmarkEvents(b *testing.B) {
	for _, row := range events {
		if row.want.Source == 0 {
			continue
		}
		b.Run(row.file, func(b *testing.B) {
			r := recorded(b, row.file)
			event, _ := adapter.FromContext(r.Context())
			raw, err := event.Raw()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				parsed, err := adapter.ParseEvent(raw)
				if err != nil {
					b.Fatal(err)
				}
				fresh := r.WithContext(adapter.NewContext(r.Context(), parsed))
				b.StartTimer()
				if id, err := everybody.Identify(fresh); id == nil {
					b.Fatal(err)
				}
			}
		})
	}
}
