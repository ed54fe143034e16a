package gateway

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// Refusal is the gateway's own answer to a request, as an error. An Authorizer
// returns one with Status 401 or 403 to refuse.
type Refusal struct {
	// Status is the answer's. Its body is the front's own for that status.
	Status int
	// Header is added to the answer; nil: none.
	Header http.Header
	// Reason is for a log line ("token expired") and never sent. It holds no
	// value from the request.
	Reason adapter.Reason

	failure failure // 0 for a user's
	cause   error
}

// Error returns the status and the reason.
func (r *Refusal) Error() string {
	return "gateway: " + strconv.Itoa(r.Status) + ": " + string(r.Reason)
}

// Unwrap returns the error that the function or the authorizer failed with, or
// nil.
func (r *Refusal) Unwrap() error { return r.cause }

// failure is a reason for an answer of the front's own.
type failure uint8

const (
	preflight failure = iota + 1 // not a failure, but not a request for the function either
	noRoute
	unauthorized
	accessDenied
	explicitDeny // by the policy of an authorizer's function
	implicitDeny // it does not allow the request
	notSigned
	keyRefused
	throttled
	overQuota
	authorizerFailed
	badRequest
	tooLarge
	tooManyHops
	gone
	clientSlow
	functionFailed
	badReply     // of the wrong shape
	replyNotJSON // not JSON at all
	badBase64
	timedOut
	badConfiguration
)

// ownAnswer is what the client sees. kind is the X-Amzn-Errortype; "": none.
type ownAnswer struct {
	status     int
	body, kind string
}

