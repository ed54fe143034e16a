package gateway

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// UsagePlan limits how often the holders of its API keys may call those routes of
// a REST API that ask for a key ("Usage plans and API keys for REST APIs"). A key
// says whose calls are counted. It does not prove who calls.
type UsagePlan struct {
	// Keys maps each API key of the plan to its id. A key belongs to one plan.
	Keys map[string]string
	// Rate is the number of requests per second that each key may make in the long
	// run, and Burst how many of them at once; Rate 0: any number, and Burst has no
	// meaning.
	Rate  float64
	Burst int
	// Quota is the number of requests that each key may make in a Period; 0: any
	// number.
	Quota int
	// Period is "DAY", "WEEK" or "MONTH"; "": "MONTH". It begins at midnight UTC, a
	// week on Sunday (unconfirmed).
	Period string
}

const (
	reasonKey       adapter.Reason = "no API key that is accepted"
	reasonThrottled adapter.Reason = "the API key's rate is exceeded"
	reasonOverQuota adapter.Reason = "the API key's quota is used up"
)

// checkUsage reports usage plans and keys that cannot work.
func (c *Config) checkUsage() error {
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf("gateway: "+format, args...)) }
	asks := slices.ContainsFunc(c.Routes, func(r Route) bool { return r.APIKey })
	if c.Format != adapter.RESTAPI && (asks || len(c.UsagePlans) > 0 || c.AuthorizerKeys) {
		problem("APIKey, UsagePlans and AuthorizerKeys: only a REST API has API keys here")
	}
	if asks && len(c.UsagePlans) == 0 {
		problem("a route asks for an API key, and UsagePlans has none")
	}
	seen := map[string]bool{}
	for i, plan := range c.UsagePlans {
		plan.check(func(text string) { problem("UsagePlans[%d]: %s", i, text) })
		for key := range maps.Keys(plan.Keys) {
			if key == "" || seen[key] {
				problem("UsagePlans[%d]: a key is empty or in another plan, too", i)
			}
			seen[key] = true
		}
	}
	return errors.Join(problems...)
}

func (p *UsagePlan) check(problem func(text string)) {
	if p.Rate < 0 || p.Burst < 0 || p.Quota < 0 {
		problem("Rate, Burst or Quota is below zero")
	}
	if p.Rate > 0 && p.Burst == 0 {
		problem("Burst is 0, so that Rate would let no request pass")
	}
	if p.Period != "" && p.Period != "DAY" && p.Period != "WEEK" && p.Period != "MONTH" {
		problem(fmt.Sprintf("Period %q: not DAY, WEEK or MONTH", p.Period))
	}
}

// meter counts the requests of every API key. Its zero value is ready for use.
type meter struct {
	mu    sync.Mutex
	usage map[string]*usage
}

// usage is what is known of one key.
type usage struct {
	tokens float64   // requests that may come at once
	filled time.Time // when tokens was right
	period time.Time // its beginning
	used   int
}

// take counts a request with the key, and says why it may not pass, if so. That a
// throttled request does not count for the quota is unconfirmed.
func (m *meter) take(key string, plan *UsagePlan, now time.Time) failure {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.usage == nil {
		m.usage = map[string]*usage{}
	}
	u := m.usage[key]
	if u == nil {
		u = &usage{tokens: float64(plan.Burst), filled: now}
		m.usage[key] = u
	}
	if begin := plan.begin(now); begin.After(u.period) {
		u.period, u.used = begin, 0
	}
	u.tokens = min(float64(plan.Burst), u.tokens+plan.Rate*now.Sub(u.filled).Seconds())
	u.filled = now
	switch {
	case plan.Quota > 0 && u.used >= plan.Quota:
		return overQuota
	case plan.Rate > 0 && u.tokens < 1:
		return throttled
	}
	u.tokens--
	u.used++
	return 0
}

// begin is when the quota's period began that now is in.
func (p *UsagePlan) begin(now time.Time) time.Time {
	year, month, day := now.UTC().Date()
	switch p.Period {
	case "DAY":
	case "WEEK":
		day -= int(now.UTC().Weekday())
	default:
		day = 1
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// count counts the request for its API key, on a route that asks for one. The
// authorizer has been asked before.
func (c *call) count() error {
	if c.route == nil || !c.route.APIKey {
		return nil
	}
	key := headerValue(c.request, "X-Api-Key")
	if c.gateway.config.AuthorizerKeys {
		key = c.auth.key()
	}
	plan, id := c.gateway.config.planOf(key)
	if plan == nil {
		return c.front.refuse(keyRefused, reasonKey)
	}
	switch why := c.gateway.meter.take(key, plan, c.at); why {
	case throttled:
		return c.front.refuse(why, reasonThrottled)
	case overQuota:
		return c.front.refuse(why, reasonOverQuota)
	}
	c.apiKey, c.apiKeyID = key, id
	return nil
}

// planOf is the plan that has the key, and the key's id; nil if none has.
func (c *Config) planOf(key string) (*UsagePlan, string) {
	for i := range c.UsagePlans {
		if id, ok := c.UsagePlans[i].Keys[key]; ok {
			return &c.UsagePlans[i], id
		}
	}
	return nil, ""
}

// key is the API key that an authorizer's function named.
func (a *Authorization) key() string {
	if a == nil {
		return ""
	}
	return a.usageKey
}
