package limit_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/limit"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestOneLinePerKeyAndMinute(t *testing.T) {
	var l limit.Limiter
	lines, leftOut := 0, 0
	for i := range 180 { // three minutes, one a second
		ok, n := l.Admit(start.Add(time.Duration(i)*time.Second), "key")
		if ok {
			lines++
		}
		leftOut += n
	}
	leftOut += l.LeftOut(start.Add(time.Hour))
	if lines != 3 || leftOut != 177 {
		t.Errorf("%d lines and %d left out, want 3 and 177", lines, leftOut)
	}
	if n := l.LeftOut(start.Add(2 * time.Hour)); n != 0 {
		t.Errorf("%d counted twice", n)
	}
}

// Keys that somebody makes up do not make lines without end.
func TestManyKeys(t *testing.T) {
	var l limit.Limiter
	lines := 0
	for i := range 100_000 {
		if ok, _ := l.Admit(start.Add(time.Duration(i)*1200*time.Microsecond), fmt.Sprint(i)); ok {
			lines++
		}
	}
	if lines != 2*limit.PerMinute {
		t.Errorf("%d lines in two minutes, want %d", lines, 2*limit.PerMinute)
	}
}

func TestAClockThatIsSetBack(t *testing.T) {
	var l limit.Limiter
	l.Admit(start, "key")
	if ok, _ := l.Admit(start.Add(-time.Hour), "key"); !ok {
		t.Error("an hour before the last line: left out")
	}
}

func TestConcurrentUse(t *testing.T) {
	var l limit.Limiter
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 1000 {
				l.Admit(start, fmt.Sprint(i%40))
				l.LeftOut(start)
			}
		})
	}
	all.Wait()
	if n := l.LeftOut(start.Add(time.Hour)); n != 8000-limit.PerMinute {
		t.Errorf("%d left out, want %d", n, 8000-limit.PerMinute)
	}
}
