package hostile

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
)

// hostileRouters take the same requests with the same policy. exact: each
// request that arrives is decided once; chi answers methods it does not know
// without asking what is mounted in it.
var hostileRouters = []struct {
	name  string
	make  func(*witness) http.Handler
	exact bool
}{
	{"Mux", (*witness).mux, true},
	{"Mux in chi", (*witness).muxInChi, false},
	{"Echo", (*witness).echo, true},
	{"Echo that rewrites", (*witness).rewritingEcho, true},
	{"gin", (*witness).gin, true},
	{"gin that rewrites", (*witness).rewritingGin, true},
	{"chi", (*witness).chi, true},
	{"chi that rewrites", (*witness).rewritingChi, true},
}

var hostileFormats = []adapter.Format{
	adapter.RESTAPI, adapter.HTTPAPIV1, adapter.HTTPAPIV2, adapter.FunctionURL,
	adapter.ALB, adapter.LatticeV1, adapter.LatticeV2,
}

// Whatever a client sends through whatever front: a handler only runs for a
// caller who meets the requirement it was registered with.
func TestHostileRequests(t *testing.T) {
	for _, router := range hostileRouters {
		for _, format := range hostileFormats {
			t.Run(router.name+" behind "+format.String(), func(t *testing.T) {
				w := &witness{}
				front := w.front(router.make(w), format)
				seen := map[authz.Requirement]bool{}
				for _, h := range hostileRequests {
					for _, who := range []string{"", "user", "admin"} {
						*w = witness{}
						res := serve(front, h.request(t, who))
						for _, wrong := range w.judge(who, res.Code, router.exact) {
							t.Errorf("%s %q as %q: %s", h.line, h.header, who, wrong)
						}
						for _, req := range w.ran {
							seen[req] = true
						}
					}
				}
				for _, rule := range hostilePolicy {
					if !seen[rule.requirement] {
						t.Errorf("the handler of %s %s%s never ran, so nothing is known of it", rule.method, rule.host, rule.mux)
					}
				}
			})
		}
	}
}

// front is a gateway of the format before the adapter before h. It looks like a
// custom domain, so that no stage is in the path.
func (w *witness) front(h http.Handler, format adapter.Format) http.Handler {
	counted := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.reached++
		h.ServeHTTP(rw, r)
	})
	config := gateway.Config{Function: adapter.New(counted, nil), Format: format}
	if format == adapter.RESTAPI {
		config.BasePath = "/"
	}
	return gateway.MustNew(config)
}

// request is what net/http's server makes of h.
func (h hostile) request(t *testing.T, who string) *http.Request {
	t.Helper()
	header := strings.Join(h.header, "\r\n")
	if !strings.Contains(header, "Host: ") || strings.HasPrefix(header, "X-Forwarded-Host") {
		header = "Host: api.example\r\n" + header
	}
	if who != "" {
		header = strings.TrimSuffix(header, "\r\n") + "\r\nAuthorization: Bearer " + who
	}
	text := h.line + " HTTP/1.1\r\n" + strings.TrimSuffix(header, "\r\n") + "\r\n\r\n"
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatalf("%s: %v", h.line, err)
	}
	r.RemoteAddr = "192.0.2.1:1234"
	return r
}

// judge returns what should not have happened.
func (w *witness) judge(who string, status int, exact bool) (wrong []string) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	caller, err := bearer(as(who, "GET", "/"))
	if err != nil {
		complain("no caller: %v", err)
	}
	for _, req := range w.ran {
		if req != authz.Public() && (caller == nil || req.Check(nil, caller) != nil) {
			complain("ran a handler that requires %s", req)
		}
		if len(w.decisions) != 1 || w.decisions[0].Result != authz.Granted || w.decisions[0].Requirement != req.String() {
			complain("ran a handler that requires %s on decisions %+v", req, w.decisions)
		}
	}
	if len(w.ran) > 1 {
		complain("ran %d handlers", len(w.ran))
	}
	if exact && len(w.decisions) != w.reached {
		complain("%d decisions on %d requests", len(w.decisions), w.reached)
	}
	if exact && w.reached > 0 && len(w.ran) == 0 && who == "" && status != http.StatusUnauthorized {
		complain("a stranger is answered %d, want 401", status)
	}
	return wrong
}

// A judge who never complains proves nothing: this is how requirements are often
// attached to paths, and how that fails.
func TestJudgeKnowsABypass(t *testing.T) {
	w := &witness{}
	front := w.front(w.guardedByPath(), adapter.HTTPAPIV2)
	for line, bypass := range map[string]bool{
		"GET /admin":           false,
		"GET /public/a":        false,
		"GET //admin":          true,
		"GET /public/../admin": true,
	} {
		*w = witness{}
		res := serve(front, hostile{line: line}.request(t, ""))
		if wrong := w.judge("", res.Code, false); (len(wrong) > 0) != bypass {
			t.Errorf("%s: %q", line, wrong)
		}
	}
}
