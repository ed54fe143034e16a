package partners_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/partners"
	"github.com/gatehouse-go/gatehouse/examples/partners/restapi"
)

const (
	issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"

	basicKey, premiumKey = "basic-key-of-acme", "premium-key-of-globex"
)

var all = partners.Partners{
	"acme":   {Tier: partners.Basic, KeyID: "acme-key"},
	"globex": {Tier: partners.Premium, KeyID: "globex-key"},
}

// A chain is the REST API and the function.
type chain struct {
	front authztest.Front
	api   http.Handler
	calls *int // of the function
}

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

func start(t *testing.T) chain {
	t.Helper()
	mux := partners.Handler(claims.MustNew(claims.Config{Issuers: []string{issuer}}), all)
	front := authztest.FrontOf(mux)
	front.Format = adapter.RESTAPI
	calls := 0
	counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		mux.ServeHTTP(w, r)
	})
	api := authztest.Chain(t, counted, &authztest.Options{Front: front, Configure: func(c *gateway.Config) {
		c.Routes, c.UsagePlans = restapi.Routes(), restapi.Plans()
	}})
	return chain{front, api, &calls}
}

// get asks as a partner, with a key. Each token is another one, unless now says the
// same.
func (c chain) get(path, client, key string, now time.Time) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if client != "" {
		r = c.front.As(r, map[string]any{
			"sub": client, "client_id": client, "token_use": "access", "scope": partners.Scope,
			"iat": now.Unix(), "exp": now.Add(48 * time.Hour).Unix(),
		})
	}
	if key != "" {
		r.Header.Set("X-Api-Key", key)
	}
	w := httptest.NewRecorder()
	c.api.ServeHTTP(w, r)
	return w
}

// TestKeyAndToken: a key alone opens nothing, and neither does another partner's.
func TestKeyAndToken(t *testing.T) {
	// This gateway asks no authorizer, so that the function is seen to refuse. With
	// one, as in local/main.go, a stranger gets 401 before the key is looked at.
	for what, test := range map[string]struct {
		path, client, key string
		want              int
	}{
		"neither":                      {"/rates", "", "", 403},
		"a key without a token":        {"/rates", "", premiumKey, 401},
		"a token without a key":        {"/rates", "globex", "", 403},
		"an unknown key":               {"/rates", "globex", "guess", 403},
		"another partner's key":        {"/rates", "acme", premiumKey, 403},
		"another partner's lesser key": {"/rates", "globex", basicKey, 403},
		"a client that is no partner":  {"/rates", "initech", premiumKey, 403},
		"a partner":                    {"/rates", "acme", basicKey, 200},
		"a partner without the tier":   {"/forecast", "acme", basicKey, 403},
		"a partner with the tier":      {"/forecast", "globex", premiumKey, 200},
		"the tier by another's key":    {"/forecast", "acme", premiumKey, 403},
		"no such operation":            {"/admin", "globex", premiumKey, 403},
	} {
		if w := start(t).get(test.path, test.client, test.key, time.Now()); w.Code != test.want {
			t.Errorf("%s: status %d, want %d; body %s", what, w.Code, test.want, w.Body)
		}
	}
}

// TestBurst: two at once and one per second for one partner, while the other goes on.
func TestBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t)
		want := func(what, client, key string, status int) {
			t.Helper()
			if w := c.get("/rates", client, key, time.Now()); w.Code != status {
				t.Errorf("%s: status %d, want %d", what, w.Code, status)
			}
		}
		want("first", "acme", basicKey, 200)
		want("second", "acme", basicKey, 200)
		want("third", "acme", basicKey, 429)
		for range 100 {
			want("the other partner", "globex", premiumKey, 200)
		}
		time.Sleep(time.Second)
		want("a second later", "acme", basicKey, 200)
		want("at once again", "acme", basicKey, 429)
	})
}

// TestSpentByOthers: what the function refuses is counted before, so that whoever has a
// token and another partner's key can use up its plan.
func TestSpentByOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t)
		for i := range 10 {
			if w := c.get("/rates", "globex", basicKey, time.Now()); w.Code != 403 {
				t.Fatalf("request %d with another's key: status %d", i+1, w.Code)
			}
			time.Sleep(2 * time.Second)
		}
		if w := c.get("/rates", "acme", basicKey, time.Now()); w.Code != 429 || !strings.Contains(w.Body.String(), "Limit Exceeded") {
			t.Errorf("the key's partner: status %d, body %s", w.Code, w.Body)
		}
	})
}