// errorsREST: "Gateway response types for API Gateway"; the bodies are
// recorded or quoted by clients, except those of accessDenied (its capital M is
// another emulator's), badBase64 and badRequest (unconfirmed). A reply of the wrong
// shape gives a blank after the colon, and one that is not JSON does not.
var errorsREST = map[failure]ownAnswer{
	noRoute:          {403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException"},
	unauthorized:     {401, `{"message":"Unauthorized"}`, "UnauthorizedException"},
	accessDenied:     {403, `{"Message":"User is not authorized to access this resource"}`, "AccessDeniedException"},
	explicitDeny:     {403, `{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}`, "AccessDeniedException"},
	implicitDeny:     {403, `{"Message":"User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action"}`, "AccessDeniedException"},
	notSigned:        {403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException"},
	keyRefused:       {403, `{"message":"Forbidden"}`, "ForbiddenException"},
	throttled:        {429, `{"message":"Too Many Requests"}`, "TooManyRequestsException"},
	overQuota:        {429, `{"message":"Limit Exceeded"}`, "LimitExceededException"},
	authorizerFailed: {500, `{"message":null}`, "AuthorizerConfigurationException"},
	badRequest:       {400, `{"message":"Bad Request"}`, "BadRequestException"},
	tooLarge:         {413, `{"message":"Request Too Long"}`, "RequestTooLargeException"},
	functionFailed:   {502, `{"message": "Internal server error"}`, "InternalServerErrorException"},
	badReply:         {502, `{"message": "Internal server error"}`, "InternalServerErrorException"},
	replyNotJSON:     {502, `{"message":"Internal server error"}`, "InternalServerErrorException"},
	badBase64:        {500, `{"message":"Internal server error"}`, "InternalServerErrorException"},
	timedOut:         {504, `{"message":"Endpoint request timed out"}`, "InternalServerErrorException"},
	badConfiguration: {500, `{"message":"Internal server error"}`, "InternalServerErrorException"},
}

// errorsHTTPAPI: recorded, except that a reply over the limit and bad base64
// count as malformed replies, and the answer to a broken body (unconfirmed).
var errorsHTTPAPI = map[failure]ownAnswer{
	preflight:        {status: 204},
	noRoute:          {status: 404, body: `{"message":"Not Found"}`},
	unauthorized:     {status: 401, body: `{"message":"Unauthorized"}`},
	accessDenied:     {status: 403, body: `{"message":"Forbidden"}`},
	notSigned:        {403, `{"message":"Forbidden"}`, "IncompleteSignatureException"},
	authorizerFailed: {status: 500, body: `{"message":"Internal Server Error"}`},
	badRequest:       {status: 400, body: `{"message":"Bad Request"}`},
	tooLarge:         {status: 413, body: `{"message":"Request Entity Too Large"}`},
	functionFailed:   {status: 500, body: `{"message":"Internal Server Error"}`},
	badReply:         {status: 500, body: `{"message":"Internal Server Error"}`},
	replyNotJSON:     {status: 500, body: `{"message":"Internal Server Error"}`},
	badBase64:        {status: 500, body: `{"message":"Internal Server Error"}`},
	timedOut:         {status: 503, body: `{"message":"Service Unavailable"}`},
	badConfiguration: {status: 500, body: `{"message":"Internal Server Error"}`},
}

// urlForbidden refuses a request that is not signed, or not by an allowed caller
// (recorded).
var urlForbidden = ownAnswer{403, `{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: ` +
	`https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}`, "AccessDeniedException"}

// errorsFunctionURL: the body for a failed function is another emulator's. All but
// that and urlForbidden is unconfirmed, including whether a timeout is 502 or 504.
var errorsFunctionURL = map[failure]ownAnswer{
	preflight:        {status: 200},
	unauthorized:     urlForbidden,
	accessDenied:     urlForbidden,
	authorizerFailed: {status: 500, body: `Internal Server Error`},
	badRequest:       {status: 400, body: `Bad Request`},
	tooLarge:         {status: 413, body: `Request Entity Too Large`},
	functionFailed:   {status: 502, body: `Internal Server Error`},
	badReply:         {status: 502, body: `Internal Server Error`},
	replyNotJSON:     {status: 502, body: `Internal Server Error`},
	badBase64:        {status: 502, body: `Internal Server Error`},
	timedOut:         {status: 502, body: `Internal Server Error`},
	badConfiguration: {status: 500, body: `Internal Server Error`},
}

func (f *front) refuse(why failure, reason adapter.Reason) *Refusal {
	return &Refusal{Status: f.errors[why].status, Reason: reason, failure: why}
}

// failed is the refusal for a function that failed with err.
func (f *front) failed(err error) *Refusal {
	refusal := f.refuse(functionFailed, "the function failed")
	refusal.cause = err
	return refusal
}

// denied turns an Authorizer's error into the front's refusal: one of this
// package's authorizers as it is, a user's *Refusal with 401 or 403 as the front
// says that, and anything else as a failed authorizer.
func (f *front) denied(err error) *Refusal {
	var theirs *Refusal
	if errors.As(err, &theirs) {
		_, known := f.errors[theirs.failure]
		switch {
		case known:
			return f.with(theirs.failure, theirs)
		case theirs.Status == http.StatusUnauthorized:
			return f.with(unauthorized, theirs)
		case theirs.Status == http.StatusForbidden:
			return f.with(accessDenied, theirs)
		}
	}
	refusal := f.refuse(authorizerFailed, "the authorizer failed")
	refusal.cause = err
	return refusal
}

// with copies an Authorizer's Refusal, which may be shared between requests.
func (f *front) with(why failure, theirs *Refusal) *Refusal {
	refusal := f.refuse(why, theirs.Reason)
	refusal.Header = theirs.Header
	return refusal
}

// own is the answer for a refusal.
func (f *front) own(refusal *Refusal) *response {
	says, known := f.errors[refusal.failure]
	if !known {
		says.status = refusal.Status
	}
	header := refusal.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if says.body != "" {
		header.Set("Content-Type", f.errorType)
	}
	if says.kind != "" {
		header.Set("X-Amzn-Errortype", says.kind)
	}
	return &response{status: says.status, header: header, body: []byte(says.body)}
}

// misconfigured is the answer of a gateway that cannot play any front.
func misconfigured() *response {
	return &response{
		status: http.StatusInternalServerError,
		header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		body:   []byte("gateway: not usable as it is configured\n"),
	}
}
