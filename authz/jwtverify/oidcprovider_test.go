package jwtverify_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

const notesAPI = "https://notes.example"

// A provider is npm's oidc-provider, run by testdata/oidc-provider/server.mjs.
type provider struct {
	issuer string
	stop   func()
}

// startProvider runs it at a port of 127.0.0.1, "0" for a free one. Each start
// makes new keys.
func startProvider(t *testing.T, modules, port string) provider {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", "testdata/oidc-provider/server.mjs", modules, port)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the provider did not start: %v", err)
	}
	return provider{strings.TrimSpace(line), func() {
		stdin.Close() // which ends it
		if err := cmd.Wait(); err != nil {
			t.Errorf("the provider: %v", err)
		}
	}}
}

func (p provider) port() string { return p.issuer[strings.LastIndexByte(p.issuer, ':')+1:] }

// token asks for an access token that is signed by this algorithm.
func (p provider) token(t *testing.T, alg string) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"notes/read"}, "resource": {notesAPI}}
	r, err := http.NewRequestWithContext(t.Context(), "POST", p.issuer+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("client-"+alg, "secret")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		t.Fatalf("status %d, error %v", response.StatusCode, err)
	}
	return answer.AccessToken
}

// TestOIDCProvider verifies tokens of an issuer that has nothing in common with
// this package, through a rotation of all its keys.
func TestOIDCProvider(t *testing.T) {
	modules := os.Getenv("GATEHOUSE_OIDC")
	if modules == "" {
		t.Skip("GATEHOUSE_OIDC names no node_modules with oidc-provider")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip(err)
	}
	algs := []string{"RS256", "ES256", "EdDSA"}
	first := startProvider(t, modules, "0")
	clock := newClock()
	clock.advance(time.Since(clock.now())) // tokens come with the time of day
	i := jwtverify.OIDC(first.issuer, notesAPI)
	i.Algorithms, i.Type = algs, "at+jwt"
	v, err := jwtverify.NewAt(configOf(i), clock.now)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Preload(t.Context()); err != nil {
		t.Fatal(err)
	}

	accepted := func(alg, token string) {
		t.Helper()
		id, err := identify(v, token)
		if err != nil || id.Subject != "client-"+alg || id.Issuer != first.issuer || !id.HasScope("notes/read") {
			t.Errorf("%s: identity %+v, error %v", alg, id, err)
		}
	}
	old := map[string]string{}
	for _, alg := range algs {
		old[alg] = first.token(t, alg)
		accepted(alg, old[alg])
		forged := old[alg][:len(old[alg])-8] + "AAAAAAAA"
		id, err := identify(v, forged)
		wantInvalid(t, forged, id, err)
	}

	first.stop()
	clock.advance(10 * time.Second)
	_, payload, _ := strings.Cut(old["RS256"], ".")
	unknown := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"at+jwt","kid":"unknown"}`)) + "." + payload
	if id, err := identify(v, unknown); id != nil || !errors.Is(err, jwtverify.ErrKeysUnavailable) {
		t.Errorf("a key that cannot be asked for: identity %v, error %v", id, err)
	}
	for _, alg := range algs {
		accepted(alg, old[alg])
	}

	second := startProvider(t, modules, first.port())
	defer second.stop()
	clock.advance(20 * time.Second) // the fetch in vain doubled the interval
	for _, alg := range algs {
		accepted(alg, second.token(t, alg))
		id, err := identify(v, old[alg])
		if id != nil || !errors.Is(err, jwtverify.ErrInvalidToken) {
			t.Errorf("%s: a token of the old key: identity %v, error %v", alg, id, err)
		}
	}
}
