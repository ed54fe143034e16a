package laptop

import (
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Token returns an access token that the client gets for itself (RFC 6749, section 4.4)
// from the issuer that is served on the listener. The client's secret is its name with
// "-secret" behind it, as in all local programs. more are further parameters of the token
// request, such as scope; nil means none.
func Token(t *testing.T, issuer net.Listener, client string, more url.Values) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}}
	maps.Copy(form, more)
	r := Request(t, "POST", "http://"+issuer.Addr().String()+"/oauth2/token", "", form.Encode())
	r.SetBasicAuth(client, client+"-secret")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body := Do(t, r)
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &reply); err != nil || reply.AccessToken == "" {
		t.Fatalf("no token for %s: status %d, error %v", client, status, err)
	}
	return reply.AccessToken
}

// Request returns a request with an access token. If token is empty, it has none.
func Request(t *testing.T, method, url, token, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

// Do sends a request and returns the status and the body of its reply.
func Do(t *testing.T, r *http.Request) (status int, body string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(content)
}
