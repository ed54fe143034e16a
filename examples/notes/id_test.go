package notes_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/examples/notes"
)

func TestIDs(t *testing.T) {
	var generator notes.IDs
	var ids []string
	for range 1000 {
		ids = append(ids, notes.Next(&generator))
	}
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`) // RFC 9562 section 5.7
	for _, id := range ids {
		if !form.MatchString(id) {
			t.Fatalf("%q is no UUID of version 7", id)
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(ids)) != 1000 {
		t.Error("IDs are not in the order of their making")
	}
}

// A clock that stands still or goes back does not change the order.
func TestTicks(t *testing.T) {
	var generator notes.IDs
	start := time.UnixMilli(1_700_000_000_000)
	last := uint64(0)
	for _, row := range []struct {
		at   time.Duration
		want uint64 // since start, in 1/4096 ms
	}{
		{0, 0}, {0, 1}, {244 * time.Nanosecond, 2}, {time.Millisecond, 4096}, {time.Millisecond, 4097},
		{-time.Hour, 4098}, {1500 * time.Microsecond, 6144}, {999_999 * time.Nanosecond, 6145}, {2*time.Millisecond - 1, 8191}, {2 * time.Millisecond, 8192},
	} {
		tick := notes.Tick(&generator, start.Add(row.at))
		if got := tick - 1_700_000_000_000<<12; got != row.want || tick <= last {
			t.Errorf("at %s: tick %d after %d, want %d", row.at, got, last, row.want)
		}
		last = tick
	}
}
