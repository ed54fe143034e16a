package gateway_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// A partner's key is counted, and a reply is kept for the caller who got it: the
// header that names the caller is in the key of the cache, as is the path.
func ExampleUsagePlan() {
	calls := 0
	g := gateway.MustNew(gateway.Config{
		Function: tellsCallers(&calls),
		Format:   adapter.RESTAPI,
		UsagePlans: []gateway.UsagePlan{
			{Keys: map[string]string{"gold-key": "k1"}, Rate: 100, Burst: 200},
			{Keys: map[string]string{"tin-key": "k2"}, Quota: 2, Period: "DAY"},
		},
		Routes: []gateway.Route{{
			Key:      "GET /{proxy+}",
			APIKey:   true,
			CacheTTL: 5 * time.Second,
			CacheKey: []string{"method.request.path.proxy", "method.request.header.Authorization"},
		}},
	})
	get := func(key, caller string) {
		r := httptest.NewRequest(http.MethodGet, "/prod/rates", nil)
		r.Header.Set("X-Api-Key", key)
		r.Header.Set("Authorization", caller)
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body, "after", calls, "calls")
	}
	get("tin-key", "ada")
	get("tin-key", "ada") // from the cache, and yet counted
	get("tin-key", "ada")
	get("gold-key", "bob")
	// Output:
	// 200 ada at /rates after 1 calls
	// 200 ada at /rates after 1 calls
	// 429 {"message":"Limit Exceeded"} after 1 calls
	// 200 bob at /rates after 2 calls
}
