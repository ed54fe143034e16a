package gateway

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// latticeV1 is the event of VPC Lattice's structure V1, which does not say who the
// client is. What it holds if there is no query or body is unconfirmed.
type latticeV1 struct {
	RawPath         string            `json:"raw_path"`
	Method          string            `json:"method"`
	Headers         map[string]string `json:"headers"`
	Query           map[string]string `json:"query_string_parameters"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"is_base64_encoded"`
}

// latticeV2 is the event of structure V2. Headers and Query have lists of strings
// or, in the older form, strings.
type latticeV2 struct {
	Version         string         `json:"version"`
	Path            string         `json:"path"`
	Method          string         `json:"method"`
	Headers         any            `json:"headers"`
	Query           any            `json:"queryStringParameters,omitempty"`
	Body            string         `json:"body"`
	IsBase64Encoded bool           `json:"isBase64Encoded"`
	RequestContext  contextLattice `json:"requestContext"`
}

type contextLattice struct {
	ServiceNetworkARN string         `json:"serviceNetworkArn"`
	ServiceARN        string         `json:"serviceArn"`
	TargetGroupARN    string         `json:"targetGroupArn"`
	Identity          map[string]any `json:"identity"`
	Region            string         `json:"region"`
	TimeEpoch         string         `json:"timeEpoch"` // microseconds
}

// eventLatticeV1: repeated values are joined. That the path stays encoded, and
// the query does not, is unconfirmed.
func eventLatticeV1(c *call) (any, error) {
	event := &latticeV1{
		RawPath: c.place.path,
		Method:  c.method,
		Headers: joined(c.latticeHeader()),
		Query:   joinedQuery(c.request.URL.RawQuery),
	}
	event.Body, event.IsBase64Encoded = c.text(c.binaryByType())
	return event, nil
}

// eventLatticeV2: AWS's samples disagree. The newest, of Powertools for
// TypeScript, has lists, and the query at the end of path as well; older ones
// have texts and no query there (both unconfirmed).
func eventLatticeV2(c *call) (any, error) {
	event := &latticeV2{Version: "2.0", Path: c.place.path, Method: c.method, RequestContext: c.latticeContext()}
	if c.gateway.config.LatticeStrings {
		event.setTexts(c.latticeHeader(), c.request.URL.RawQuery)
	} else {
		event.setLists(c.latticeHeader(), c.request.URL.RawQuery)
	}
	event.Body, event.IsBase64Encoded = c.text(c.binaryByType())
	return event, nil
}

func (e *latticeV2) setTexts(header http.Header, rawQuery string) {
	e.Headers = joined(header)
	if values := joinedQuery(rawQuery); len(values) > 0 {
		e.Query = values
	}
}

func (e *latticeV2) setLists(header http.Header, rawQuery string) {
	e.Headers = lower(header)
	if values := query(rawQuery, "&"); len(values) > 0 {
		e.Query = values
		e.Path += "?" + rawQuery
	}
}

func (c *call) latticeContext() contextLattice {
	const arn = "arn:aws:vpc-lattice:" + region + ":" + accountID + ":"
	return contextLattice{
		ServiceNetworkARN: arn + "servicenetwork/sn-0123456789abcdef0",
		ServiceARN:        arn + "service/svc-0123456789abcdef0",
		TargetGroupARN:    arn + "targetgroup/tg-0123456789abcdef0",
		Identity:          c.latticeIdentity(),
		Region:            region,
		TimeEpoch:         strconv.FormatInt(c.at.UnixMicro(), 10),
	}
}

// latticeHeader adds only the client's address, as AWS's samples do. It removes the
// client's headers of names that Lattice reserves for itself ("HTTP targets in VPC
// Lattice").
func (c *call) latticeHeader() http.Header {
	h := c.clientHeader(hopByHop)
	maps.DeleteFunc(h, func(name string, _ []string) bool {
		return strings.HasPrefix(name, "X-Amzn-Lattice-") || name == "X-Amzn-Source-Vpc"
	})
	return h
}

// latticeIdentity is the client's network, and who it is if an authorizer
// knows.
func (c *call) latticeIdentity() map[string]any {
	identity := map[string]any{
		"sourceVpcArn": "arn:aws:ec2:" + region + ":" + accountID + ":vpc/vpc-0123456789abcdef0",
	}
	if c.auth != nil {
		maps.Copy(identity, c.auth.Identity)
	}
	return identity
}

// replyLattice reads a reply without repeated headers. What AWS does with a list as
// a value is unconfirmed.
func replyLattice(c *call, raw []byte) (*response, error) {
	return c.replyTarget(raw, "multiValueHeaders")
}

// errorsLattice are unconfirmed.
var errorsLattice = map[failure]ownAnswer{
	unauthorized:     {status: 403, body: "AccessDeniedException"},
	accessDenied:     {status: 403, body: "AccessDeniedException"},
	authorizerFailed: {status: 500, body: "Internal Server Error"},
	badRequest:       {status: 400, body: "Bad Request"},
	tooLarge:         {status: 413, body: "Request Entity Too Large"},
	functionFailed:   {status: 502, body: "Bad Gateway"},
	badReply:         {status: 502, body: "Bad Gateway"},
	badBase64:        {status: 502, body: "Bad Gateway"},
	timedOut:         {status: 504, body: "Gateway Timeout"},
	badConfiguration: {status: 500, body: "Internal Server Error"},
}
