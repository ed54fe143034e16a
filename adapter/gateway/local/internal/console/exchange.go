package console

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// exchange is one request and its answer, as far as they are known. All but ID
// is written under the ring's lock. It holds no secret: what comes from the
// request, the answer or an error has been through redact.
type exchange struct {
	ID     uint64
	At     time.Time
	Method string
	Path   string
	Query  string

	origin    string // of a page
	asks      string // the method that a preflight asks for; "": not a preflight
	preflight uint64 // what came before this request; 0: none
	follower  uint64 // what came after this preflight; 0: nothing
	offered   bool   // a credential was sent
	rule      rule   // that the policy has for it

	running  bool
	status   int
	sent     int64 // bytes of the answer's body
	flushed  bool  // before its end
	broken   bool  // the answer was cut off
	duration time.Duration
	asked    time.Duration // what the gateway's authorizer took
	needs    []string      // scopes of which the gateway's route asks for one
	asker    string        // its name; "-": no authorizer was asked

	gateway    front
	answered   bool // gateway is filled in
	invocation string
	function   function
	invoked    bool // function is filled in

	request, response message
}

// rule is what the policy requires of a request.
type rule struct {
	known       bool
	Pattern     string
	Requirement string
}

// front is what the gateway said of a request: of its Record, what may be kept.
type front struct {
	route     string
	refused   bool // by the gateway itself
	reason    string
	err       string
	challenge string // the Bearer challenge of the function's refusal
	duration  time.Duration
}

func frontOf(record gateway.Record) front {
	f := front{
		route:     record.Route,
		refused:   record.RefusedBy == "gateway",
		reason:    string(record.Reason),
		challenge: redact(bearerChallenge(record.FunctionHeader)),
		duration:  record.Duration,
	}
	if record.Err != nil {
		f.err = redact(record.Err.Error())
	}
	return f
}

// function is what became of an invocation.
type function struct {
	route    string
	status   int
	duration time.Duration
	reason   adapter.Reason
	decision map[string]string // the group authz; nil: no Guard has decided
	page     string            // why a browser keeps something from its page; "": nothing is known
}

func functionOf(o *adapter.Outcome) function {
	f := function{route: o.Route, status: o.Status, duration: o.Duration, reason: o.Reason}
	for _, a := range o.Attrs {
		value := a.Value.Resolve()
		switch {
		case value.Kind() != slog.KindGroup:
		case a.Key == "authz":
			f.decision = map[string]string{}
			for _, member := range value.Group() {
				f.decision[member.Key] = redact(member.Value.Resolve().String())
			}
		case a.Key == "cors":
			f.page = value.Group()[0].Value.String() // package cors's own text
		}
	}
	return f
}

// message is a header and the beginning of a body.
type message struct {
	Headers [][2]string `json:"headers"`
	Body    string      `json:"body"`
	Note    string      `json:"note"` // what Body leaves out; "": nothing
	Size    int64       `json:"size"`
}

// isEvents reports whether m is a stream of server-sent events.
func (m *message) isEvents() bool {
	return slices.ContainsFunc(m.Headers, func(field [2]string) bool {
		return field[0] == "Content-Type" && strings.HasPrefix(field[1], "text/event-stream")
	})
}

// preflightOf returns the method that a preflight asks for
// (https://fetch.spec.whatwg.org/#cors-preflight-request).
func preflightOf(r *http.Request) string {
	if r.Method != http.MethodOptions || r.Header.Get("Origin") == "" {
		return ""
	}
	return r.Header.Get("Access-Control-Request-Method")
}

// begin makes the exchange of a request that has just arrived.
func (c *Console) begin(r *http.Request) *exchange {
	e := &exchange{
		At:      time.Now(),
		Method:  redact(clip(r.Method, 32)),
		Path:    redactPath(clip(r.URL.EscapedPath(), pathKept)),
		Query:   redactQuery(clip(r.URL.RawQuery, pathKept)),
		origin:  redact(clip(r.Header.Get("Origin"), 256)),
		asks:    redact(clip(preflightOf(r), 32)),
		offered: r.Header.Get("Authorization") != "",
		rule:    c.ruleFor(r),
		running: true,
		asker:   "-",
		request: message{Headers: headersOf(r.Header, r.Host)},
	}
	c.ring.add(e)
	c.ring.change(e.ID, func() { c.ring.pair(e) })
	return e
}

// pairing is how long after a preflight its request may come. Browsers send it
// at once, unless they remember an earlier preflight.
const pairing = 10 * time.Second

// pair looks for the preflight of e. It is called with the lock held.
func (r *ring) pair(e *exchange) {
	if e.origin == "" || e.asks != "" {
		return
	}
	for i := len(r.entries) - 1; i >= 0 && e.At.Sub(r.entries[i].At) < pairing; i-- {
		p := r.entries[i]
		if p.asks == e.Method && p.Path == e.Path && p.Query == e.Query && p.origin == e.origin && p.follower == 0 {
			p.follower, e.preflight = e.ID, p.ID
			r.touch(p.ID)
			return
		}
	}
}
