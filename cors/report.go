package cors

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// What clients can make Report say is bounded: in each period, every reason is
// reported for so many origins.
const (
	reportPeriod  = time.Minute
	reportOrigins = 8
	reportOrigin  = 128 // bytes of an origin that is shown
)

// refusals tells Config.Report about refused requests. The reasons are texts of
// this package, so the map has at most a few dozen entries.
type refusals struct {
	hook func(origin, reason string)

	mu      sync.Mutex
	reasons map[string]*refusal
}

// refusal is what is known about one reason.
type refusal struct {
	since   time.Time // when the period began
	origins []string  // those reported in it
	omitted int       // requests that were refused for this reason and not reported
}

func newRefusals(hook func(origin, reason string)) *refusals {
	if hook == nil {
		return nil
	}
	return &refusals{hook: hook, reasons: make(map[string]*refusal)}
}

// add reports a refusal, or only counts it. It shows an origin only if it is one:
// everything else is bytes that a client made up.
func (f *refusals) add(origin, reason string) {
	if len(origin) > reportOrigin || originProblem(origin) != "" {
		origin = ""
	}
	omitted, report := f.count(origin, reason)
	switch {
	case !report:
	case omitted > 0:
		f.hook(origin, fmt.Sprintf("%s (and %d more requests since the last report)", reason, omitted))
	default:
		f.hook(origin, reason)
	}
}

// count reports whether the hook is to be told, and how many refusals for the
// same reason it was not told about.
func (f *refusals) count(origin, reason string) (omitted int, report bool) {
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.reasons[reason]
	if !ok {
		known = new(refusal)
		f.reasons[reason] = known
	}
	if now.Sub(known.since) >= reportPeriod {
		known.since, known.origins = now, known.origins[:0]
	}
	if len(known.origins) == reportOrigins || slices.Contains(known.origins, origin) {
		known.omitted++
		return 0, false
	}
	// A clone, because the request's memory must not live as long as this list.
	known.origins = append(known.origins, strings.Clone(origin))
	omitted, known.omitted = known.omitted, 0
	return omitted, true
}

// report tells Config.Report why r is refused, if it is.
func (m *Middleware) report(r *http.Request, d *decision) {
	if m.refusals != nil && d.problem != "" {
		m.refusals.add(r.Header["Origin"][0], d.problem)
	}
}

// problem says why a browser will keep something from the page that sent r, and
// names the field of Config to change. "" means that nothing is known; the text
// holds no byte of r. allow is the origin that r may be answered with.
func (m *Middleware) problem(r *http.Request, allow string, preflight bool) string {
	lines := r.Header["Origin"]
	switch {
	case len(lines) == 0:
	case preflight && m.owner == OwnerGateway:
		return "a preflight reached the function, though Owner is OwnerGateway"
	case m.owner == OwnerGateway:
	case len(lines) > 1:
		return "more than one Origin line"
	case allow == "" && !isOwn(lines[0], r.Host):
		return m.origins.reason(lines[0])
	case preflight && m.owner == OwnerGatewayPreflight:
		return "a preflight reached the function, though Owner is OwnerGatewayPreflight"
	case preflight:
		return m.asked.problem(r.Header)
	}
	return ""
}

// isOwn reports whether a page of the API itself sent the request: browsers
// send Origin with every POST, and such a page needs no permission.
func isOwn(origin, host string) bool {
	return host != "" && strings.HasSuffix(origin, "://"+host)
}

// reason says why origin is not allowed, and looks for the usual mistakes. It
// never holds bytes of the origin.
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
	return "the origin is not in AllowOrigins"
}
