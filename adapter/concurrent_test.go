package adapter_test

import (
	"sync"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// concurrentRequests is a tenth of TestSoak's, for each mode.
const concurrentRequests = 2_000

// TestConcurrentFunction is TestSoak with the real runtime client between, which
// polls for as many invocations as a managed instance serves at once: every
// answer belongs to its request, and the process is in the end what it was after
// the first quarter.
func TestConcurrentFunction(t *testing.T) {
	for name, streamed := range map[string]bool{"buffered": false, "streamed": true} {
		t.Run(name, func(t *testing.T) {
			f := startFunction(t, streamed, soakWorkers)
			round := func(requests int) diagnosis {
				var workers sync.WaitGroup
				for w := range soakWorkers {
					workers.Go(func() { soak(t, runtimeapi.Function{Process: f.Process}, w, requests/soakWorkers) })
				}
				workers.Wait()
				return f.diagnose(t)
			}
			early := round(concurrentRequests / 4)
			late := round(concurrentRequests / 4 * 3)
			t.Logf("after a quarter %+v, at the end %+v", early, late)
			if late.PID != f.PID() {
				t.Errorf("process %d, not %d", late.PID, f.PID())
			}
			if late.Heap > early.Heap+early.Heap/2+8<<20 {
				t.Errorf("the heap grew from %d to %d bytes", early.Heap, late.Heap)
			}
			if before, after := early.residentKB(), late.residentKB(); after > before+before/4 && !raceEnabled {
				t.Errorf("resident memory grew from %d to %d kB", before, after)
			}
			// The client keeps up to one connection for each worker, with two
			// goroutines; a leak would show in hundreds of requests.
			f.wantGoroutines(t, early.Goroutines+2*soakWorkers)
		})
	}
}
