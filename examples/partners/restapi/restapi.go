// Package restapi has the REST API before the partners' function, for the laptop and
// for tests.
package restapi

import (
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/examples/partners"
)

// Routes are the API's. Their cached replies are kept apart by the token, which
// names the caller: without it one partner's prices would reach the next. And by the
// API key, or a partner could get its cached reply at the expense of another.
func Routes() []gateway.Route {
	var routes []gateway.Route
	for _, key := range []string{"GET /rates", "GET /forecast"} {
		routes = append(routes, gateway.Route{
			Key:      key,
			Scopes:   []string{partners.Scope},
			APIKey:   true,
			CacheTTL: 10 * time.Second,
			CacheKey: []string{"method.request.header.Authorization", "method.request.header.X-Api-Key"},
		})
	}
	return routes
}

// Plans are the API's usage plans. The keys are the laptop's.
func Plans() []gateway.UsagePlan {
	return []gateway.UsagePlan{
		{Keys: map[string]string{"basic-key-of-acme": "acme-key"}, Rate: 1, Burst: 2, Quota: 10, Period: "DAY"},
		{Keys: map[string]string{"premium-key-of-globex": "globex-key"}, Rate: 100, Burst: 200, Quota: 1_000_000},
	}
}
