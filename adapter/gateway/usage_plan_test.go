package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

// partners is a REST API whose routes but /open ask for a key of these plans.
func partners(plans ...gateway.UsagePlan) gateway.Config {
	return gateway.Config{Function: returns(okReply), Format: adapter.RESTAPI, BasePath: "/", UsagePlans: plans,
		Routes: []gateway.Route{{Key: "ANY /{proxy+}", APIKey: true}, {Key: "GET /open", Open: true}}}
}

func keyed(path string, keys ...string) *http.Request {
	r := httptest.NewRequest("GET", path, nil)
	for _, key := range keys {
		r.Header.Add("X-Api-Key", key)
	}
	return r
}

var forbidden = seen{403, `{"message":"Forbidden"}`, "ForbiddenException", "no API key that is accepted"}

func TestAPIKeys(t *testing.T) {
	g := partners(gateway.UsagePlan{}, gateway.UsagePlan{Keys: map[string]string{"k3y": "k1"}})
	ok := seen{Status: 200, Body: "ok"}
	ok.Body = text(t, serve(g, keyed("/open")))
	for name, row := range map[string]struct {
		r    *http.Request
		want seen
	}{
		"a key":                   {keyed("/a", "k3y"), ok},
		"another key":             {keyed("/a", "key"), forbidden},
		"two keys":                {keyed("/a", "k3y", "k3y"), forbidden},
		"no key":                  {keyed("/a"), forbidden},
		"an empty key":            {keyed("/a", ""), forbidden},
		"a route that needs none": {keyed("/open", "key"), ok},
	} {
		if diff := cmp.Diff(row.want, see(t, g, row.r)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestAPIKeyInTheEvent(t *testing.T) {
	g := partners(gateway.UsagePlan{Keys: map[string]string{"k3y": "k1"}})
	g.Authorizer = gives(&gateway.Authorization{Identity: map[string]any{"user": "AIDAEXAMPLE"}})
	for path, want := range map[string]map[string]any{
		"/a":    {"apiKey": "k3y", "apiKeyId": "k1", "user": "AIDAEXAMPLE"},
		"/open": {"apiKey": absent, "apiKeyId": absent, "user": nil},
	} {
		identity := member(event(t, g, keyed(path, "k3y")), "requestContext.identity").(map[string]any)
		compareMembers(t, path, identity, want)
	}
}

// A key does not stand for a token: the authorizer comes first, and a refused
// caller does not use up anybody's quota.
func TestAPIKeyNeedsTheAuthorizerToo(t *testing.T) {
	g := partners(gateway.UsagePlan{Keys: map[string]string{"k3y": "k1"}, Quota: 1})
	g.Authorizer = &gateway.CognitoAuthorizer{Issuers: []string{issuer}, Verify: verified(map[string]any{"iss": issuer, "token_use": "id", "exp": 4102444800})}
	played := gateway.MustNew(g)
	for i, row := range []struct {
		token string
		want  int
	}{{"", 401}, {"f.al.se", 401}, {"t.o.k", 200}, {"t.o.k", 429}, {"", 401}} {
		r := keyed("/a", "k3y")
		r.Header.Set("Authorization", row.token)
		w := httptest.NewRecorder()
		played.ServeHTTP(w, r)
		if w.Code != row.want {
			t.Errorf("request %d: status %d, want %d", i, w.Code, row.want)
		}
	}
}

// Each key has a bucket and a quota of its own.
func TestUsagePlans(t *testing.T) {
	const throttled, quota = `{"message":"Too Many Requests"}`, `{"message":"Limit Exceeded"}`
	premium := gateway.UsagePlan{Keys: map[string]string{"gold": "g"}, Rate: 100, Burst: 5}
	basic := gateway.UsagePlan{Keys: map[string]string{"tin": "t", "zinc": "z"}, Rate: 2, Burst: 2, Quota: 5, Period: "DAY"}
	type step struct {
		after time.Duration
		key   string
		n     int // requests
		pass  int // of them
		body  string
	}
	for _, row := range []struct {
		name  string
		steps []step
	}{
		{"burst, then rate", []step{{0, "gold", 8, 5, throttled}, {10 * time.Millisecond, "gold", 2, 1, throttled}, {time.Hour, "gold", 9, 5, throttled}}},
		{"a key's own", []step{{0, "tin", 3, 2, throttled}, {0, "zinc", 3, 2, throttled}, {0, "gold", 1, 1, ""}}},
		{"quota", []step{{0, "tin", 2, 2, ""}, {time.Second, "tin", 2, 2, ""}, {time.Second, "tin", 2, 1, quota}, {time.Hour, "tin", 1, 0, quota}, {0, "zinc", 1, 1, ""}}},
		{"a throttled request does not use up the quota", []step{{0, "tin", 9, 2, throttled}, {time.Second, "tin", 2, 2, ""}, {time.Second, "tin", 1, 1, ""}}},
		{"quota of the next day", []step{{0, "tin", 2, 2, ""}, {time.Second, "tin", 2, 2, ""}, {time.Second, "tin", 2, 1, quota}, {24 * time.Hour, "tin", 2, 2, ""}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := gateway.MustNew(partners(premium, basic))
			for i, step := range row.steps {
				time.Sleep(step.after)
				passed, body := 0, ""
				for range step.n {
					w := httptest.NewRecorder()
					g.ServeHTTP(w, keyed("/a", step.key))
					switch w.Code {
					case 200:
						passed++
					case 429:
						body = w.Body.String()
					default:
						t.Errorf("%s: status %d", row.name, w.Code)
					}
				}
				if passed != step.pass || body != step.body {
					t.Errorf("%s: step %d: %d of %d passed, %s; want %d, %s", row.name, i, passed, step.n, body, step.pass, step.body)
				}
			}
		})
	}
}

// A bubble's clock begins on Saturday, 1 January 2000, at midnight UTC.
func TestQuotaPeriods(t *testing.T) {
	const day = 24 * time.Hour
	for period, row := range map[string]struct{ still, next time.Duration }{
		"DAY": {day - 1, 1}, "WEEK": {day - 1, 1}, "MONTH": {31*day - 1, 1}, "": {31*day - 1, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := gateway.MustNew(partners(gateway.UsagePlan{Keys: map[string]string{"k": "k"}, Quota: 1, Period: period}))
			var got []int
			for _, after := range []time.Duration{0, row.still, row.next, 0} {
				time.Sleep(after)
				w := httptest.NewRecorder()
				g.ServeHTTP(w, keyed("/a", "k"))
				got = append(got, w.Code)
			}
			if diff := cmp.Diff([]int{200, 429, 200, 429}, got); diff != "" {
				t.Errorf("%q: -want +got:\n%s", period, diff)
			}
		})
	}
}

// The authorizer's function can tie the plan to who calls.
func TestAPIKeysFromTheAuthorizer(t *testing.T) {
	g := partners(gateway.UsagePlan{Keys: map[string]string{"gold": "g"}}, gateway.UsagePlan{Keys: map[string]string{"tin": "t"}, Quota: 1})
	g.AuthorizerKeys = true
	for name, row := range map[string]struct {
		a     gateway.Authorizer
		first int
		again int
		id    any
	}{
		"premium": {decides(`{"principalId":"ada","usageIdentifierKey":"gold",` + allows("*") + `}`), 200, 200, "g"},
		"basic":   {decides(`{"principalId":"bob","usageIdentifierKey":"tin",` + allows("*") + `}`), 200, 429, "t"},
		"unknown": {decides(`{"principalId":"eve","usageIdentifierKey":"lead",` + allows("*") + `}`), 403, 403, nil},
		"no key":  {decides(`{"principalId":"eve",` + allows("*") + `}`), 403, 403, nil},
		"nobody":  {nil, 403, 403, nil},
	} {
		g.Authorizer = row.a
		played := gateway.MustNew(g)
		for i, want := range []int{row.first, row.again} {
			w := httptest.NewRecorder()
			played.ServeHTTP(w, keyed("/a", "gold")) // the client's own does not count
			if w.Code != want {
				t.Errorf("%s, request %d: status %d, want %d", name, i, w.Code, want)
			}
		}
		if row.id != nil {
			if got := member(event(t, g, keyed("/a")), "requestContext.identity.apiKeyId"); got != row.id {
				t.Errorf("%s: apiKeyId %v, want %v", name, got, row.id)
			}
		}
	}
}
