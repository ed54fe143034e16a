package scenario

import (
	"runtime"
	"time"
)

// BytesPerRun returns the bytes that f allocates.
func BytesPerRun(runs int, f func()) float64 {
	f()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc-before.TotalAlloc) / float64(runs)
}

// Ratio returns how many times floor's time f takes, by the fastest of many
// short rounds of both in turns: what slows a round down is not the code.
func Ratio(f, floor func()) float64 {
	best, bestFloor := time.Hour, time.Hour
	for range 500 {
		best, bestFloor = min(best, round(f)), min(bestFloor, round(floor))
	}
	return float64(best) / float64(bestFloor)
}

func round(f func()) time.Duration {
	start := time.Now()
	for range 20 {
		f()
	}
	return time.Since(start)
}
