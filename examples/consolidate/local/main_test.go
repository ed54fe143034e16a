package main

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/consolidate/rollout"
	"github.com/gatehouse-go/gatehouse/examples/internal/laptop"
)

// TestLaptop writes and reads a note at each step, over real connections.
func TestLaptop(t *testing.T) {
	for step := range rollout.Last + 1 {
		api, issuer := laptop.Listen(t), laptop.Listen(t)
		h, opts, err := setUp(issuer.Addr().String(), step)
		if err != nil {
			t.Fatal(err)
		}
		laptop.Serve(t, api, issuer, h, opts, func(url string) {
			reader, writer := laptop.Token(t, issuer, "reader", nil), laptop.Token(t, issuer, "writer", nil)
			for _, q := range []struct {
				method, path, token string
				want                int
			}{
				{"GET", "/notes", "", 401},
				{"POST", "/notes", reader, 403},
				{"POST", "/notes", writer, 201},
				{"GET", "/notes/1", writer, 200},
				{"GET", "/notes/1", reader, 404}, // somebody else's
				{"GET", "/notes", reader, 200},
			} {
				if got, _ := laptop.Do(t, laptop.Request(t, q.method, url+q.path, q.token, "milk")); got != q.want {
					t.Errorf("step %d: %s %s: status %d, want %d", step, q.method, q.path, got, q.want)
				}
			}
		})
	}
	for _, step := range []int{-1, rollout.Last + 1} {
		if _, _, err := setUp("localhost:8081", step); err == nil || !strings.Contains(err.Error(), "-step") {
			t.Errorf("-step %d: error %v", step, err)
		}
	}
}
