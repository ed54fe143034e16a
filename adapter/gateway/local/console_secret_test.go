package local_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// planted are secrets that pass through a request and its answer.
func planted(t *testing.T, c *consolePage) map[string]string {
	t.Helper()
	token, err := c.issuer.Token(map[string]any{"sub": "reader", "client_id": "reader", "email": "ada@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	return map[string]string{
		"token": token, "payload": parts[1], "signature": parts[2], "half": parts[2][:40], "tail": parts[2][len(parts[2])-40:],
		"cookie": "c00kie-value-1", "set": "s3t-cookie-value", "query": "qu3ry-secret", "form": "f0rm-secret",
		"json": "js0n-secret", "key": "k3y-value", "opaque": "0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a", "code": "auth-c0de",
	}
}

// TestConsoleKeepsNoSecret searches the stream's bytes, what is told of each
// request, and the page, for what must be gone before it enters the ring.
func TestConsoleKeepsNoSecret(t *testing.T) {
	var secrets map[string]string
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Set-Cookie", "session="+secrets["set"])
		w.Header().Set("Location", "https://app.example/cb?code="+secrets["code"]+"&ok=1")
		w.Header().Set("X-Session-Token", secrets["opaque"])
		w.Header().Set("X-Debug", "saw "+secrets["token"])
		_, _ = w.Write(body)
	})
	onConsole(t, echo, local.Options{}, func(c *consolePage) {
		secrets = planted(t, c)
		jsonBody := fmt.Sprintf(`{"title":"kept","password":%q,"nested":{"access_token":%q,"api_key":%q},"list":[%q]}`,
			secrets["json"], secrets["token"], secrets["key"], secrets["token"])
		form := url.Values{"client_secret": {secrets["form"]}, "refresh_token": {secrets["opaque"]}, "note": {secrets["token"]}}
		bodies := []string{
			jsonBody, form.Encode(), secrets["token"], "Bearer " + secrets["token"], `{"x":"` + secrets["opaque"] + `"}`,
			strings.Repeat("x", 4096-len(secrets["token"])+30) + " " + secrets["token"] + " more", // cut off within the signature
			strings.Repeat("x ", 2040) + secrets["token"],                                         // within the header
			"line\n" + secrets["token"] + "\nline",
		}
		paths := []string{
			"/x?token=" + secrets["query"], "/x?next=%2Fcb%3Fcode%3D" + secrets["code"], "/x?t=" + secrets["token"],
			"/x/" + secrets["token"], "/x?%74oken=" + secrets["query"], "/x?" + secrets["token"], "/x;" + secrets["opaque"],
		}
		sent := 0
		for i, body := range bodies {
			for j, path := range paths {
				if i > 0 && j > 0 {
					continue
				}
				r, err := http.NewRequest(http.MethodPost, c.api+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Authorization", "Bearer "+secrets["token"])
				r.Header.Set("Cookie", "id="+secrets["cookie"])
				r.Header.Set("X-Api-Key", secrets["key"])
				r.Header.Set("Referer", "https://app.example/?access_token="+secrets["token"])
				response, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if response.StatusCode != 200 {
					t.Fatalf("%s: status %d", path, response.StatusCode)
				}
				sent++
			}
		}
		stream, latest := c.watch(all(sent))
		told := stream
		for id := range latest {
			_, exchange := c.do(http.MethodGet, fmt.Sprint("/console/exchange/", id), "")
			told += exchange
		}
		_, page := c.do(http.MethodGet, "/", "")
		_, about := c.do(http.MethodGet, "/console/about", "")
		told += page + about
		for name, secret := range secrets {
			if i := strings.Index(told, secret); i >= 0 {
				t.Errorf("%s is told: …%s…", name, told[max(0, i-80):min(len(told), i+len(secret)+20)])
			}
		}
		for _, want := range []string{`\"title\":\"kept\"`, "/x", "Bearer (not kept)", "ok=1"} {
			if !strings.Contains(told, want) {
				t.Errorf("%s is not told, although it is no secret", want)
			}
		}
	})
}
