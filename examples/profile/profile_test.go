package profile_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/profile"
)

const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// An upstream is the issuer's userInfo endpoint, without a network.
type upstream struct {
	status int
	body   string
	hangs  bool
	asked  int
	token  string // that came last
}

func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	u.asked++
	u.token = r.Header.Get("Authorization")
	if u.hangs {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode: u.status, Status: http.StatusText(u.status), Request: r,
		Header: http.Header{"Location": {"https://elsewhere.example.com"}}, Body: io.NopCloser(strings.NewReader(u.body)),
	}, nil
}

func api(t *testing.T, u *upstream) *authz.Mux {
	t.Helper()
	info, err := profile.NewUserInfo("https://auth.example.com/oauth2/userInfo")
	if err != nil {
		t.Fatal(err)
	}
	info.SetTransport(u)
	return profile.Handler(claims.MustNew(claims.Config{Issuers: []string{issuer}}), info)
}

// get asks as a user and returns the answer.
func get(t *testing.T, mux *authz.Mux, subject string, more map[string]any) (int, profile.Profile, http.Header) {
	t.Helper()
	caller := map[string]any{"sub": subject, "username": subject, "token_use": "access", "scope": "openid"}
	for name, value := range more {
		caller[name] = value
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, authztest.FrontOf(mux).As(httptest.NewRequest("GET", "/profile", nil), caller))
	var p profile.Profile
	_ = json.Unmarshal(w.Body.Bytes(), &p)
	return w.Code, p, w.Header()
}

const adas = `{"sub":"ada","email":"ada@example.com","email_verified":"true"}`

// TestUpstream: what userInfo does, and what the caller sees.
func TestUpstream(t *testing.T) {
	for what, test := range map[string]struct {
		upstream upstream
		status   int
		email    string
	}{
		"an address":             {upstream{status: 200, body: adas}, 200, "ada@example.com"},
		"verified as a boolean":  {upstream{status: 200, body: `{"sub":"ada","email":"ada@example.com","email_verified":true}`}, 200, "ada@example.com"},
		"not verified":           {upstream{status: 200, body: `{"sub":"ada","email":"ada@example.com","email_verified":"false"}`}, 200, ""},
		"verification not said":  {upstream{status: 200, body: `{"sub":"ada","email":"ada@example.com"}`}, 200, ""},
		"no address":             {upstream{status: 200, body: `{"sub":"ada"}`}, 200, ""},
		"of another subject":     {upstream{status: 200, body: `{"sub":"eve","email":"eve@example.com","email_verified":"true"}`}, 503, ""},
		"of no subject":          {upstream{status: 200, body: `{"email":"eve@example.com","email_verified":"true"}`}, 503, ""},
		"a reply beyond 64 KB":   {upstream{status: 200, body: `{"about":"` + strings.Repeat("x", 64<<10) + `",` + adas[1:]}, 503, ""},
		"no JSON":                {upstream{status: 200, body: `<html>`}, 503, ""},
		"the token was revoked":  {upstream{status: 401}, 401, ""},
		"the token lacks openid": {upstream{status: 403}, 401, ""},
		"too many requests":      {upstream{status: 429}, 503, ""},
		"an error":               {upstream{status: 500}, 503, ""},
		"a redirect":             {upstream{status: 302}, 503, ""},
		"silence":                {upstream{hangs: true}, 503, ""},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := test.upstream
				start := time.Now()
				status, p, header := get(t, api(t, &u), "ada", nil)
				if status != test.status || p.Email != test.email {
					t.Errorf("status %d, e-mail %q; want %d, %q", status, p.Email, test.status, test.email)
				}
				if status == 401 && !strings.Contains(header.Get("WWW-Authenticate"), "invalid_token") || status == 503 && header.Get("Retry-After") == "" {
					t.Errorf("header %v", header)
				}
				if took := time.Since(start); took > 2*time.Second {
					t.Errorf("the caller waited %v", took)
				}
				if u.asked != 1 || !strings.HasPrefix(u.token, "Bearer ") {
					t.Errorf("asked %d times, with %.10q", u.asked, u.token)
				}
			})
		})
	}
}

