package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// TestLaptop does what docs/revocation.md says: a token that works, a line in the
// file, and soon it does not, while another client's does.
func TestLaptop(t *testing.T) {
	api, issuer := listen(t), listen(t)
	list := filepath.Join(t.TempDir(), "revoked.json")
	h, opts, err := setUp(issuer.Addr().String(), list)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var output bytes.Buffer
	opts.Output = &output
	report := "http://" + api.Addr().String() + "/report"
	opts.Ready = func(string) {
		defer cancel()
		robot, crawler := token(t, issuer, "robot"), token(t, issuer, "crawler")
		if got := get(t, report, robot); got != http.StatusOK {
			t.Errorf("robot: status %d", got)
		}
		if err := os.WriteFile(list, []byte(`{"revoked": [{"client": "robot"}]}`), 0o600); err != nil {
			t.Error(err)
		}
		wantSoon(t, http.StatusUnauthorized, func() int { return get(t, report, robot) })
		if got := get(t, report, crawler); got != http.StatusOK {
			t.Errorf("crawler: status %d", got)
		}
		if got := get(t, report, token(t, issuer, "robot")); got != http.StatusUnauthorized {
			t.Errorf("robot with a new token: status %d", got)
		}
	}
	if err := local.Serve(ctx, api, []net.Listener{issuer}, h, opts); err != nil {
		t.Fatal(err)
	}
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

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func token(t *testing.T, issuer net.Listener, client string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+issuer.Addr().String()+"/oauth2/token",
		bytes.NewBufferString(url.Values{"grant_type": {"client_credentials"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(client, client+"-secret")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		t.Fatalf("status %d, %v", resp.StatusCode, err)
	}
	return answer.AccessToken
}

func get(t *testing.T, url, token string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
