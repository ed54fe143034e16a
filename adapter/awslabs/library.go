package awslabs

import (
	"context"
	"net/http"
	"net/url"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/core"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// libraryKey is the one context key that all accessors of the library use. Its
// type is private, but an accessor shows it to the context it is called with.
var libraryKey = askedKey(func(ctx context.Context) { core.GetStageVarsFromContext(ctx) })

// askedKey returns the key that ask looks up.
func askedKey(ask func(context.Context)) any {
	spy := &keySpy{Context: context.Background()}
	ask(spy)
	return spy.key
}

type keySpy struct {
	context.Context
	key any
}

func (s *keySpy) Value(key any) any {
	s.key = key
	return nil
}

// libraryValue returns what the library keeps in the context of a request from
// this event; nil if it cannot. Its type is private as well, so the library has
// to make it: of an event with nothing but a context and a URL it can parse.
func libraryValue(ctx context.Context, event *adapter.Event) any {
	format := int(event.Format())
	if format >= len(requests) || requests[format] == nil {
		return nil
	}
	r, err := requests[format](ctx, event)
	if err != nil {
		return nil
	}
	return r.Context().Value(libraryKey)
}

// requests make the library's request for an event, by format.
var requests = [...]func(context.Context, *adapter.Event) (*http.Request, error){
	adapter.RESTAPI:     requestV1,
	adapter.HTTPAPIV1:   requestV1,
	adapter.HTTPAPIV2:   requestV2,
	adapter.FunctionURL: requestV2,
	adapter.ALB:         requestALB,
}

// kept are the members of an event that the library keeps.
type kept[Context any] struct {
	RequestContext Context           `json:"requestContext"`
	StageVariables map[string]string `json:"stageVariables"`
}

func requestV1(ctx context.Context, event *adapter.Event) (*http.Request, error) {
	var k kept[events.APIGatewayProxyRequestContext]
	if err := decode(event, &k, &k.RequestContext.DomainName); err != nil {
		return nil, err
	}
	var accessor core.RequestAccessor
	return accessor.EventToRequestWithContext(ctx, events.APIGatewayProxyRequest{
		HTTPMethod:     http.MethodGet,
		RequestContext: k.RequestContext,
		StageVariables: k.StageVariables,
	})
}

func requestV2(ctx context.Context, event *adapter.Event) (*http.Request, error) {
	var k kept[events.APIGatewayV2HTTPRequestContext]
	if err := decode(event, &k, &k.RequestContext.DomainName); err != nil {
		return nil, err
	}
	var accessor core.RequestAccessorV2
	// Without a path, the library would parse that of the context.
	return accessor.EventToRequestWithContext(ctx, events.APIGatewayV2HTTPRequest{
		RawPath:        "/",
		RequestContext: k.RequestContext,
		StageVariables: k.StageVariables,
	})
}

func requestALB(ctx context.Context, event *adapter.Event) (*http.Request, error) {
	var k kept[events.ALBTargetGroupRequestContext]
	if err := decode(event, &k, new(string)); err != nil {
		return nil, err
	}
	var accessor core.RequestAccessorALB
	return accessor.EventToRequestWithContext(ctx, events.ALBTargetGroupRequest{
		HTTPMethod:     http.MethodGet,
		RequestContext: k.RequestContext,
	})
}

// decode decodes the event into k, and checks the host name in it: the library
// prints one that it cannot parse.
func decode(event *adapter.Event, k any, host *string) error {
	if err := event.Decode(k); err != nil {
		return err
	}
	_, err := url.Parse("https://" + *host + "/")
	return err
}
