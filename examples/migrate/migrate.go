// Package migrate has what docs/migrate.md puts in the place of other adapters'
// code: each function is one row of its table, and Before and After are one API as
// a typed Lambda handler and as an http.Handler.
package migrate

import (
	"net"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// baseURL is where clients reach this API, "" if the front vouches for no name: then
// it has to be a setting. It stands for r.URL.Host, r.URL.Scheme and GO_API_HOST.
func baseURL(r *http.Request) string {
	event, ok := adapter.FromContext(r.Context())
	if !ok {
		return ""
	}
	base := event.BaseURL()
	if base == nil {
		return ""
	}
	return base.String()
}

// accountID stands for what was read from the request context, by whatever name:
// core.GetAPIGatewayV2ContextFromContext, RequestAccessor,
// algnhsa.APIGatewayV2RequestFromContext, the header x-amzn-request-context.
func accountID(r *http.Request) string {
	var rc events.APIGatewayV2HTTPRequestContext // or that of the front in question
	event, ok := adapter.FromContext(r.Context())
	if !ok || event.RequestContext(&rc) != nil {
		return ""
	}
	return rc.AccountID
}

// table stands for core.GetStageVarsFromContext. Never let a stage variable decide
// who may do what: whoever deploys a stage writes it.
func table(r *http.Request) string {
	event, ok := adapter.FromContext(r.Context())
	if !ok {
		return ""
	}
	return event.StageVariable("TABLE")
}

// invocation stands for core.GetRuntimeContextFromContext and the header
// x-amzn-lambda-context.
func invocation(r *http.Request) string {
	lc, ok := lambdacontext.FromContext(r.Context())
	if !ok {
		return ""
	}
	return lc.AwsRequestID
}

// client stands for X-Forwarded-For, X-Real-IP and requestContext.identity.sourceIp.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}
