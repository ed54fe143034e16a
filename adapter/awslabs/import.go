package awslabs

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/core"

	"github.com/gatehouse-go/gatehouse/adapter"
)

func imported(r *http.Request) *http.Request {
	ctx := r.Context()
	if _, ok := adapter.FromContext(ctx); ok {
		return r
	}
	known := libraryEvent(ctx, r)
	if known == nil {
		return r
	}
	event, err := eventOf(known)
	if err != nil {
		return r
	}
	return r.WithContext(adapter.NewContext(ctx, event))
}

// libraryEvent returns an event with what the library keeps in the context, nil
// if there is nothing.
func libraryEvent(ctx context.Context, r *http.Request) any {
	if rc, ok := core.GetAPIGatewayV2ContextFromContext(ctx); ok {
		variables, _ := core.GetStageVarsFromContextV2(ctx)
		return writableV2(events.APIGatewayV2HTTPRequest{
			Version: "2.0", RawPath: r.URL.Path, RequestContext: rc, StageVariables: variables,
		})
	}
	if rc, ok := core.GetAPIGatewayContextFromContext(ctx); ok {
		variables, _ := core.GetStageVarsFromContext(ctx)
		return writableV1(events.APIGatewayProxyRequest{
			HTTPMethod: r.Method, Path: r.URL.Path, RequestContext: rc, StageVariables: variables,
		})
	}
	if rc, ok := core.GetTargetGroupRequetFromContextALB(ctx); ok {
		return events.ALBTargetGroupRequest{HTTPMethod: r.Method, Path: r.URL.Path, RequestContext: rc}
	}
	return nil
}

func eventOf(known any) (*adapter.Event, error) {
	data, err := json.Marshal(known)
	if err != nil {
		return nil, err
	}
	return adapter.ParseEvent(data)
}
