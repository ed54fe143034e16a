package console

import (
	"testing"
)

func ids(views []view) []uint64 {
	var list []uint64
	for _, v := range views {
		list = append(list, v.ID)
	}
	return list
}

func equal(a, b []uint64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestRingTellsEachReaderWhatChanged(t *testing.T) {
	r := newRing(3)
	for range 2 {
		r.add(&exchange{})
	}
	early := r.subscribe()
	if got := ids(r.take(early)); !equal(got, []uint64{1, 2}) {
		t.Errorf("at first %v, want all", got)
	}
	if got := ids(r.take(early)); got != nil {
		t.Errorf("then %v, want nothing", got)
	}
	r.change(2, func() {})
	r.add(&exchange{})
	late := r.subscribe()
	if got := ids(r.take(early)); !equal(got, []uint64{2, 3}) {
		t.Errorf("the first reader: %v, want 2 and 3", got)
	}
	if got := ids(r.take(late)); !equal(got, []uint64{1, 2, 3}) {
		t.Errorf("the second reader: %v, want all", got)
	}
}

// What a reader has not fetched is not kept for it.
func TestRingForgetsForSlowReaders(t *testing.T) {
	r := newRing(3)
	slow := r.subscribe()
	for range 1000 {
		r.add(&exchange{})
		r.change(r.last, func() {})
	}
	if n := len(slow.changed); n > 3 {
		t.Errorf("%d changes are remembered for a reader, want 3 at most", n)
	}
	if got := ids(r.take(slow)); !equal(got, []uint64{998, 999, 1000}) {
		t.Errorf("take = %v, want the last three", got)
	}
	r.change(1, func() {}) // long gone
	if got := r.take(slow); got != nil {
		t.Errorf("a change of what is gone is told: %v", ids(got))
	}
	if r.find(997) != nil || r.find(998) == nil || r.find(1001) != nil || r.find(0) != nil {
		t.Error("find knows what is gone, or not what is there")
	}
}

func TestRingForgetsEarlyOutcomes(t *testing.T) {
	o := newOutcomes(2)
	for _, id := range []string{"a", "b", "c"} {
		o.put(id, function{route: id})
	}
	if _, ok := o.take("a"); ok {
		t.Error("the oldest is still there")
	}
	if f, ok := o.take("c"); !ok || f.route != "c" {
		t.Error("the latest is not there")
	}
	if _, ok := o.take("c"); ok {
		t.Error("it is there twice")
	}
}

func TestForget(t *testing.T) {
	r := newRing(3)
	reader := r.subscribe()
	e := &exchange{}
	r.add(e)
	r.forget()
	r.change(e.ID, func() {}) // it ends unseen
	if got := r.take(reader); got != nil {
		t.Errorf("after forget: %v", ids(got))
	}
	r.add(&exchange{})
	if got := ids(r.take(reader)); !equal(got, []uint64{2}) {
		t.Errorf("what came after: %v, want 2", got)
	}
}
