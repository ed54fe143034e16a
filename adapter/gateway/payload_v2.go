package gateway

import (
	"encoding/json"
	"strings"
)

// eventV2 is the event of an HTTP API and of a Function URL. What is empty is
// left out, except for the raw query.
type eventV2 struct {
	Version         string            `json:"version"`
	RouteKey        string            `json:"routeKey"`
	RawPath         string            `json:"rawPath"`
	RawQueryString  string            `json:"rawQueryString"`
	Cookies         []string          `json:"cookies,omitempty"`
	Headers         map[string]string `json:"headers"`
	Query           map[string]string `json:"queryStringParameters,omitempty"`
	PathParameters  map[string]string `json:"pathParameters,omitempty"`
	StageVariables  map[string]string `json:"stageVariables,omitempty"`
	RequestContext  contextV2         `json:"requestContext"`
	Body            string            `json:"body,omitempty"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

type contextV2 struct {
	AccountID      string            `json:"accountId"`
	APIID          string            `json:"apiId"`
	Authentication *authenticationV2 `json:"authentication,omitempty"`
	Authorizer     any               `json:"authorizer,omitempty"`
	DomainName     string            `json:"domainName"`
	DomainPrefix   string            `json:"domainPrefix"`
	HTTP           httpV2            `json:"http"`
	RequestID      string            `json:"requestId"`
	RouteKey       string            `json:"routeKey"`
	Stage          string            `json:"stage"`
	Time           string            `json:"time"`
	TimeEpoch      int64             `json:"timeEpoch"`
}

type authenticationV2 struct {
	ClientCert *clientCert `json:"clientCert"`
}

type httpV2 struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

// eventHTTPAPIV2: cookies are moved out of the headers.
func eventHTTPAPIV2(c *call) (any, error) { return httpAPIEventV2(c), nil }

func httpAPIEventV2(c *call) *eventV2 {
	event := c.eventV2()
	delete(event.Headers, "cookie")
	event.PathParameters = decodedParams(c.params)
	event.StageVariables = c.gateway.config.StageVariables
	event.RequestContext.RequestID = c.extendedID
	return event
}

// eventFunctionURL: cookies are in two places, the caller's account is
// "anonymous" unless the request is signed, and TLS is described in headers.
func eventFunctionURL(c *call) (any, error) {
	event := c.eventV2()
	if c.gateway.config.Scheme == "https" {
		event.Headers["x-amzn-tls-version"] = "TLSv1.3"
		event.Headers["x-amzn-tls-cipher-suite"] = "TLS_AES_128_GCM_SHA256"
	}
	event.RequestContext.RequestID = c.requestID
	var err error
	event.RequestContext.AccountID, err = callerAccount(event.RequestContext.Authorizer)
	return event, err
}

// callerAccount is the account of an IAM caller.
func callerAccount(authorizer any) (string, error) {
	text, err := json.Marshal(authorizer)
	if err != nil {
		return "", err
	}
	var caller struct {
		IAM struct {
			AccountID string `json:"accountId"`
		} `json:"iam"`
	}
	if json.Unmarshal(text, &caller) != nil || caller.IAM.AccountID == "" {
		return "anonymous", nil
	}
	return caller.IAM.AccountID, nil
}

// eventV2 fills what both fronts have in common.
func (c *call) eventV2() *eventV2 {
	header := c.header(hopByHop)
	event := &eventV2{
		Version:        "2.0",
		RouteKey:       c.routeKey(),
		RawPath:        c.place.path,
		RawQueryString: c.request.URL.RawQuery,
		Cookies:        cookies(header),
		Headers:        joined(header),
		Query:          joinedQuery(c.request.URL.RawQuery),
		RequestContext: contextV2{
			AccountID:    c.gateway.config.AccountID,
			APIID:        c.gateway.config.APIID,
			Authorizer:   c.authorizer(),
			DomainName:   c.domain(),
			DomainPrefix: prefix(c.domain()),
			HTTP: httpV2{
				Method: c.method, Path: c.place.context, Protocol: protocol,
				SourceIP: c.sourceIP(), UserAgent: c.request.UserAgent(),
			},
			RouteKey:  c.routeKey(),
			Stage:     c.gateway.config.Stage,
			Time:      c.at.Format(requestTime),
			TimeEpoch: c.at.UnixMilli(),
		},
	}
	if c.certificate != nil {
		event.RequestContext.Authentication = &authenticationV2{c.certificate}
	}
	event.Body, event.IsBase64Encoded = c.text(c.binaryByType())
	return event
}

// joinedQuery joins repeated keys by a comma, which no longer tells them from
// commas in a value.
func joinedQuery(raw string) map[string]string {
	joined := map[string]string{}
	for key, values := range query(raw, "&") {
		joined[key] = strings.Join(values, ",")
	}
	return joined
}
