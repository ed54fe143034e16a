package console

import (
	"cmp"
	"net/http"
	"strings"
	"time"
)

// view is what the page is told of an exchange; all but the bodies.
type view struct {
	ID        uint64  `json:"id"`
	At        string  `json:"at"`
	Method    string  `json:"method"`
	Path      string  `json:"path"`
	Query     string  `json:"query"`
	Origin    string  `json:"origin"`
	Asks      string  `json:"asks"` // "": not a preflight
	Preflight uint64  `json:"preflight"`
	Follower  uint64  `json:"follower"`
	State     string  `json:"state"` // running, streaming, done, broken
	Status    int     `json:"status"`
	Bytes     int64   `json:"bytes"`
	Millis    float64 `json:"millis"`
	Layers    []layer `json:"layers"`
	Stop      *stop   `json:"stop"` // nil: nobody stopped it
}

// layer is one step on the way. State is passed, stopped, unreached, none (this
// API has no such step) or running.
type layer struct {
	Name   string  `json:"name"`
	State  string  `json:"state"`
	Says   string  `json:"says"`
	Millis float64 `json:"millis"` // 0: not measured
}

// stop says who ended a request, why, and what to change.
type stop struct {
	Who  string `json:"who"`
	Why  string `json:"why"`
	Cure string `json:"cure"`
}

// The layers, from the outside in.
const (
	atRoute = iota
	atAuthorizer
	atFunctionRoute
	atRequirement
	atHandler
	nowhere
)

var layerNames = [...]string{"Gateway route", "Authorizer", "Function route", "Requirement", "Handler"}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// view is called with the ring's lock held.
func (e *exchange) view() view {
	v := view{
		ID: e.ID, At: e.At.Format("15:04:05.000"), Method: e.Method, Path: e.Path, Query: e.Query,
		Origin: e.origin, Asks: e.asks, Preflight: e.preflight, Follower: e.follower,
		State: e.state(), Status: e.status, Bytes: e.sent, Millis: millis(e.duration),
	}
	if e.running {
		v.Millis = millis(time.Since(e.At))
	}
	at, s := e.stopped()
	v.Stop = s
	v.Layers = e.layers(at)
	return v
}

func (e *exchange) state() string {
	switch {
	case e.running && e.flushed:
		return "streaming"
	case e.running:
		return "running"
	case e.broken:
		return "broken"
	}
	return "done"
}

// stopped returns the layer at which the request ended, nowhere for one that the
// handler answered as it wanted, even if its client then gets less than it could.
func (e *exchange) stopped() (int, *stop) {
	switch {
	case e.running || !e.answered:
		return nowhere, nil
	case e.gateway.refused:
		return e.gatewayStop()
	case e.function.reason != "":
		return atHandler, &stop{"adapter", string(e.function.reason), adapterCure(e.function.reason)}
	case e.function.page != "" && (e.status < 400 || e.asks != "" && e.function.decision == nil):
		at := nowhere // a browser keeps the answer from the page, and no other client does
		if e.status >= 400 {
			at = atFunctionRoute
		}
		return at, &stop{"cors", e.function.page, "Change the cors.Config of the function, or the page's origin or request: it says which field."}
	case e.status < 400 && !e.flushed && e.sent > 0 && e.response.isEvents():
		return nowhere, &stop{"adapter", "server-sent events of a buffered reply arrive together when it is complete", "Pass Handler.Stream to lambda.Start, and choose a front that streams: a REST API or a function URL. Here, that is Options.Streaming and Format."}
	}
	return e.functionStop()
}

func (e *exchange) gatewayStop() (int, *stop) {
	why := e.gateway.reason
	if e.gateway.err != "" {
		why = strings.TrimPrefix(why+": "+e.gateway.err, ": ")
	}
	if len(e.needs) > 0 && e.gateway.reason == "scope missing" {
		why += ": the route asks for " + strings.Join(e.needs, " or ")
	}
	s := &stop{"gateway", why, gatewayCure(e.gateway.reason)}
	switch {
	case strings.HasSuffix(why, "do not allow the origin"):
		s.Cure = "Add the page's origin to AllowOrigins of the API's CORS settings (Options.CORS): until then a browser keeps every answer from it."
		return atRoute, s
	case strings.HasPrefix(why, "a preflight, answered"):
		s.Cure = "Nothing: the gateway has CORS settings and answers preflights itself."
		return atRoute, s
	case e.invocation != "" || e.function.reason != "":
		return atHandler, s
	case e.status == http.StatusUnauthorized || e.status == http.StatusForbidden && e.asker != "-":
		if e.asks != "" {
			s.Cure = "A preflight never carries a token. Give the gateway an open route OPTIONS /{proxy+} (Options.CORS plans one) and wrap the handler with cors."
		}
		return atAuthorizer, s
	}
	return atRoute, s
}

