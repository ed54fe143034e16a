package gateway

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// albEvent is the event of an ALB. The target group's mode decides which of the
// two pairs of maps it has, and that pair is never null. The only thing an ALB
// says of the client is its address, in X-Forwarded-For.
type albEvent struct {
	RequestContext    albContext          `json:"requestContext"`
	HTTPMethod        string              `json:"httpMethod"`
	Path              string              `json:"path"`
	Query             map[string]string   `json:"queryStringParameters,omitzero"`
	MultiValueQuery   map[string][]string `json:"multiValueQueryStringParameters,omitzero"`
	Headers           map[string]string   `json:"headers,omitzero"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders,omitzero"`
	Body              string              `json:"body"`
	IsBase64Encoded   bool                `json:"isBase64Encoded"`
}

type albContext struct {
	ELB albTarget `json:"elb"`
}

type albTarget struct {
	TargetGroupARN string `json:"targetGroupArn"`
}

// eventALB: names and values of the query stay encoded (recorded). A body with
// a Content-Encoding, identity included, is binary ("Lambda functions as
// targets").
func eventALB(c *call) (any, error) {
	event := c.gateway.albEvent(c.method, c.place.path)
	event.setMaps(c.gateway.config.MultiValueHeaders, lower(c.header(hopByHop)), verbatimQuery(c.request.URL.RawQuery))
	encoded := c.request.Header.Get("Content-Encoding") != ""
	event.Body, event.IsBase64Encoded = c.text(encoded || c.binaryByType())
	return event, nil
}

func (g *Gateway) albEvent(method, path string) *albEvent {
	arn := "arn:aws:elasticloadbalancing:" + region + ":" + accountID + ":targetgroup/" + g.config.APIID + "/0123456789abcdef"
	return &albEvent{RequestContext: albContext{albTarget{arn}}, HTTPMethod: method, Path: path}
}

func (e *albEvent) setMaps(multi bool, header, query map[string][]string) {
	if multi {
		e.MultiValueHeaders, e.MultiValueQuery = header, query
	} else {
		e.Headers, e.Query = last(header), last(query)
	}
}

// verbatimQuery splits a raw query string by name and decodes nothing. It is
// empty, not nil, if there is no query.
func verbatimQuery(raw string) map[string][]string {
	values := splitQuery(raw, "&", func(text string) string { return text })
	if values == nil {
		return map[string][]string{}
	}
	return values
}

// HealthCheck returns the event of a health check of path ("": "/") that the
// ALB's target group makes. No client can send such a request: its only header
// is User-Agent, so that it has no Host. For another Format it is an error.
func (g *Gateway) HealthCheck(path string) ([]byte, error) {
	if g.config.Format != adapter.ALB {
		return nil, errors.New("gateway: only an ALB makes health checks")
	}
	event := g.albEvent(http.MethodGet, oneOr(path))
	header := map[string][]string{"user-agent": {"ELB-HealthChecker/2.0"}}
	event.setMaps(g.config.MultiValueHeaders, header, map[string][]string{})
	c := &call{gateway: g, front: g.front}
	return c.encode(event)
}

// screenALB refuses what an ALB does not forward to a function: an upgrade
// ("Lambda functions as targets") and a request that came through more than 30
// proxies ("Troubleshoot your Application Load Balancers", HTTP 463).
func screenALB(c *call) error {
	if c.request.Header.Get("Upgrade") != "" {
		return c.front.refuse(badRequest, "an ALB upgrades no connection to a function")
	}
	hops := strings.Split(strings.Join(c.request.Header.Values("X-Forwarded-For"), ","), ",")
	if len(hops) > 30 {
		return c.front.refuse(tooManyHops, "X-Forwarded-For has more than 30 entries")
	}
	return nil
}

// replyALB takes the headers from the map that the target group's mode requires.
// What an ALB does with the other map is unconfirmed.
func replyALB(c *call, raw []byte) (*response, error) {
	if c.gateway.config.MultiValueHeaders {
		return c.replyTarget(raw, "headers")
	}
	return c.replyTarget(raw, "multiValueHeaders")
}

// errorsALB are HTML pages. The answers to a refusal of its JWT verification and to
// a broken body are unconfirmed, including their status.
var errorsALB = map[failure]ownAnswer{
	unauthorized:     page(401, "401 Authorization Required"),
	accessDenied:     page(403, "403 Forbidden"),
	authorizerFailed: page(500, "500 Internal Server Error"),
	badRequest:       page(400, "400 Bad Request"),
	tooLarge:         page(413, "413 Request Entity Too Large"),
	tooManyHops:      page(463, "463"),
	functionFailed:   page(502, "502 Bad Gateway"),
	badReply:         page(502, "502 Bad Gateway"),
	badBase64:        page(502, "502 Bad Gateway"),
	timedOut:         page(502, "502 Bad Gateway"),
	badConfiguration: page(500, "500 Internal Server Error"),
}

func page(status int, title string) ownAnswer {
	return ownAnswer{status: status, body: "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n" +
		"<center><h1>" + title + "</h1></center>\r\n</body>\r\n</html>\r\n"}
}
