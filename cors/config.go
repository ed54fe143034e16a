package cors

import "net/http/cookiejar"

// Config says which pages may use the API, and how. Its first six fields have
// the names, units and limits of an HTTP API's CORS configuration, and the JSON
// that API Gateway and Lambda print for theirs (CorsConfiguration of
// "aws apigatewayv2 get-api", Cors of "aws lambda get-function-url-config", the
// OpenAPI extension x-amazon-apigateway-cors) decodes into it, whatever the
// case of its member names.
//
// New copies what it needs: later changes to the lists change no policy.
type Config struct {
	// AllowOrigins lists the origins of pages that may read answers. Required,
	// unless Owner is Gateway. An entry is one of
	//
	//	https://app.example.com    this origin; also http, another port, or the scheme of an app
	//	https://*.example.com      one label in place of the *, so neither example.com nor a.b.example.com
	//	http://localhost:*         any port or none, for loopback hosts
	//	https://*, http://*        every page of that scheme; not with AllowCredentials
	//	*                          every page; not with AllowCredentials
	//
	// of which API Gateway does not know the second and the third. An http
	// origin with AllowCredentials has to be on a loopback host.
	AllowOrigins []string `json:"allowOrigins,omitempty"`

	// AllowMethods lists the methods pages may use, "*" for all. Nil or empty:
	// GET, HEAD and POST, which browsers allow whatever the list says (Fetch,
	// "CORS-safelisted method"). A method has at most 64 bytes.
	AllowMethods []string `json:"allowMethods,omitempty"`

	// AllowHeaders lists the request headers pages may set, "*" for all. Nil or
	// empty: none but those that need no permission (Fetch, "CORS-safelisted
	// request-header"), so an API that takes tokens or JSON needs Authorization
	// or Content-Type here. "*" is sent as "*, Authorization": for browsers a
	// star does not cover Authorization (Fetch, "CORS non-wildcard
	// request-header name").
	AllowHeaders []string `json:"allowHeaders,omitempty"`

	// ExposeHeaders lists the response headers pages may read, "*" for all,
	// which has no effect on requests with credentials and is then refused. Nil
	// or empty: none but the safelisted ones, such as Content-Type.
	ExposeHeaders []string `json:"exposeHeaders,omitempty"`

	// AllowCredentials lets pages send cookies and client certificates and read
	// the answers. A token that the page itself puts into Authorization does
	// not need it.
	AllowCredentials bool `json:"allowCredentials,omitempty"`

	// MaxAge is how many seconds browsers may remember a preflight's answer, at
	// most 86400 (a day). 0 says nothing, and browsers remember it for 5 s; -1
	// forbids remembering (it is sent as 0, since browsers ignore a negative
	// number). Browsers have lower limits of their own.
	MaxAge int `json:"maxAge,omitempty"`

	// Owner is who answers preflights and sets the headers. The zero Owner is
	// App.
	Owner Owner `json:"-"`

	// PublicSuffixList, if not nil, makes New refuse patterns for every name
	// below a public suffix, such as https://*.co.uk.
	PublicSuffixList cookiejar.PublicSuffixList `json:"-"`

	// Report, if not nil, is told why requests with an Origin are refused. Each
	// pair of arguments comes once, and no more than 64 of them, so that nobody
	// can fill a log by making up origins. origin is what the client sent, cut
	// after 267 bytes: quote it in logs. Report may be called concurrently.
	Report func(origin, reason string) `json:"-"`
}

// Owner says who is responsible for CORS.
type Owner uint8

const (
	// App is for fronts that leave CORS to the function: an ALB, VPC Lattice, a
	// REST API whose OPTIONS requests reach it, and an HTTP API or Function URL
	// without CORS settings.
	App Owner = iota

	// GatewayPreflight is for a REST API whose OPTIONS methods are answered by
	// a MOCK integration: the function's answers still need the headers. A
	// preflight that arrives all the same goes to the handler, and is reported.
	GatewayPreflight

	// Gateway is for an HTTP API or Function URL with CORS settings. The policy
	// adds nothing, and deletes the Access-Control-* that handlers set: an HTTP
	// API ignores them (AWS page of the package comment), and on a Function URL
	// browsers get them twice and refuse the answer (users' reports, such as
	// https://github.com/aws-powertools/powertools-lambda-python/issues/4163;
	// unconfirmed).
	Gateway
)