// functionStop explains refusals of the function: a Guard's, as it left them in
// the invocation or as its challenge says, or the handler's own.
func (e *exchange) functionStop() (int, *stop) {
	d := e.function.decision
	challenge := e.gateway.challenge
	unknown := e.status == http.StatusUnauthorized || e.status == http.StatusForbidden
	refused := d["result"] == "refused" || d == nil && challenge != "" && unknown
	why := d["cause"]
	switch {
	case e.status < 400:
		return nowhere, nil
	case d["requirement"] == "no route" || d == nil && !e.rule.known && (refused || e.status == http.StatusNotFound || e.status == http.StatusMethodNotAllowed):
		return atFunctionRoute, &stop{"policy", cmp.Or(why, "no route is registered for this method and path"), cmp.Or(policyCure(why), "Register the route with its requirement, or look for a typo in the path: where nothing is registered nobody is served, and callers whom the function does not know get 401.")}
	case refused && e.status == http.StatusServiceUnavailable:
		return atRequirement, &stop{"policy", cmp.Or(why, "keys unavailable"), "The issuer's keys could not be fetched: is it running, and can this program reach it?"}
	case refused && e.status == http.StatusUnauthorized:
		return atRequirement, e.unknownCaller(why)
	case refused:
		needs := first(d["requirement"], e.rule.Requirement, challengeScope(challenge))
		return atRequirement, &stop{"policy", cmp.Or(why, "needs "+needs), cmp.Or(policyCure(why), "Send a token that has it: "+needs+". The page Tokens makes one; on AWS the client asks its user pool for the scope, or the user joins the group.")}
	}
	return atHandler, &stop{"handler", "the handler answered " + http.StatusText(e.status), "This is the application's own answer: see its body."}
}

// unknownCaller explains a 401 of the function.
func (e *exchange) unknownCaller(why string) *stop {
	switch {
	case e.offered && e.asker == "-":
		return &stop{"policy", cmp.Or(why, "a token was sent, but the event names no caller"), "Has this route an authorizer? The route " + cmp.Or(e.gateway.route, "of the gateway") + " is open, or there is no issuer, so that the function learns of nobody."}
	case e.offered:
		return &stop{"policy", cmp.Or(why, "the gateway let the token pass and the function does not know its caller"), cmp.Or(policyCure(why), pins)}
	}
	return &stop{"policy", cmp.Or(why, "needs a token"), cmp.Or(policyCure(why), "Send Authorization: Bearer with a token: the page Tokens makes one.")}
}

// layers says how far the request came.
func (e *exchange) layers(stopped int) []layer {
	says := [...]string{
		e.gateway.route, e.asker, first(e.rule.Pattern, e.function.decision["route"], e.function.route),
		first(e.rule.Requirement, e.function.decision["requirement"]), "",
	}
	times := [...]time.Duration{atAuthorizer: e.asked, atHandler: 0}
	times[max(min(stopped, atHandler), atFunctionRoute)] = e.function.duration // from where it is known to have been
	if !e.running && e.answered {
		times[atRoute] = max(e.gateway.duration-e.asked-e.function.duration, 0)
	}
	layers := make([]layer, len(layerNames))
	for i, name := range layerNames {
		l := layer{Name: name, Says: says[i], Millis: millis(times[i]), State: "passed"}
		switch {
		case e.running:
			l.State = "running"
		case i == stopped && (e.status >= 400 || e.function.reason != ""):
			l.State = "stopped"
		case i > stopped:
			l.State = "unreached"
		case i == atAuthorizer && e.asker == "-":
			l.State, l.Says = "none", "not asked"
		}
		layers[i] = l
	}
	return layers
}

// bearerChallenge is what a Guard's challenge says, under either of the names
// that a front gives it.
func bearerChallenge(h http.Header) string {
	for _, name := range []string{"Www-Authenticate", "X-Amzn-Remapped-Www-Authenticate"} {
		for _, value := range h.Values(name) {
			if len(value) >= len("Bearer") && strings.EqualFold(value[:len("Bearer")], "Bearer") {
				return value
			}
		}
	}
	return ""
}

func challengeScope(challenge string) string {
	_, rest, _ := strings.Cut(challenge, `scope="`)
	scope, _, _ := strings.Cut(rest, `"`)
	return scope
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
