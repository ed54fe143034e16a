package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// tellsCallers is a function that greets each caller by the token, and counts.
func tellsCallers(calls *int) function {
	return func(_ context.Context, event []byte) ([]byte, error) {
		*calls++
		var e struct {
			Path    string
			Headers map[string]string
		}
		if err := json.Unmarshal(event, &e); err != nil {
			return nil, err
		}
		return json.Marshal(map[string]any{"statusCode": 200, "headers": map[string]string{"X-Call": fmt.Sprint(*calls)}, "body": e.Headers["Authorization"] + " at " + e.Path})
	}
}

func TestResponseCache(t *testing.T) {
	const token, page, proxy = "method.request.header.Authorization", "method.request.querystring.page", "method.request.path.proxy"
	type request struct {
		after                time.Duration
		method, path, caller string
		want                 string // the body
		called               bool
	}
	for _, row := range []struct {
		name     string
		key      []string
		requests []request
	}{
		{"the path and nothing that tells callers apart: one reply for everybody", []string{proxy}, []request{
			{0, "GET", "/a", "ada", "ada at /a", true}, {0, "GET", "/a", "bob", "ada at /a", false}, {0, "GET", "/b", "bob", "bob at /b", true}}},
		{"without the path: one reply for all paths", nil, []request{{0, "GET", "/a", "ada", "ada at /a", true}, {0, "GET", "/b", "ada", "ada at /a", false}}},
		{"with the caller: nobody sees another's reply", []string{proxy, token}, []request{
			{0, "GET", "/a", "ada", "ada at /a", true}, {0, "GET", "/a", "bob", "bob at /a", true}, {0, "GET", "/a", "ada", "ada at /a", false}, {0, "GET", "/a", "bob", "bob at /a", false}}},
		{"until the end", []string{proxy}, []request{{0, "GET", "/a", "ada", "ada at /a", true}, {time.Minute - 1, "GET", "/a", "bob", "ada at /a", false},
			{1, "GET", "/a", "bob", "bob at /a", true}}},
		{"only GET", []string{proxy}, []request{{0, "POST", "/a", "ada", "ada at /a", true}, {0, "GET", "/a", "bob", "bob at /a", true}, {0, "POST", "/a", "ada", "ada at /a", true}}},
		{"what the key leaves out does not count", []string{proxy}, []request{{0, "GET", "/a?page=1", "ada", "ada at /a", true}, {0, "GET", "/a?page=2", "ada", "ada at /a", false}}},
		{"what is in it does", []string{proxy, page}, []request{{0, "GET", "/a?page=1", "ada", "ada at /a", true}, {0, "GET", "/a?page=2", "bob", "bob at /a", true}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			calls := 0
			g := gateway.MustNew(gateway.Config{Function: tellsCallers(&calls), Format: adapter.RESTAPI, BasePath: "/",
				Routes: []gateway.Route{{Key: "ANY /{proxy+}", CacheTTL: time.Minute, CacheKey: row.key}}})
			for i, request := range row.requests {
				time.Sleep(request.after)
				before := calls
				r := httptest.NewRequest(request.method, request.path, nil)
				r.Header.Set("Authorization", request.caller)
				w := httptest.NewRecorder()
				g.ServeHTTP(w, r)
				if w.Body.String() != request.want || (calls > before) != request.called {
					t.Errorf("%s: request %d: %q, called: %v; want %q, %v", row.name, i, w.Body, calls > before, request.want, request.called)
				}
			}
		})
	}
}

// The authorizer is asked for each request, and who it refuses sees no reply that
// is kept.
func TestResponseCacheComesAfterTheAuthorizer(t *testing.T) {
	calls := 0
	config := partners(gateway.UsagePlan{Keys: map[string]string{"k3y": "k1"}, Quota: 2})
	config.Function = tellsCallers(&calls)
	config.Authorizer = gateway.AuthorizerFunc(func(r *http.Request, _ gateway.Route) (*gateway.Authorization, error) {
		if r.Header.Get("Authorization") != "ada" {
			return nil, &gateway.Refusal{Status: 401, Reason: "not ada"}
		}
		return nil, nil
	})
	config.Routes = []gateway.Route{{Key: "GET /a", APIKey: true, CacheTTL: time.Hour}}
	g := gateway.MustNew(config)
	var ids []string
	for i, row := range []struct {
		caller string
		want   int
	}{{"ada", 200}, {"eve", 401}, {"ada", 200}, {"ada", 429}} {
		r := keyed("/a", "k3y")
		r.Header.Set("Authorization", row.caller)
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != row.want {
			t.Errorf("request %d: status %d, want %d", i, w.Code, row.want)
		}
		ids = append(ids, w.Header().Get("X-Amzn-Requestid"))
	}
	if calls != 1 || ids[0] == ids[2] {
		t.Errorf("%d calls, want 1; ids %q, want different ones", calls, ids)
	}
}

func TestResponseCacheKeepsNoLargeReply(t *testing.T) {
	for size, want := range map[int]int{1 << 20: 1, 1<<20 + 1: 2} {
		calls := 0
		reply := `{"statusCode":200,"body":"` + strings.Repeat("x", size) + `"}`
		g := gateway.MustNew(gateway.Config{Format: adapter.RESTAPI, BasePath: "/", Routes: []gateway.Route{{Key: "GET /", CacheTTL: time.Hour}},
			Function: function(func(context.Context, []byte) ([]byte, error) { calls++; return []byte(reply), nil })})
		for range 2 {
			g.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		}
		if calls != want {
			t.Errorf("%d bytes: %d calls, want %d", size, calls, want)
		}
	}
}
