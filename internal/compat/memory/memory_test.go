package memory

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

// raceEnabled reports on the race detector.
var raceEnabled bool

// functionLimit is the memory of the function that TestMemory stands for. Go
// counts its own heap, not what the kernel keeps for the process: hence the usual
// distance of GOMEMLIMIT.
const (
	functionLimit = 512 << 20
	memoryLimit   = "450MiB"
)

// memoryRow names, in the environment of the process that measures it, one row of
// TestMemory.
const memoryRow = "GATEHOUSE_MEMORY_ROW"

const (
	memoryRequests = 120
	memoryAtOnce   = 8
)

// TestMemory answers requests with large bodies, eight at once, in a process whose
// collector knows the limit of a 512 MB function. Goals and limits are in bodies for
// each invocation that runs, over what the process holds before the first, the event
// included. The limits are loose, since it depends on the moment of a collection how
// much of what is garbage is still resident.
func TestMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has its own memory: this is measured without it")
	}
	if name := os.Getenv(memoryRow); name != "" {
		measureMemory(t, name)
		return
	}
	if _, err := residentMemory(); err != nil {
		t.Skip("needs Linux's /proc/self/status: ", err)
	}
	tests := []struct {
		row          string
		goal, bodies float64
	}{
		{"upload/streamed", 2, 2},
		{"upload/read", 2, 4}, // io.ReadAll grows the handler's own copy
		{"upload/text", 2, 6},
		{"download/one write", 5, 7},
		{"download/32 KB writes", 5, 7.5},
		{"download/JSON", 5, 7},
	}
	for _, test := range tests {
		t.Run(test.row, func(t *testing.T) {
			ours := runMemory(t, "gatehouse:"+test.row)
			theirs := runMemory(t, "archived:"+test.row)
			t.Logf("gatehouse %v; goal %v bodies", ours, test.goal)
			t.Logf("archived  %v", theirs)
			if ours.bodies > test.bodies {
				t.Errorf("%.1f bodies for each of %d invocations, limit %v", ours.bodies, memoryAtOnce, test.bodies)
			}
			if ours.late > 2*ours.early+16<<20 {
				t.Errorf("grew from %d to %d MB", ours.early>>20, ours.late>>20)
			}
			if ours.idle > 16<<20 {
				t.Errorf("%d MB are left after idle collections", ours.idle>>20)
			}
			if ours.peak > functionLimit {
				t.Errorf("%d MB would end a function of %d MB", ours.peak>>20, functionLimit>>20)
			}
		})
	}
}

// memory is what a process held, in bytes.
type memory struct {
	bodies      float64 // the most over base, in bodies for each invocation at once
	early, late int64   // the most over base in two rounds of the same length
	idle        int64   // over base, after collections without a request
	peak        int64   // resident at most
}

func (m memory) String() string {
	return fmt.Sprintf("%.1f bodies an invocation; over base at most %d MB, in the earlier round %d MB, idle %d MB; resident at most %d MB",
		m.bodies, max(m.early, m.late)>>20, m.early>>20, m.idle>>20, m.peak>>20)
}

func runMemory(t *testing.T, row string) memory {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemory$", "-test.v", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), memoryRow+"="+row, "GOMEMLIMIT="+memoryLimit)
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	var m memory
	_, line, ok := strings.Cut(string(output), "memory: ")
	if _, err := fmt.Sscan(line, &m.bodies, &m.early, &m.late, &m.idle, &m.peak); !ok || err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return m
}

// measureMemory is the process of one row.
func measureMemory(t *testing.T, name string) {
	who, row, _ := strings.Cut(name, ":")
	var s scenario.Scenario
	for _, other := range scenario.All(t, "../../../adapter/testdata/events") {
		if other.Name == row {
			s = other
		}
	}
	h := lambda.NewHandler(httpadapter.NewV2(s.Handler).ProxyWithContext)
	if who == "gatehouse" {
		h = lambda.NewHandler(adapter.New(s.Handler, nil))
	}
	event := bytes.Clone(s.Event) // and nothing of the other scenarios
	base := idleMemory(t)

	var high atomic.Int64
	watch := func() {
		size, err := residentMemory()
		if err != nil {
			t.Error(err)
		}
		for old := high.Load(); size > old && !high.CompareAndSwap(old, size); old = high.Load() {
		}
	}
	round := func(requests int) int64 {
		high.Store(0)
		var workers sync.WaitGroup
		for range memoryAtOnce {
			workers.Go(func() {
				for range requests / memoryAtOnce {
					ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
					if _, err := h.Invoke(ctx, event); err != nil {
						t.Error(err)
					}
					watch()
					cancel()
				}
			})
		}
		workers.Wait()
		return high.Load()
	}
	first := round(memoryRequests / 4) // in which pools fill
	early, late := round(memoryRequests*3/8), round(memoryRequests*3/8)
	idle := idleMemory(t)
	peak := max(first, early, late)
	fmt.Println("memory:", float64(peak-base)/float64(memoryAtOnce*s.Bytes), early-base, late-base, idle-base, peak)
}

// idleMemory returns what is resident after the collections that pools need to
// let go.
func idleMemory(t *testing.T) int64 {
	for range 3 {
		runtime.GC()
	}
	debug.FreeOSMemory()
	size, err := residentMemory()
	if err != nil {
		t.Fatal(err)
	}
	return size
}

func residentMemory() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if size, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(size), "kB")), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("no VmRSS in %d bytes", len(status))
}
