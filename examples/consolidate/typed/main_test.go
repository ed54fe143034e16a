package main

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/consolidate/rollout"
)

// TestFunction: there is a function for each route that moves, and for no other.
func TestFunction(t *testing.T) {
	for _, route := range rollout.Order {
		if f, err := function(route); err != nil || f == nil {
			t.Errorf("%s: %v, error %v", route, f, err)
		}
	}
	for _, route := range []string{"", "ANY /{proxy+}"} {
		if _, err := function(route); err == nil {
			t.Errorf("%q: no error", route)
		}
	}
}
