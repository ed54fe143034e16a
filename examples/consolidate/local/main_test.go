package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/consolidate/rollout"
)

// TestLaptop writes and reads a note at each step, over real connections.
func TestLaptop(t *testing.T) {
	for step := range rollout.Last + 1 {
		api, issuer := listen(t), listen(t)
		h, opts, err := setUp(issuer.Addr().String(), step)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		opts.Output = new(bytes.Buffer)
		opts.Ready = func(string) {
			defer cancel()
			base := "http://" + api.Addr().String()
			reader, writer := token(t, issuer, "reader"), token(t, issuer, "writer")
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
				r, err := http.NewRequestWithContext(ctx, q.method, base+q.path, strings.NewReader("milk"))
				if err != nil {
					t.Fatal(err)
				}
				if q.token != "" {
					r.Header.Set("Authorization", "Bearer "+q.token)
				}
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				if resp.StatusCode != q.want {
					t.Errorf("step %d: %s %s: status %d, want %d", step, q.method, q.path, resp.StatusCode, q.want)
				}
			}
		}
		if err := local.Serve(ctx, api, []net.Listener{issuer}, h, opts); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
	for _, step := range []int{-1, rollout.Last + 1} {
		if _, _, err := setUp("localhost:8081", step); err == nil || !strings.Contains(err.Error(), "-step") {
			t.Errorf("-step %d: error %v", step, err)
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
	resp, err := http.PostForm("http://"+issuer.Addr().String()+"/oauth2/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {client + "-secret"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var reply struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&reply); err != nil || reply.Token == "" {
		t.Fatalf("no token for %s: %s, %v", client, resp.Status, err)
	}
	return reply.Token
}
