package cors

import "net/http/cookiejar"

// Config says which pages may use the API, and how. Its first six fields have
// the names, units and limits of an HTTP API's CORS configuration. The JSON that
// API Gateway and Lambda print for theirs decodes into it, whatever the case of
// its member names: CorsConfiguration of "aws apigatewayv2 get-api", Cors of
// "aws lambda get-function-url-config", and the OpenAPI extension
// x-amazon-apigateway-cors.
//
// New copies what it needs: changing the lists later has no effect.
type Config struct {
	// AllowOrigins lists the origins of pages that may read answers. It is
	// required unless Owner is OwnerGateway. An entry is one of
	//
	//	https://app.example.com    this origin; also http, another port, or the scheme of an app
	//	https://*.example.com      one label in place of the *, so neither example.com nor a.b.example.com
	//	http://localhost:*         any port or none, for loopback hosts
	//	https://*, http://*        every page of that scheme; not with AllowCredentials
	//	*                          every page; not with AllowCredentials
	//
	// A page of the API's own host needs no entry. Where a CDN changes Host, list the
	// host that browsers see: its pages' POSTs carry an Origin that is not Host's.
	//
	// API Gateway does not support the second and the third. With
	// AllowCredentials, an http origin must be on a loopback host, and a pattern
	// must not stand for names that anybody can register: https://*.github.io
	// would let each of its users act as your visitors. New refuses such patterns
	// only if PublicSuffixList is set.
	AllowOrigins []string `json:"allowOrigins,omitempty"`

	// AllowMethods lists the methods that pages may use, "*" for all. Nil and
	// empty mean GET, HEAD and POST, which browsers allow whatever the list says
	// (Fetch, "CORS-safelisted method"). A method has at most 64 bytes.
	AllowMethods []string `json:"allowMethods,omitempty"`

	// AllowHeaders lists the request headers that pages may set, "*" for all.
	// Nil and empty mean only those that need no permission (Fetch,
	// "CORS-safelisted request-header"), so an API that takes tokens or JSON
	// needs Authorization or Content-Type here. "*" is sent as
	// "*, Authorization", because to browsers a star does not cover
	// Authorization (Fetch, "CORS non-wildcard request-header name").
	AllowHeaders []string `json:"allowHeaders,omitempty"`

	// ExposeHeaders lists the response headers that pages may read, "*" for all.
	// Nil and empty mean only the safelisted ones, such as Content-Type. New
	// refuses "*" together with AllowCredentials, where browsers ignore it.
	ExposeHeaders []string `json:"exposeHeaders,omitempty"`

	// AllowCredentials lets pages send cookies and client certificates and read
	// the answers. A page that puts a token into Authorization itself does not
	// need it.
	AllowCredentials bool `json:"allowCredentials,omitempty"`

	// MaxAge is the number of seconds for which browsers may remember the answer
	// to a preflight, at most 86400 (a day). 0 sends nothing, and browsers
	// remember it for 5 s. -1 forbids remembering; it is sent as 0, since
	// browsers ignore a negative number. Browsers have lower limits of their own.
	MaxAge int `json:"maxAge,omitempty"`

	// Owner names who answers preflights and sets the headers. The zero Owner is
	// OwnerApp.
	Owner Owner `json:"-"`

	// PublicSuffixList makes New refuse patterns for every name below a public
	// suffix, such as https://*.co.uk and https://*.github.io. Nil means that
	// such patterns are not recognized. Package
	// golang.org/x/net/publicsuffix has a List.
	PublicSuffixList cookiejar.PublicSuffixList `json:"-"`

	// Report, if not nil, is told why requests with an Origin are refused, and what
	// preflights ask for that is not allowed: for each of a few dozen reasons at most
	// eight times a minute, and at most once a minute for the same origin, so that
	// nobody can fill a log by making up origins. Requests that are not reported are counted, and the next report of
	// the same reason ends with their number. origin is empty unless the client
	// sent an origin of at most 128 bytes; an origin holds no byte that a log
	// would have to escape. Report may be called concurrently. Behind an
	// adapter.Handler the reasons, without origins, are in its log anyway.
	Report func(origin, reason string) `json:"-"`
}

// Owner says who is responsible for CORS.
type Owner uint8

const (
	// OwnerApp is for fronts that leave CORS to the function: an ALB, VPC
	// Lattice, a REST API whose OPTIONS requests reach it, and an HTTP API or
	// Function URL without CORS settings.
	OwnerApp Owner = iota

	// OwnerGatewayPreflight is for a REST API whose OPTIONS methods are answered
	// by a MOCK integration: the function's answers still need the headers. A
	// preflight that arrives nevertheless goes to the handler and is reported.
	OwnerGatewayPreflight

	// OwnerGateway is for an HTTP API or Function URL with CORS settings. The
	// Middleware adds nothing, and deletes the Access-Control-* headers that
	// handlers set: an HTTP API ignores them (AWS page of the package comment),
	// and behind a Function URL browsers get them twice and refuse the answer
	// (users' reports, such as
	// https://github.com/aws-powertools/powertools-lambda-python/issues/4163;
	// unconfirmed).
	OwnerGateway
)

// name is the constant's, for log lines.
func (o Owner) name() string {
	switch o {
	case OwnerGatewayPreflight:
		return "OwnerGatewayPreflight"
	case OwnerGateway:
		return "OwnerGateway"
	}
	return "OwnerApp"
}
