package gateway

import (
	"hash/fnv"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// eventV1 is the event of a REST API and, with Version "1.0", of an HTTP API. An
// empty map is null. The maps of headers are never empty.
type eventV1 struct {
	Version           string              `json:"version,omitempty"`
	Resource          string              `json:"resource"`
	Path              string              `json:"path"`
	HTTPMethod        string              `json:"httpMethod"`
	Headers           map[string]string   `json:"headers"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
	Query             map[string]string   `json:"queryStringParameters"`
	MultiValueQuery   map[string][]string `json:"multiValueQueryStringParameters"`
	PathParameters    map[string]string   `json:"pathParameters"`
	StageVariables    map[string]string   `json:"stageVariables"`
	RequestContext    contextV1           `json:"requestContext"`
	Body              *string             `json:"body"`
	IsBase64Encoded   bool                `json:"isBase64Encoded"`
}

// contextV1 omits authorizer if the route has none.
type contextV1 struct {
	AccountID         string         `json:"accountId"`
	APIID             string         `json:"apiId"`
	Authorizer        any            `json:"authorizer,omitempty"`
	DeploymentID      string         `json:"deploymentId,omitempty"`
	DomainName        string         `json:"domainName"`
	DomainPrefix      string         `json:"domainPrefix"`
	ExtendedRequestID string         `json:"extendedRequestId"`
	HTTPMethod        string         `json:"httpMethod"`
	Identity          map[string]any `json:"identity"`
	Path              string         `json:"path"`
	Protocol          string         `json:"protocol"`
	RequestID         string         `json:"requestId"`
	RequestTime       string         `json:"requestTime"`
	RequestTimeEpoch  int64          `json:"requestTimeEpoch"`
	ResourceID        string         `json:"resourceId"`
	ResourcePath      string         `json:"resourcePath"`
	Stage             string         `json:"stage"`
}

const (
	accountID   = "123456789012"
	region      = "us-east-1"
	protocol    = "HTTP/1.1" // whatever the client spoke (recorded)
	requestTime = "02/Jan/2006:15:04:05 -0700"
)

// eventREST: path parameters stay encoded, and a semicolon separates query
// parameters, too ("Important notes for REST APIs").
func eventREST(c *call) (any, error) { return restEvent(c), nil }

func restEvent(c *call) *eventV1 {
	header := c.header(notInREST)
	if strings.HasPrefix(header.Get("Authorization"), "AWS4-HMAC-SHA256 ") {
		header.Del("Authorization") // signed requests arrive without (recorded)
	}
	event := c.eventV1(header, query(c.request.URL.RawQuery, "&;"))
	event.PathParameters = restParams(c.params)
	event.setBody(c.text(c.gateway.binaryMedia(c.request.Header.Get("Content-Type"))))
	event.RequestContext.DeploymentID = "d1e2p3"
	event.RequestContext.RequestID = c.requestID
	event.RequestContext.ResourceID = resourceID(c.route.path)
	if len(c.request.Header["User-Agent"]) == 0 {
		event.RequestContext.Identity["userAgent"] = nil
	}
	return event
}

// eventHTTPAPIV1: the ids are of the short form and the resource's is the
// route key.
func eventHTTPAPIV1(c *call) (any, error) { return httpAPIEventV1(c), nil }

func httpAPIEventV1(c *call) *eventV1 {
	event := c.eventV1(c.header(hopByHop), query(c.request.URL.RawQuery, "&"))
	event.Version = "1.0"
	event.PathParameters = decodedParams(c.params)
	event.setBody(c.text(c.binaryByType()))
	event.RequestContext.RequestID = c.extendedID
	event.RequestContext.ResourceID = c.route.Key
	return event
}

// eventV1 fills what both fronts have in common.
func (c *call) eventV1(header http.Header, query map[string][]string) *eventV1 {
	return &eventV1{
		Resource:          c.route.path,
		Path:              c.place.path,
		HTTPMethod:        c.method,
		Headers:           last(header),
		MultiValueHeaders: header,
		Query:             last(query),
		MultiValueQuery:   query,
		StageVariables:    orNil(c.gateway.config.StageVariables),
		RequestContext: contextV1{
			AccountID:         c.gateway.config.AccountID,
			APIID:             c.gateway.config.APIID,
			Authorizer:        c.authorizer(),
			DomainName:        c.domain(),
			DomainPrefix:      prefix(c.domain()),
			ExtendedRequestID: c.extendedID,
			HTTPMethod:        c.method,
			Identity:          c.identity(),
			Path:              c.place.context,
			Protocol:          protocol,
			RequestTime:       c.at.Format(requestTime),
			RequestTimeEpoch:  c.at.UnixMilli(),
			ResourcePath:      c.route.path,
			Stage:             c.gateway.config.Stage,
		},
	}
}

func (e *eventV1) setBody(text string, base64 bool) {
	if text != "" {
		e.Body, e.IsBase64Encoded = &text, base64
	}
}

// identity says who the client is on the network; every other member is null
// unless the authorizer knows better.
func (c *call) identity() map[string]any {
	identity := map[string]any{
		"accessKey": nil, "accountId": nil, "caller": nil,
		"cognitoAuthenticationProvider": nil, "cognitoAuthenticationType": nil,
		"cognitoIdentityId": nil, "cognitoIdentityPoolId": nil,
		"principalOrgId": nil, "user": nil, "userArn": nil,
		"sourceIp":  c.sourceIP(),
		"userAgent": c.request.UserAgent(),
	}
	if c.auth != nil {
		maps.Copy(identity, c.auth.Identity)
	}
	if c.apiKey != "" {
		identity["apiKey"], identity["apiKeyId"] = c.apiKey, c.apiKeyID
	}
	if c.certificate != nil {
		identity["clientCert"] = c.certificate
	}
	return identity
}

// restParams: a greedy parameter loses its trailing slash (recorded).
func restParams(params map[string]string) map[string]string {
	return mapped(params, func(value string) string { return strings.TrimSuffix(value, "/") })
}

func decodedParams(params map[string]string) map[string]string {
	return mapped(params, decoded)
}

// mapped returns the map with f applied to each value, nil for an empty one.
func mapped(values map[string]string, f func(string) string) map[string]string {
	if len(values) == 0 {
		return nil
	}
	out := make(map[string]string, len(values))
	for name, value := range values {
		out[name] = f(value)
	}
	return out
}

func orNil(values map[string]string) map[string]string {
	if len(values) == 0 {
		return nil
	}
	return values
}

// resourceID is as short as API Gateway's and always the same for a resource.
func resourceID(path string) string {
	hash := fnv.New64a()
	hash.Write([]byte(path))
	return strconv.FormatUint(hash.Sum64()|1<<63, 36)[:6]
}