// TestIDToken: an ID token is the client's, and opens nothing.
func TestIDToken(t *testing.T) {
	c := start(t)
	r := c.front.As(httptest.NewRequest("GET", "/rates", nil), map[string]any{
		"sub": "acme", "client_id": "acme", "token_use": "id", "scope": partners.Scope,
	})
	r.Header.Set("X-Api-Key", basicKey)
	w := httptest.NewRecorder()
	c.api.ServeHTTP(w, r)
	if w.Code == 200 || *c.calls == 0 {
		t.Errorf("status %d, %d calls of the function", w.Code, *c.calls)
	}
}

// TestQuota: ten a day, those from the cache included.
func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t)
		token := time.Now()
		for i := range 10 {
			if w := c.get("/rates", "acme", basicKey, token); w.Code != 200 {
				t.Fatalf("request %d: status %d", i+1, w.Code)
			}
			time.Sleep(2 * time.Second)
		}
		if *c.calls > 3 {
			t.Errorf("%d calls of the function in 20 s, with a cache of 10 s", *c.calls)
		}
		w := c.get("/rates", "acme", basicKey, token)
		if w.Code != 429 || !strings.Contains(w.Body.String(), "Limit Exceeded") {
			t.Errorf("the eleventh: status %d, body %s", w.Code, w.Body)
		}
		if w := c.get("/rates", "globex", premiumKey, token); w.Code != 200 {
			t.Errorf("the other partner: status %d", w.Code)
		}
		time.Sleep(24 * time.Hour)
		if w := c.get("/rates", "acme", basicKey, token); w.Code != 200 {
			t.Errorf("the next day: status %d", w.Code)
		}
	})
}

// TestCache: a cached reply reaches nobody but the caller that it was made for.
func TestCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t)
		token := time.Now()
		want := func(what, client, key string, status, calls int) {
			t.Helper()
			w := c.get("/rates", client, key, token)
			if w.Code != status || *c.calls != calls {
				t.Errorf("%s: status %d after %d calls, want %d after %d", what, w.Code, *c.calls, status, calls)
			}
			if status == 200 && !strings.Contains(w.Body.String(), `"for":"`+client+`"`) {
				t.Errorf("%s: body %s", what, w.Body)
			}
		}
		want("the first", "globex", premiumKey, 200, 1)
		want("from the cache", "globex", premiumKey, 200, 1)
		want("another partner", "acme", basicKey, 200, 2)
		want("from the cache", "globex", premiumKey, 200, 2)
		want("nobody", "", premiumKey, 401, 3)
		want("no key", "globex", "", 403, 3)
		time.Sleep(10 * time.Second)
		want("after ten seconds", "globex", premiumKey, 200, 4)
	})
}

// TestCachedForAnotherKey: a partner whose reply is cached does not get it by another
// one's key.
func TestCachedForAnotherKey(t *testing.T) {
	c := start(t)
	token := time.Now()
	if w := c.get("/rates", "acme", basicKey, token); w.Code != 200 {
		t.Errorf("its own: status %d", w.Code)
	}
	if w := c.get("/rates", "acme", premiumKey, token); w.Code != 403 {
		t.Errorf("another's: status %d, body %s", w.Code, w.Body)
	}
}

func TestParse(t *testing.T) {
	good, err := partners.Parse([]byte(`{"acme": {"tier": 1, "key_id": "a"}, "globex": {"tier": 2, "key_id": "b"}}`))
	if err != nil || len(good) != 2 {
		t.Errorf("%v, %v", good, err)
	}
	for _, bad := range []string{
		``, `{}`, `[]`,
		`{"acme": {"tier": 1}}`, `{"acme": {"key_id": "a"}}`, `{"acme": {"tier": 3, "key_id": "a"}}`,
		`{"acme": {"tier": 1, "key_id": "a"}, "globex": {"tier": 2, "key_id": "a"}}`,
	} {
		if _, err := partners.Parse([]byte(bad)); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
