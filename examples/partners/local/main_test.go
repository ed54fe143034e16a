package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// TestLaptop does what docs/partners.md says, with a gateway that asks its authorizer
// first.
func TestLaptop(t *testing.T) {
	api, issuer := listen(t), listen(t)
	h, opts, err := setUp(issuer.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var output bytes.Buffer
	opts.Output = &output
	base := "http://" + api.Addr().String() + "/prod"
	opts.Ready = func(string) {
		defer cancel()
		acme, globex := token(t, issuer, "acme"), token(t, issuer, "globex")
		for _, test := range []struct {
			what, path, token, key string
			want                   int
		}{
			{"nobody", "/rates", "", "", 401},
			{"a key alone", "/rates", "", "basic-key-of-acme", 401},
			{"no key", "/rates", acme, "", 403},
			{"its own key", "/rates", acme, "basic-key-of-acme", 200},
			{"another's key", "/rates", acme, "premium-key-of-globex", 403},
			{"the premium tier", "/forecast", globex, "premium-key-of-globex", 200},
		} {
			if got := get(t, base+test.path, test.token, test.key); got != test.want {
				t.Errorf("%s: status %d, want %d", test.what, got, test.want)
			}
		}
	}
	if err := local.Serve(ctx, api, []net.Listener{issuer}, h, opts); err != nil {
		t.Fatal(err)
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

func get(t *testing.T, url, token, key string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		r.Header.Set("X-Api-Key", key)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
