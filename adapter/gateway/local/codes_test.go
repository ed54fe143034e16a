package local_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestExchangeRefuses(t *testing.T) {
	rows := map[string][]string{
		"another verifier":          {"code_verifier", strings.Repeat("x", 43)},
		"no verifier":               {"code_verifier", ""},
		"the challenge as verifier": {"code_verifier", challenge()},
		"another redirect URI":      {"redirect_uri", "http://localhost:3000/callback"},
		"no redirect URI":           {"redirect_uri", ""},
		"another client":            {"client_id", "writer", "client_secret", "writer-secret"},
	}
	for name, changes := range rows {
		t.Run(name, func(t *testing.T) {
			c := code(t, authorization())
			if status, reply := exchange(t, c, changes...); status != http.StatusBadRequest || reply["error"] != "invalid_grant" {
				t.Errorf("status %d, %v; want 400, invalid_grant", status, reply["error"])
			}
			if status, _ := exchange(t, c); status != http.StatusBadRequest {
				t.Errorf("the same code again, all in order: status %d, want 400: a code is good for one attempt", status)
			}
		})
	}
}

func TestCodeIsGoodOnceAndForFiveMinutes(t *testing.T) {
	issuer, _ := sharedIssuer()
	c := code(t, authorization())
	if status, _ := exchange(t, c); status != http.StatusOK {
		t.Fatalf("first exchange: status %d", status)
	}
	if status, reply := exchange(t, c); status != http.StatusBadRequest || reply["error"] != "invalid_grant" {
		t.Errorf("second exchange: %d %v, want 400 invalid_grant", status, reply)
	}
	late := code(t, authorization())
	issuer.SetNow(func() time.Time { return noon.Add(5*time.Minute + time.Second) })
	defer issuer.SetNow(func() time.Time { return noon })
	if status, reply := exchange(t, late); status != http.StatusBadRequest || reply["error"] != "invalid_grant" {
		t.Errorf("exchange after five minutes: %d %v, want 400 invalid_grant", status, reply)
	}
}

func TestWithoutOpenIDThereIsNoIDToken(t *testing.T) {
	status, reply := exchange(t, code(t, authorization("scope", "notes-api/read")))
	if _, ok := reply["id_token"]; ok || status != http.StatusOK {
		t.Errorf("status = %d, id_token there: %t; want 200 and none", status, ok)
	}
}

// RFC 7636 section 4.1: 43 to 128 unreserved characters.
func TestVerifiers(t *testing.T) {
	for name, row := range map[string]struct {
		verifier string
		status   int
	}{
		"42 characters":         {strings.Repeat("v", 42), http.StatusBadRequest},
		"43 characters":         {strings.Repeat("v", 43), http.StatusOK},
		"128 characters":        {strings.Repeat("v", 128), http.StatusOK},
		"129 characters":        {strings.Repeat("v", 129), http.StatusBadRequest},
		"all kinds":             {strings.Repeat("aZ09-._~", 6), http.StatusOK},
		"a blank":               {strings.Repeat("v", 43) + " ", http.StatusBadRequest},
		"padding":               {strings.Repeat("v", 43) + "=", http.StatusBadRequest},
		"a letter beyond ASCII": {strings.Repeat("v", 43) + "é", http.StatusBadRequest},
		"nothing":               {"", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			c := code(t, authorization("code_challenge", challengeOf(row.verifier)))
			status, reply := exchange(t, c, "code_verifier", row.verifier)
			if status != row.status {
				t.Errorf("status = %d, error %v; want %d", status, reply["error"], row.status)
			}
		})
	}
}

// A code that comes twice was seen by somebody else: what the first exchange
// gave counts no more.
func TestASecondExchangeEndsTheSession(t *testing.T) {
	c := code(t, authorization())
	_, first := exchange(t, c)
	if status, _ := userInfo(t, first["access_token"]); status != http.StatusOK {
		t.Fatalf("userInfo before: status %d", status)
	}
	if status, _ := exchange(t, c, "code_verifier", strings.Repeat("x", 43)); status != http.StatusBadRequest {
		t.Fatalf("second exchange: status %d, want 400", status)
	}
	if status, reply := refresh(t, first["refresh_token"]); status != http.StatusBadRequest || reply["error"] != "invalid_grant" {
		t.Errorf("refresh: %d %v, want 400 invalid_grant", status, reply)
	}
	if status, _ := userInfo(t, first["access_token"]); status != http.StatusUnauthorized {
		t.Errorf("userInfo: status %d, want 401", status)
	}
}

func exchange(t *testing.T, code string, changes ...string) (int, map[string]any) {
	t.Helper()
	_, server := sharedIssuer()
	form := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {"page"}, "redirect_uri": {callback},
		"code": {code}, "code_verifier": {verifier},
	}
	return post(t, server.URL+"/oauth2/token", change(form, changes), nil)
}

func code(t *testing.T, query url.Values) string {
	t.Helper()
	response, _ := submit(t, query, "alice", "alice-password", nil)
	return answer(t, response).Get("code")
}
