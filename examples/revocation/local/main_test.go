package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/examples/internal/laptop"
)

// TestLaptop does what docs/revocation.md says: a token that works, a line in the
// file, and soon it does not, while another client's does.
func TestLaptop(t *testing.T) {
	api, issuer := laptop.Listen(t), laptop.Listen(t)
	list := filepath.Join(t.TempDir(), "revoked.json")
	h, opts, err := setUp(issuer.Addr().String(), list)
	if err != nil {
		t.Fatal(err)
	}
	laptop.Serve(t, api, issuer, h, opts, func(url string) {
		get := func(token string) int {
			t.Helper()
			status, _ := laptop.Do(t, laptop.Request(t, "GET", url+"/report", token, ""))
			return status
		}
		robot, crawler := laptop.Token(t, issuer, "robot", nil), laptop.Token(t, issuer, "crawler", nil)
		if got := get(robot); got != http.StatusOK {
			t.Errorf("robot: status %d", got)
		}
		if err := os.WriteFile(list, []byte(`{"revoked": [{"client": "robot"}]}`), 0o600); err != nil {
			t.Error(err)
		}
		wantSoon(t, http.StatusUnauthorized, func() int { return get(robot) })
		if got := get(crawler); got != http.StatusOK {
			t.Errorf("crawler: status %d", got)
		}
		if got := get(laptop.Token(t, issuer, "robot", nil)); got != http.StatusUnauthorized {
			t.Errorf("robot with a new token: status %d", got)
		}
	})
}

// wantSoon asks until the status is there.
func wantSoon(t *testing.T, want int, ask func() int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		got := ask()
		if got == want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("status %d, want %d", got, want)
		}
	}
}
