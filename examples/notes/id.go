package notes

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync"
	"time"
)

// ids makes IDs of notes: UUIDs of version 7 (RFC 9562 section 5.7). Any number of
// functions can make them without asking each other, and a later one is greater.
type ids struct {
	mu   sync.Mutex
	last uint64
}

func (g *ids) next() string {
	tick := g.tick(time.Now())
	var b [16]byte
	_, _ = rand.Read(b[8:]) // never fails: crypto/rand ends the process instead
	binary.BigEndian.PutUint64(b[:8], tick>>12<<16|7<<12|tick&0xfff)
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// tick returns the time in 1/4096 ms (RFC 9562 section 6.2, method 3). While the
// clock stands still or goes back, it counts on from the last one.
func (g *ids) tick(now time.Time) uint64 {
	fraction := now.Nanosecond() % int(time.Millisecond) << 12 / int(time.Millisecond)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(g.last+1, uint64(now.UnixMilli())<<12|uint64(fraction))
	return g.last
}
