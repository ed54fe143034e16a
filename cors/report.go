package cors

import (
	"net/http"
	"strings"
	"sync"
)

// maxReports bounds what clients can make a policy remember and report.
const maxReports = 64

type refusal struct{ origin, reason string }

// refusals tells a report hook about each refusal once.
type refusals struct {
	hook func(origin, reason string)
	mu   sync.Mutex
	seen map[refusal]struct{}
}

func newRefusals(hook func(origin, reason string)) *refusals {
	if hook == nil {
		return nil
	}
	return &refusals{hook: hook, seen: make(map[refusal]struct{})}
}

func (f *refusals) add(origin, reason string) {
	if f.isNew(refusal{origin, reason}) {
		f.hook(origin, reason)
	}
}

func (f *refusals) isNew(r refusal) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.seen[r]; ok || len(f.seen) == maxReports {
		return false
	}
	// The request's memory must not live as long as the policy.
	r.origin = strings.Clone(r.origin)
	f.seen[r] = struct{}{}
	return true
}

// report finds the reason for a refusal of r. Only policies with a hook come
// here.
func (p *Policy) report(r *http.Request, lines []string, granted bool) {
	origin := lines[0][:min(len(lines[0]), maxOrigin)]
	switch {
	case len(lines) > 1:
		p.refusals.add(origin, "more than one Origin line")
	case !granted && !isOwn(origin, r.Host):
		p.refusals.add(origin, p.origins.reason(lines[0]))
	case p.owner == GatewayPreflight && isPreflight(r):
		p.refusals.add(origin, "a preflight reached the function, though Owner is GatewayPreflight")
	}
}

// isOwn reports whether a page of the API itself sent the request: browsers
// send Origin with every POST, and such a page needs no permission.
func isOwn(origin, host string) bool {
	return host != "" && strings.HasSuffix(origin, "://"+host)
}

// reason says why origin is not allowed, and looks for the usual mistakes.
func (o *origins) reason(origin string) string {
	if problem := originProblem(origin); problem != "" {
		return "not an origin to allow: " + problem
	}
	host := hostOf(origin)
	for _, listed := range o.exact {
		if hostOf(listed) == host {
			return "AllowOrigins has this host with another scheme or port only"
		}
	}
	return "not in AllowOrigins"
}
