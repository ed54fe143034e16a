package local_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const verifier = "a-verifier-of-43-characters-or-more-0123456789"

func challenge() string { return challengeOf(verifier) }

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authorization is the query an application in the browser starts with;
// changes are pairs, an empty value takes the parameter away.
func authorization(changes ...string) url.Values {
	v := url.Values{
		"response_type": {"code"}, "client_id": {"page"}, "redirect_uri": {callback}, "state": {"s t&te"}, "nonce": {"n-0"},
		"scope": {"openid notes-api/read"}, "code_challenge": {challenge()}, "code_challenge_method": {"S256"},
	}
	return change(v, changes)
}

func change(v url.Values, changes []string) url.Values {
	for i := 0; i < len(changes); i += 2 {
		v.Del(changes[i])
		if changes[i+1] != "" {
			v.Set(changes[i], changes[i+1])
		}
	}
	return v
}

// submit posts the sign-in form as a browser does and does not follow the
// redirect.
func submit(t *testing.T, query url.Values, username, password string, edit func(*http.Request)) (*http.Response, string) {
	t.Helper()
	_, server := sharedIssuer()
	form := url.Values{"username": {username}, "password": {password}}
	r, err := http.NewRequest(http.MethodPost, server.URL+"/oauth2/authorize?"+query.Encode(), strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if edit != nil {
		edit(r)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// answer is what the redirect tells the application.
func answer(t *testing.T, response *http.Response) url.Values {
	t.Helper()
	if response.StatusCode != http.StatusSeeOther {
		t.Fatalf("status = %d, want 303", response.StatusCode)
	}
	target := response.Header.Get("Location")
	query, ok := strings.CutPrefix(target, callback+"&")
	if !ok {
		t.Fatalf("Location = %q, want it to begin with the redirect URI", target)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func TestSignInGivesAccessAndIDToken(t *testing.T) {
	issuer, _ := sharedIssuer()
	response, _ := submit(t, authorization(), "alice", "alice-password", nil)
	values := answer(t, response)
	if got := values.Get("state"); got != "s t&te" {
		t.Errorf("state = %q, want it back as it was sent", got)
	}
	status, reply := exchange(t, values.Get("code"))
	if status != http.StatusOK {
		t.Fatalf("status = %d, body %v", status, reply)
	}
	common := map[string]any{
		"sub": "3f1d", "iss": issuer.URL(), "cognito:groups": []any{"admin", "poweruser"},
		"iat": float64(noon.Unix()), "auth_time": float64(noon.Unix()), "exp": float64(noon.Unix() + 3600),
	}
	access := map[string]any{"token_use": "access", "client_id": "page", "username": "alice", "scope": "openid notes-api/read", "version": 2.0}
	id := map[string]any{"token_use": "id", "aud": "page", "cognito:username": "alice", "email": "alice@example.com", "email_verified": true, "nonce": "n-0"}
	for name, want := range map[string]map[string]any{"access_token": access, "id_token": id} {
		maps.Copy(want, common)
		got := claimsOf(t, reply[name])
		if session, _ := got["origin_jti"].(string); len(session) != 36 {
			t.Errorf("origin_jti = %v, want a UUID", got["origin_jti"])
		}
		delete(got, "origin_jti")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		delete(reply, name)
	}
	if refresh, _ := reply["refresh_token"].(string); refresh == "" {
		t.Error("no refresh token")
	}
	delete(reply, "refresh_token")
	if diff := cmp.Diff(map[string]any{"expires_in": 3600.0, "token_type": "Bearer"}, reply); diff != "" {
		t.Errorf("the rest of the reply (-want +got):\n%s", diff)
	}
}

func TestSignInOfAUserWithNothing(t *testing.T) {
	response, _ := submit(t, authorization("scope", "", "nonce", "", "state", ""), "bob", "bob-password", nil)
	values := answer(t, response)
	if values.Has("state") {
		t.Error("a state that was never sent")
	}
	_, reply := exchange(t, values.Get("code"))
	claims := claimsOf(t, reply["access_token"])
	if got, want := claims["scope"], "openid email profile notes-api/read"; got != want {
		t.Errorf("scope = %v, want all the client may ask for: %s", got, want)
	}
	if got, want := claims["sub"], "604f723a-94ca-8389-bbd3-4404edd7a1bf"; got != want {
		t.Errorf("sub = %v, want %s: what bob owns is kept by it", got, want)
	}
	for _, claims := range []map[string]any{claims, claimsOf(t, reply["id_token"])} {
		for _, name := range []string{"cognito:groups", "email", "email_verified", "nonce"} {
			if _, ok := claims[name]; ok {
				t.Errorf("%s token has %s", claims["token_use"], name)
			}
		}
	}
}

func TestAuthorizeTellsTheApplication(t *testing.T) {
	rows := []struct {
		name    string
		changes []string
		want    string
	}{
		{"no response type", []string{"response_type", ""}, "unsupported_response_type"},
		{"the implicit grant", []string{"response_type", "token"}, "unsupported_response_type"},
		{"no challenge", []string{"code_challenge", ""}, "invalid_request"},
		{"a short challenge", []string{"code_challenge", "abc"}, "invalid_request"},
		{"a challenge that is not base64url", []string{"code_challenge", strings.Repeat("+", 43)}, "invalid_request"},
		{"a challenge with loose bits", []string{"code_challenge", strings.Repeat("B", 43)}, "invalid_request"},
		{"no challenge method", []string{"code_challenge_method", ""}, "invalid_request"},
		{"the plain method", []string{"code_challenge_method", "plain"}, "invalid_request"},
		{"a scope of another client", []string{"scope", "notes-api/write"}, "invalid_scope"},
		{"a resource of another client", []string{"resource", "https://other.example/"}, "invalid_target"},
		{"a resource by another spelling", []string{"resource", notesAPI + "/"}, "invalid_target"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			response, _ := submit(t, authorization(row.changes...), "alice", "alice-password", nil)
			if diff := cmp.Diff(url.Values{"error": {row.want}, "state": {"s t&te"}}, answer(t, response)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAuthorizeNeverRedirectsToAStranger(t *testing.T) {
	rows := map[string]url.Values{
		"unknown client":            authorization("client_id", "nobody"),
		"a client without users":    authorization("client_id", "reader"),
		"no client":                 authorization("client_id", ""),
		"no redirect URI":           authorization("redirect_uri", ""),
		"another host":              authorization("redirect_uri", "http://evil.example/callback?from=issuer"),
		"a longer path":             authorization("redirect_uri", callback+"/more"),
		"another case":              authorization("redirect_uri", strings.ToUpper(callback)),
		"another client's":          authorization("redirect_uri", "http://localhost:9000/cb"),
		"two redirect URIs":         {"client_id": {"page"}, "redirect_uri": {callback, "http://evil.example"}},
		"two clients":               {"client_id": {"page", "writer"}, "redirect_uri": {callback}},
		"a prefix with credentials": authorization("redirect_uri", "http://localhost:3000@evil.example/callback"),
	}
	for name, query := range rows {
		t.Run(name, func(t *testing.T) {
			response, _ := submit(t, query, "alice", "alice-password", nil)
			if got := response.Header.Get("Location"); response.StatusCode != http.StatusBadRequest || got != "" {
				t.Errorf("status %d, Location %q; want 400 and none", response.StatusCode, got)
			}
		})
	}
}

func TestSignInRefusesWrongPasswords(t *testing.T) {
	for _, row := range [][2]string{{"alice", "bob-password"}, {"alice", ""}, {"", ""}, {"nobody", "alice-password"}, {"Alice", "alice-password"}} {
		response, body := submit(t, authorization(), row[0], row[1], nil)
		if response.StatusCode != http.StatusForbidden || response.Header.Get("Location") != "" {
			t.Errorf("%q: status %d, Location %q; want 403 and none", row, response.StatusCode, response.Header.Get("Location"))
		}
		if !strings.Contains(body, "Incorrect username or password") {
			t.Errorf("%q: the page does not say why", row)
		}
	}
}

func TestSignInRefusesFormsOfOtherSites(t *testing.T) {
	rows := map[string]func(*http.Request){
		"cross-site":                    func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another port of the same host": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"an old browser elsewhere": func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "https://evil.example")
		},
	}
	for name, edit := range rows {
		response, _ := submit(t, authorization(), "alice", "alice-password", edit)
		if response.StatusCode != http.StatusForbidden || response.Header.Get("Location") != "" {
			t.Errorf("%s: status %d, Location %q; want 403 and none", name, response.StatusCode, response.Header.Get("Location"))
		}
	}
}

func TestSignInPage(t *testing.T) {
	_, server := sharedIssuer()
	response, body := get(t, server.URL+"/oauth2/authorize?"+authorization().Encode())
	if response.StatusCode != http.StatusOK {
		t.Fatalf("status = %d", response.StatusCode)
	}
	for _, want := range []string{"to continue to page", `<form method="post">`, `name="username"`, `name="password"`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if got := response.Header.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") {
		t.Errorf("Content-Security-Policy = %q: others may frame the page", got)
	}
}
