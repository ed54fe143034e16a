package local_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

// modules is the node_modules that an environment variable names; without, the
// test is skipped.
func modules(t *testing.T, variable, what string) string {
	t.Helper()
	folder := os.Getenv(variable)
	if folder == "" {
		t.Skipf("%s names no node_modules with %s", variable, what)
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip(err)
	}
	return folder
}

// node runs a script until stop is called, and returns the first line of its
// output that ready accepts.
func node(t *testing.T, ready func(line string) bool, args ...string) (line string, stop func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", args...)
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
	lines := bufio.NewReader(stdout)
	for !ready(line) {
		if line, err = lines.ReadString('\n'); err != nil {
			t.Fatalf("%s did not start: %v", args[0], err)
		}
		line = strings.TrimSpace(line)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return line, func() {
		stdin.Close() // which ends it
		_ = cmd.Wait()
	}
}

// postJSON decodes the reply of any issuer into v.
func postJSON(t *testing.T, r *http.Request, v any) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || json.Unmarshal(text, v) != nil {
		t.Fatalf("%s: status %d: %s", r.URL, response.StatusCode, text)
	}
}

// wantStatus asks for a resource with a token and checks who is seen.
func wantStatus(t *testing.T, name, url, token string, status int, sub string) {
	t.Helper()
	got, claims := call(t, url+"/x", token)
	if got != status || claims["sub"] != sub {
		t.Errorf("%s: status %d, sub %q; want %d, %q", name, got, claims["sub"], status, sub)
	}
}

// TestOIDCProviderThroughTheGateway: the real tokens of npm's oidc-provider on
// the laptop, those of another provider, and what happens when its keys are out
// of reach.
func TestOIDCProviderThroughTheGateway(t *testing.T) {
	folder := modules(t, "GATEHOUSE_OIDC", "oidc-provider")
	start := func() (string, func()) {
		return node(t, func(line string) bool { return strings.HasPrefix(line, "http") },
			"../../../authz/jwtverify/testdata/oidc-provider/server.mjs", folder, "0")
	}
	token := func(issuer string) string {
		form := url.Values{"grant_type": {"client_credentials"}, "scope": {"notes/read"}, "resource": {notesAPI}}
		r, err := http.NewRequest(http.MethodPost, issuer+"/token", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth("client-RS256", "secret")
		var reply struct {
			AccessToken string `json:"access_token"`
		}
		postJSON(t, r, &reply)
		return reply.AccessToken
	}
	issuer, stop := start()
	other, stopOther := start()
	defer stopOther()
	provider := jwtverify.OIDC(issuer, notesAPI)
	opts := local.Options{Verify: jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{provider}})}
	good, foreign := token(issuer), token(other)
	serve(t, http.HandlerFunc(whoami), &opts, func(url string) {
		wantStatus(t, "its token", url, good, 200, "client-RS256")
		wantStatus(t, "another provider's", url, foreign, 401, "")
		wantStatus(t, "an altered signature", url, good[:len(good)-8]+"AAAAAAAA", 401, "")
	})
	stop()
	opts.Verify = jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{provider}})
	output := serve(t, http.HandlerFunc(whoami), &opts, func(url string) {
		wantStatus(t, "its token, its keys out of reach", url, good, 401, "")
	})
	if !strings.Contains(output, "the issuer's keys cannot be had") {
		t.Errorf("printed:\n%s", output)
	}
}

// cognito is npm's cognito-local on a port of 127.0.0.1.
type cognito struct{ url string }

func (c cognito) do(t *testing.T, operation string, in map[string]any, out any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, c.url+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
	postJSON(t, r, out)
}

// pool makes one with one client and the user ada, and returns her tokens.
func (c cognito) pool(t *testing.T) (issuer, client, access, id string) {
	t.Helper()
	var pool struct{ UserPool struct{ Id string } }
	c.do(t, "CreateUserPool", map[string]any{"PoolName": "notes"}, &pool)
	in := func(more map[string]any) map[string]any {
		more["UserPoolId"] = pool.UserPool.Id
		return more
	}
	var app struct{ UserPoolClient struct{ ClientId string } }
	c.do(t, "CreateUserPoolClient", in(map[string]any{"ClientName": "page", "ExplicitAuthFlows": []string{"ALLOW_USER_PASSWORD_AUTH"}}), &app)
	var ignored any
	c.do(t, "AdminCreateUser", in(map[string]any{"Username": "ada@example.com", "TemporaryPassword": "x", "MessageAction": "SUPPRESS"}), &ignored)
	c.do(t, "AdminSetUserPassword", in(map[string]any{"Username": "ada@example.com", "Password": "secret", "Permanent": true}), &ignored)
	var signedIn struct {
		AuthenticationResult struct{ AccessToken, IdToken string }
	}
	client = app.UserPoolClient.ClientId
	c.do(t, "InitiateAuth", map[string]any{
		"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
		"AuthParameters": map[string]string{"USERNAME": "ada@example.com", "PASSWORD": "secret"},
	}, &signedIn)
	return c.url + "/" + pool.UserPool.Id, client, signedIn.AuthenticationResult.AccessToken, signedIn.AuthenticationResult.IdToken
}

// TestCognitoLocalThroughTheGateway does the same with a stand-in of Amazon
// Cognito, whose pools all sign with one key: a wrong pool is told by iss.
func TestCognitoLocalThroughTheGateway(t *testing.T) {
	folder := modules(t, "GATEHOUSE_COGNITO", "cognito-local")
	free := listen(t)
	_, port, err := net.SplitHostPort(free.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	_, stop := node(t, func(line string) bool { return line == "ready" }, "testdata/cognito-local/server.mjs", folder, port, t.TempDir())
	server := cognito{"http://127.0.0.1:" + port}
	issuer, client, access, id := server.pool(t)
	_, _, foreign, _ := server.pool(t)

	pool := jwtverify.Issuer{
		URL: issuer, Audiences: []string{client},
		JWKSURL: issuer + "/.well-known/jwks.json", // its discovery document names another port
	}
	opts := local.Options{Verify: jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{pool}})}
	serve(t, http.HandlerFunc(whoami), &opts, func(url string) {
		for name, token := range map[string]string{"access token": access, "ID token": id} {
			status, claims := call(t, url+"/x", token)
			if status != 200 || claims["iss"] != issuer || claims["sub"] == "" {
				t.Errorf("%s: status %d, claims %v", name, status, claims)
			}
		}
		wantStatus(t, "another pool's", url, foreign, 401, "")
		wantStatus(t, "an altered signature", url, access[:len(access)-8]+"AAAAAAAA", 401, "")
	})
	stop()
	opts.Verify = jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{pool}})
	output := serve(t, http.HandlerFunc(whoami), &opts, func(url string) {
		wantStatus(t, "its token, its keys out of reach", url, access, 401, "")
	})
	if !strings.Contains(output, "the issuer's keys cannot be had") {
		t.Errorf("printed:\n%s", output)
	}
}
