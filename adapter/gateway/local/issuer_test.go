package local_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

const (
	callback  = "http://localhost:3000/callback?from=issuer"
	loggedOut = "http://localhost:3000/bye?from=issuer"
	notesAPI  = "https://notes.example/api"
)

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

func config(url string) local.IssuerConfig {
	return local.IssuerConfig{
		URL: url,
		Clients: []local.Client{
			{ID: "reader", Secret: "reader-secret", Scopes: []string{"notes-api/read"}, Resources: []string{notesAPI, "https://other.example/"}},
			{ID: "writer", Secret: "writer-secret", Scopes: []string{"notes-api/read", "notes-api/write", "openid"}, RedirectURIs: []string{"http://localhost:9000/cb"}},
			{ID: "page", Scopes: []string{"notes-api/read"}, RedirectURIs: []string{callback}, LogoutURIs: []string{loggedOut}, Resources: []string{notesAPI}},
		},
		Users: []local.User{
			{Username: "alice", Password: "alice-password", Sub: "3f1d", Email: "alice@example.com", Groups: []string{"admin", "poweruser"}},
			{Username: "bob", Password: "bob-password"},
		},
	}
}

// sharedIssuer is made once: an RSA key costs more than all the rest.
var sharedIssuer = sync.OnceValues(func() (*local.Issuer, *httptest.Server) {
	server := httptest.NewUnstartedServer(nil)
	issuer, err := local.NewIssuer(config("http://" + server.Listener.Addr().String()))
	if err != nil {
		panic(err)
	}
	issuer.SetNow(func() time.Time { return noon })
	server.Config.Handler = issuer
	server.Start()
	return issuer, server
})

func post(t *testing.T, target string, form url.Values, edit func(*http.Request)) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if edit != nil {
		edit(r)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatalf("status %d, body is not JSON: %v", response.StatusCode, err)
	}
	return response.StatusCode, body
}

func get(t *testing.T, target string) (*http.Response, []byte) {
	t.Helper()
	response, err := http.Get(target)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

func TestConfiguration(t *testing.T) {
	issuer, server := sharedIssuer()
	response, body := get(t, server.URL+"/.well-known/openid-configuration")
	if got, want := response.Header.Get("Content-Type"), "application/json;charset=UTF-8"; got != want {
		t.Errorf("Content-Type = %q, want %q", got, want)
	}
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"issuer":                                issuer.URL(),
		"authorization_endpoint":                issuer.URL() + "/oauth2/authorize",
		"token_endpoint":                        issuer.URL() + "/oauth2/token",
		"userinfo_endpoint":                     issuer.URL() + "/oauth2/userInfo",
		"revocation_endpoint":                   issuer.URL() + "/oauth2/revoke",
		"end_session_endpoint":                  issuer.URL() + "/logout",
		"jwks_uri":                              issuer.URL() + "/.well-known/jwks.json",
		"response_types_supported":              []any{"code"},
		"grant_types_supported":                 []any{"authorization_code", "client_credentials", "refresh_token"},
		"subject_types_supported":               []any{"public"},
		"id_token_signing_alg_values_supported": []any{"RS256"},
		"scopes_supported":                      []any{"email", "notes-api/read", "notes-api/write", "openid", "profile"},
		"token_endpoint_auth_methods_supported": []any{"client_secret_basic", "client_secret_post", "none"},
		"code_challenge_methods_supported":      []any{"S256"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("discovery document (-want +got):\n%s", diff)
	}
}

func TestKeysHoldNothingPrivate(t *testing.T) {
	_, server := sharedIssuer()
	_, body := get(t, server.URL+"/.well-known/jwks.json")
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(body, &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 1 {
		t.Fatalf("%d keys, want 1", len(set.Keys))
	}
	for name, value := range set.Keys[0] {
		switch name {
		case "kid", "n", "e":
		case "kty", "alg", "use":
			if want := map[string]string{"kty": "RSA", "alg": "RS256", "use": "sig"}[name]; value != want {
				t.Errorf("%s = %q, want %q", name, value, want)
			}
		default:
			t.Errorf("member %q is published", name)
		}
	}
}

func TestOnlyPagesOfClientsMayReadTokens(t *testing.T) {
	_, server := sharedIssuer()
	for origin, want := range map[string]string{
		"http://localhost:3000": "http://localhost:3000",
		"http://localhost:9000": "http://localhost:9000",
		"http://localhost:3001": "",
		"https://evil.example":  "",
		"null":                  "",
		"":                      "",
	} {
		r, err := http.NewRequest(http.MethodOptions, server.URL+"/oauth2/token", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := response.Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("Origin %q: Access-Control-Allow-Origin = %q, want %q", origin, got, want)
		}
	}
}

func TestNewIssuerNamesEveryProblem(t *testing.T) {
	_, err := local.NewIssuer(local.IssuerConfig{
		URL:      "http://localhost:8081/",
		Lifetime: -time.Second,
		Clients: []local.Client{
			{ID: "a:b", Secret: "s"},
			{ID: "c", Secret: "s", Scopes: []string{"two words"}},
			{ID: "c", RedirectURIs: []string{"/relative", "http://localhost/#fragment"}},
			{ID: "useless"},
			{ID: "d", Secret: "s", LogoutURIs: []string{"//evil.example"}, Resources: []string{"notes", "https://notes.example/#"}},
		},
		Users: []local.User{{Username: "nopassword"}, {Username: "u", Password: "p"}, {Username: "u", Password: "q", Groups: []string{"two words", "", "a\u00a0b", "fine,[too]"}}},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`issuer URL "http://localhost:8081/"`,
		`token lifetime -1s`,
		`client ID "a:b"`,
		`"two words" is not a scope`,
		`client "c" is there twice`,
		`redirect URI "/relative"`,
		`redirect URI "http://localhost/#fragment"`,
		`client "useless" has neither`,
		`logout URI "//evil.example"`,
		`resource "notes"`,
		`resource "https://notes.example/#"`,
		`group "two words"`,
		`group ""`,
		`group "a\u00a0b"`,
		`user "nopassword" has no name or no password`,
		`user "u" is there twice`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not mention %s:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "fine,[too]") {
		t.Errorf("a group that Cognito could have is refused: %v", err)
	}
}

func TestIssuerURLs(t *testing.T) {
	for url, ok := range map[string]bool{
		"http://localhost:8081":       true,
		"http://127.0.0.1:8081":       true,
		"http://[::1]:8081":           true,
		"https://issuer.example":      true,
		"":                            false,
		"localhost:8081":              false,
		"http://localhost:8081/":      false,
		"http://localhost:8081/pool":  false,
		"http://localhost:8081?a=b":   false,
		"http://user@localhost:8081":  false,
		"http://localhost:0":          false,
		"ftp://localhost:8081":        false,
		"HTTP://localhost:8081":       false,
		"http://localhost:8081#":      false,
		"http://localhost:notanumber": false,
	} {
		_, err := local.NewIssuer(local.IssuerConfig{URL: url, Lifetime: -1}) // the rest is wrong: no key is made
		if got := !strings.Contains(err.Error(), "issuer URL"); got != ok {
			t.Errorf("URL %q accepted: %t, want %t", url, got, ok)
		}
	}
}

func TestNewIssuerRefusesLambda(t *testing.T) {
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
	if _, err := local.NewIssuer(config("http://localhost:8081")); err == nil {
		t.Error("no error inside AWS Lambda")
	}
}
