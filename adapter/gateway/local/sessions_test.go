package local_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// refresh asks as the client page does; changes are pairs.
func refresh(t *testing.T, token any, changes ...string) (int, map[string]any) {
	t.Helper()
	_, server := sharedIssuer()
	text, _ := token.(string)
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {"page"}, "refresh_token": {text}}
	return post(t, server.URL+"/oauth2/token", change(form, changes), nil)
}

func revoke(t *testing.T, token any, changes ...string) (int, string) {
	t.Helper()
	_, server := sharedIssuer()
	text, _ := token.(string)
	form := change(url.Values{"client_id": {"page"}, "token": {text}}, changes)
	response, err := http.PostForm(server.URL+"/oauth2/revoke", form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body struct{ Error string }
	_ = json.NewDecoder(response.Body).Decode(&body) // empty where it is 200
	return response.StatusCode, body.Error
}

// userInfo asks with an access token, or with the whole header if token has a
// blank.
func userInfo(t *testing.T, token any) (int, map[string]any) {
	t.Helper()
	_, server := sharedIssuer()
	r, err := http.NewRequest(http.MethodGet, server.URL+"/oauth2/userInfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := token.(string)
	if !strings.Contains(text, " ") {
		text = "Bearer " + text
	}
	r.Header.Set("Authorization", text)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

// signedIn is what the client page has after alice signed in.
func signedIn(t *testing.T, changes ...string) map[string]any {
	t.Helper()
	status, reply := exchange(t, code(t, authorization(changes...)))
	if status != http.StatusOK {
		t.Fatalf("exchange: status %d, %v", status, reply)
	}
	return reply
}

func TestRefreshRotates(t *testing.T) {
	first := signedIn(t)
	before := claimsOf(t, first["access_token"])
	token := first["refresh_token"]
	for range 3 {
		status, next := refresh(t, token)
		if status != http.StatusOK || next["refresh_token"] == token || next["refresh_token"] == nil {
			t.Fatalf("status %d, the same refresh token %t; want 200 and another", status, next["refresh_token"] == token)
		}
		if diff := cmp.Diff(before, claimsOf(t, next["access_token"])); diff != "" {
			t.Errorf("claims after a refresh (-first +now):\n%s", diff)
		}
		if id := claimsOf(t, next["id_token"]); id["nonce"] != nil || id["origin_jti"] != before["origin_jti"] {
			t.Errorf("ID token: nonce %v, origin_jti %v; want none, and that of the session", id["nonce"], id["origin_jti"])
		}
		token = next["refresh_token"]
	}
}

// Whoever comes with a token that was already taken is a thief, or the one he
// took it from: both lose the session.
func TestAReusedRefreshTokenEndsTheSession(t *testing.T) {
	first := signedIn(t)
	_, second := refresh(t, first["refresh_token"])
	_, third := refresh(t, second["refresh_token"])
	for _, row := range []struct {
		name  string
		token any
	}{{"the used one", first["refresh_token"]}, {"the one that was good", third["refresh_token"]}} {
		if status, reply := refresh(t, row.token); status != http.StatusBadRequest || reply["error"] != "invalid_grant" {
			t.Errorf("%s: %d %v, want 400 invalid_grant", row.name, status, reply)
		}
	}
	if status, _ := userInfo(t, third["access_token"]); status != http.StatusUnauthorized {
		t.Errorf("userInfo with the session's access token: status %d, want 401", status)
	}
}

func TestOneOfManyRefreshesWins(t *testing.T) {
	first := signedIn(t)
	var wins int
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if status, _ := refresh(t, first["refresh_token"]); status == http.StatusOK {
				mu.Lock()
				wins++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if wins != 1 {
		t.Errorf("%d of 8 requests at once got tokens for one refresh token, want 1", wins)
	}
}

func TestRefreshRefuses(t *testing.T) {
	first := signedIn(t)
	token, _ := first["refresh_token"].(string)
	parts := strings.Split(token, ".")
	rows := []struct {
		name    string
		token   string
		changes []string
		want    string
	}{
		{"nothing", "", nil, "invalid_grant"},
		{"garbage", "garbage", nil, "invalid_grant"},
		{"dots", "..", nil, "invalid_grant"},
		{"another turn", parts[0] + ".1." + parts[2], nil, "invalid_grant"},
		{"another session", "00000000-0000-4000-8000-000000000000.0." + parts[2], nil, "invalid_grant"},
		{"no code", parts[0] + "." + parts[1] + ".", nil, "invalid_grant"},
		{"padding", token + "=", nil, "invalid_grant"},
		{"an access token", first["access_token"].(string), nil, "invalid_grant"},
		{"another client", token, []string{"client_id", "writer", "client_secret", "writer-secret"}, "invalid_grant"},
		{"more scopes", token, []string{"scope", "openid notes-api/read notes-api/write"}, "invalid_scope"},
		{"a resource that was not granted", token, []string{"resource", notesAPI}, "invalid_target"},
		{"a client that is not there", token, []string{"client_id", "nobody"}, "invalid_client"},
	}
	for _, row := range rows {
		status, reply := refresh(t, row.token, row.changes...)
		if status != http.StatusBadRequest || reply["error"] != row.want {
			t.Errorf("%s: %d %v, want 400 %s", row.name, status, reply, row.want)
		}
	}
	if status, _ := refresh(t, token); status != http.StatusOK {
		t.Errorf("the token itself, after all that: status %d, want 200: none of these proves that it was stolen", status)
	}
}

func TestRefreshMayNarrowScopes(t *testing.T) {
	first := signedIn(t)
	_, narrow := refresh(t, first["refresh_token"], "scope", "notes-api/read")
	if claims := claimsOf(t, narrow["access_token"]); claims["scope"] != "notes-api/read" || narrow["id_token"] != nil {
		t.Errorf("scope = %v, ID token there: %t; want notes-api/read and none", claims["scope"], narrow["id_token"] != nil)
	}
	_, wide := refresh(t, narrow["refresh_token"])
	if claims := claimsOf(t, wide["access_token"]); claims["scope"] != "openid notes-api/read" {
		t.Errorf("scope = %v, want all that was granted", claims["scope"])
	}
}

func TestSessionsEndAfterThirtyDays(t *testing.T) {
	issuer, _ := sharedIssuer()
	defer issuer.SetNow(func() time.Time { return noon })
	first := signedIn(t)
	issuer.SetNow(func() time.Time { return noon.Add(29 * 24 * time.Hour) })
	status, next := refresh(t, first["refresh_token"])
	if status != http.StatusOK {
		t.Fatalf("after 29 days: status %d", status)
	}
	issuer.SetNow(func() time.Time { return noon.Add(30*24*time.Hour + time.Second) })
	if status, _ := refresh(t, next["refresh_token"]); status != http.StatusBadRequest {
		t.Errorf("after 30 days: status %d, want 400: rotation does not prolong a session", status)
	}
}

func TestRevoke(t *testing.T) {
	first := signedIn(t)
	_, second := refresh(t, first["refresh_token"])
	for _, row := range []struct {
		name    string
		token   any
		changes []string
		status  int
		err     string
	}{
		{"no token", "", nil, 400, "invalid_request"},
		{"no client", second["refresh_token"], []string{"client_id", ""}, 400, "invalid_client"},
		{"a wrong secret", second["refresh_token"], []string{"client_id", "writer", "client_secret", "x"}, 400, "invalid_client"},
		{"an access token", second["access_token"], nil, 400, "unsupported_token_type"},
		{"an ID token", second["id_token"], nil, 400, "unsupported_token_type"},
		{"garbage", "garbage", nil, 200, ""},
		{"by another client", second["refresh_token"], []string{"client_id", "writer", "client_secret", "writer-secret"}, 200, ""},
	} {
		if status, err := revoke(t, row.token, row.changes...); status != row.status || err != row.err {
			t.Errorf("%s: %d %q, want %d %q", row.name, status, err, row.status, row.err)
		}
	}
	if status, _ := userInfo(t, second["access_token"]); status != http.StatusOK {
		t.Fatalf("none of these revokes it: userInfo %d, want 200", status)
	}
	if status, err := revoke(t, first["refresh_token"]); status != 200 {
		t.Errorf("an older token of the session: %d %s, want 200", status, err)
	}
	if status, _ := refresh(t, second["refresh_token"]); status != http.StatusBadRequest {
		t.Errorf("refresh afterwards: status %d, want 400", status)
	}
	if status, _ := userInfo(t, second["access_token"]); status != http.StatusUnauthorized {
		t.Errorf("userInfo afterwards: status %d, want 401", status)
	}
}

func TestUserInfo(t *testing.T) {
	all := map[string]any{"sub": "3f1d", "username": "alice", "email": "alice@example.com", "email_verified": "true"}
	for scope, want := range map[string]map[string]any{
		"openid":               all,
		"openid email":         all,
		"openid email profile": all,
		"openid profile":       {"sub": "3f1d", "username": "alice"},
		"notes-api/read":       {"error": "invalid_token"},
	} {
		_, got := userInfo(t, signedIn(t, "scope", scope)["access_token"])
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("scope %q (-want +got):\n%s", scope, diff)
		}
	}
}

func TestUserInfoRefuses(t *testing.T) {
	issuer, server := sharedIssuer()
	good := map[string]any{"sub": "3f1d", "username": "alice", "scope": "openid"}
	mint := func(changes map[string]any) string {
		claims := map[string]any{}
		for _, m := range []map[string]any{good, changes} {
			for name, value := range m {
				claims[name] = value
			}
		}
		token, err := issuer.Token(claims)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	if status, _ := userInfo(t, mint(nil)); status != http.StatusOK {
		t.Fatalf("a good token: status %d", status)
	}
	for name, token := range map[string]string{
		"nothing":                 "Bearer ",
		"Basic":                   "Basic " + mint(nil),
		"two blanks":              "Bearer  " + mint(nil),
		"expired":                 mint(map[string]any{"exp": noon.Unix()}),
		"no expiry":               mint(map[string]any{"exp": nil}),
		"an ID token":             mint(map[string]any{"token_use": "id"}),
		"another issuer":          mint(map[string]any{"iss": "https://other.example"}),
		"a client's own":          mint(map[string]any{"username": nil}),
		"a user who is not there": mint(map[string]any{"username": "mallory"}),
		"a session nobody began":  mint(map[string]any{"origin_jti": "x"}),
		"claims of other types":   mint(map[string]any{"username": []string{"alice"}}),
	} {
		if status, body := userInfo(t, token); status != http.StatusUnauthorized || body["error"] != "invalid_token" {
			t.Errorf("%s: %d %v, want 401 invalid_token", name, status, body)
		}
	}
	response, err := http.Get(server.URL + "/oauth2/userInfo?access_token=" + mint(nil))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		t.Errorf("token in the query: status %d, want 401", response.StatusCode)
	}
}

func TestResource(t *testing.T) {
	bound := signedIn(t, "resource", notesAPI)
	if got := claimsOf(t, bound["access_token"]); got["aud"] != notesAPI || got["client_id"] != "page" {
		t.Errorf("aud = %v, client_id = %v; want %s and page", got["aud"], got["client_id"], notesAPI)
	}
	if got := claimsOf(t, bound["id_token"]); got["aud"] != "page" {
		t.Errorf("aud of the ID token = %v, want the client", got["aud"])
	}
	_, next := refresh(t, bound["refresh_token"], "resource", notesAPI)
	if got := claimsOf(t, next["access_token"]); got["aud"] != notesAPI {
		t.Errorf("aud after a refresh = %v, want %s", got["aud"], notesAPI)
	}
	if status, reply := exchange(t, code(t, authorization("resource", notesAPI)), "resource", "https://other.example/"); status != 400 {
		t.Errorf("another resource at the token endpoint: %d %v, want 400", status, reply)
	}
	_, server := sharedIssuer()
	form := url.Values{"grant_type": {"client_credentials"}, "resource": {"https://other.example/"}}
	_, reply := post(t, server.URL+"/oauth2/token", form, basic("reader", "reader-secret"))
	if got := claimsOf(t, reply["access_token"]); got["aud"] != "https://other.example/" {
		t.Errorf("client_credentials: aud = %v, want the resource", got["aud"])
	}
}

func TestLogout(t *testing.T) {
	_, server := sharedIssuer()
	for name, row := range map[string]struct{ query, want string }{
		"registered":                {"client_id=page&logout_uri=" + url.QueryEscape(loggedOut), loggedOut},
		"unknown client":            {"client_id=nobody&logout_uri=" + url.QueryEscape(loggedOut), ""},
		"a client without any":      {"client_id=writer&logout_uri=" + url.QueryEscape(loggedOut), ""},
		"a redirect URI":            {"client_id=page&logout_uri=" + url.QueryEscape(callback), ""},
		"none":                      {"client_id=page", ""},
		"empty":                     {"client_id=page&logout_uri=", ""},
		"another host":              {"client_id=page&logout_uri=http%3A%2F%2Fevil.example%2Fbye%3Ffrom%3Dissuer", ""},
		"no scheme":                 {"client_id=page&logout_uri=%2F%2Fevil.example", ""},
		"a longer one":              {"client_id=page&logout_uri=" + url.QueryEscape(loggedOut) + "%40evil.example", ""},
		"another case":              {"client_id=page&logout_uri=" + url.QueryEscape(strings.ToUpper(loggedOut)), ""},
		"two, the good one first":   {"client_id=page&logout_uri=" + url.QueryEscape(loggedOut) + "&logout_uri=http://evil.example", ""},
		"two, the good one last":    {"client_id=page&logout_uri=http://evil.example&logout_uri=" + url.QueryEscape(loggedOut), ""},
		"two clients":               {"client_id=page&client_id=writer&logout_uri=" + url.QueryEscape(loggedOut), ""},
		"OpenID Connect's own name": {"client_id=page&post_logout_redirect_uri=http://evil.example", ""},
	} {
		response, err := http.DefaultTransport.RoundTrip(request(t, http.MethodGet, server.URL+"/logout?"+row.query))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		status := map[bool]int{true: http.StatusSeeOther, false: http.StatusBadRequest}[row.want != ""]
		if got := response.Header.Get("Location"); got != row.want || response.StatusCode != status {
			t.Errorf("%s: status %d, Location %q; want %d, %q", name, response.StatusCode, got, status, row.want)
		}
	}
}

func request(t *testing.T, method, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// FuzzRefreshToken: nothing but a token that the issuer gave is good, however
// near it comes.
func FuzzRefreshToken(f *testing.F) {
	issuer, err := local.NewIssuer(config("http://localhost:8081"))
	if err != nil {
		f.Fatal(err)
	}
	good := issuer.Session("page", "alice")
	f.Add(good)
	f.Add(good + "=")
	f.Add(strings.Replace(good, ".0.", ".00.", 1))
	f.Add(strings.Replace(good, ".0.", ".-0.", 1))
	f.Add(fmt.Sprint("..", good))
	f.Fuzz(func(t *testing.T, token string) {
		if issuer.Renews(token, "page") && token != good {
			t.Errorf("%q is taken for %q", token, good)
		}
	})
}