// TestCache: an address is asked for every five minutes, and may be an hour old while
// the issuer cannot be asked. Callers do not share it.
func TestCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{status: 200, body: adas}
		mux := api(t, u)
		want := func(what, subject string, status int, email string, asked int) {
			t.Helper()
			got, p, _ := get(t, mux, subject, nil)
			if got != status || p.Email != email || u.asked != asked {
				t.Errorf("%s: status %d, e-mail %q, asked %d times; want %d, %q, %d", what, got, p.Email, u.asked, status, email, asked)
			}
		}
		want("first", "ada", 200, "ada@example.com", 1)
		want("kept", "ada", 200, "ada@example.com", 1)
		want("another caller", "eve", 503, "", 2)
		u.body = `{"sub":"ada","email":"ada@new.example.com","email_verified":"true"}`
		time.Sleep(5 * time.Minute)
		want("asked again", "ada", 200, "ada@new.example.com", 3)
		u.status = 500
		time.Sleep(59 * time.Minute)
		want("an outage", "ada", 200, "ada@new.example.com", 4)
		time.Sleep(time.Minute)
		want("a long outage", "ada", 503, "", 5)
		u.status = 200
		want("the end of it", "ada", 200, "ada@new.example.com", 6)
		u.status = 401
		time.Sleep(5 * time.Minute)
		want("revoked", "ada", 401, "", 7)
		u.status = 500
		want("revoked, then an outage", "ada", 503, "", 8)
	})
}

// TestTrigger: what the token says is not asked for. An address that the token says was
// not verified is nobody's.
func TestTrigger(t *testing.T) {
	for what, test := range map[string]struct {
		claims map[string]any
		want   string
	}{
		"by the trigger":        {map[string]any{"email": "ada@example.com"}, "ada@example.com"},
		"verified":              {map[string]any{"email": "ada@example.com", "email_verified": true}, "ada@example.com"},
		"verified as a string":  {map[string]any{"email": "ada@example.com", "email_verified": "true"}, "ada@example.com"},
		"not verified":          {map[string]any{"email": "ada@example.com", "email_verified": false}, ""},
		"not verified, as text": {map[string]any{"email": "ada@example.com", "email_verified": "false"}, ""},
	} {
		u := &upstream{status: 500}
		status, p, _ := get(t, api(t, u), "ada", test.claims)
		if status != 200 || p.Email != test.want || u.asked != 0 {
			t.Errorf("%s: status %d, %+v, asked %d times; want %q", what, status, p, u.asked, test.want)
		}
	}
}

// TestTokenPassedOn: userInfo is asked with the token that the caller has sent, as it is.
func TestTokenPassedOn(t *testing.T) {
	u := &upstream{status: 200, body: adas}
	mux := api(t, u)
	r := authztest.FrontOf(mux).As(httptest.NewRequest("GET", "/profile", nil),
		map[string]any{"sub": "ada", "token_use": "access", "scope": "openid"})
	mux.ServeHTTP(httptest.NewRecorder(), r)
	if want := r.Header.Get("Authorization"); want == "" || u.token != want {
		t.Errorf("asked with %.20q, want %.20q", u.token, want)
	}
}

func TestStrangers(t *testing.T) {
	u := &upstream{status: 200, body: adas}
	mux := api(t, u)
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/profile", nil)
	r.Header.Set("Authorization", "Bearer forged")
	mux.ServeHTTP(w, r)
	if w.Code != 401 || u.asked != 0 {
		t.Errorf("status %d, asked %d times", w.Code, u.asked)
	}
	if status, _, _ := get(t, mux, "ada", map[string]any{"scope": "notes-api/read"}); status != 403 || u.asked != 0 {
		t.Errorf("without the scope: status %d, asked %d times", status, u.asked)
	}
	if status, _, _ := get(t, mux, "ada", map[string]any{"token_use": "id"}); status == 200 || u.asked != 0 {
		t.Errorf("an ID token: status %d, asked %d times", status, u.asked)
	}
}

func TestEndpoint(t *testing.T) {
	for url, ok := range map[string]bool{
		"https://auth.example.com/oauth2/userInfo": true,
		"http://localhost:8081/oauth2/userInfo":    true,
		"http://auth.example.com/oauth2/userInfo":  false,
		"https://user@auth.example.com/":           false,
		"/oauth2/userInfo":                         false,
		"":                                         false,
	} {
		if _, err := profile.NewUserInfo(url); (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
	}
}
