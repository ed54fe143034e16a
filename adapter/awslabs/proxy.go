package awslabs

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"github.com/gatehouse-go/gatehouse/adapter"
)

var (
	errEvent = errors.New("awslabs: the event cannot be written as JSON")
	errReply = errors.New("awslabs: the reply does not fit the library's type")
)

// Proxy serves the typed events of REST APIs and of payload format 1.0, in place
// of the library's HandlerAdapter and its likes. It is safe for concurrent use.
type Proxy struct{ handler *adapter.Handler }

// ProxyV2 serves the typed events of payload format 2.0 and of function URLs, in
// place of the library's HandlerAdapterV2. It is safe for concurrent use.
type ProxyV2 struct{ handler *adapter.Handler }

// ProxyALB serves the typed events of load balancers, in place of the library's
// HandlerAdapterALB. It is safe for concurrent use.
type ProxyALB struct{ handler *adapter.Handler }

// New returns a Proxy that serves h, wrapped in Export, with options as
// adapter.New takes them; it panics where that does.
//
// It is for programs that read or change the typed event or response. Others
// pass adapter.New's result to lambda.Start, which spares decoding and encoding
// the event twice and the loss of what the type does not have.
func New(h http.Handler, opts *adapter.Options) *Proxy { return &Proxy{newHandler(h, opts)} }

// NewV2 returns a ProxyV2, as New returns a Proxy.
func NewV2(h http.Handler, opts *adapter.Options) *ProxyV2 { return &ProxyV2{newHandler(h, opts)} }

// NewALB returns a ProxyALB, as New returns a Proxy.
func NewALB(h http.Handler, opts *adapter.Options) *ProxyALB { return &ProxyALB{newHandler(h, opts)} }

func newHandler(h http.Handler, opts *adapter.Options) *adapter.Handler {
	if h == nil {
		return adapter.New(nil, opts) // panics, and names what else is wrong
	}
	return adapter.New(Export(h), opts)
}

// ProxyWithContext serves one event, as adapter.Handler's Invoke does: it fails
// for an event that is not a request, and whatever goes wrong with a request is a
// response.
func (p *Proxy) ProxyWithContext(ctx context.Context, event events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	return invoke[events.APIGatewayProxyResponse](ctx, p.handler, writableV1(event))
}

// ProxyWithContext serves one event, as that of Proxy does. Where the event lacks
// rawPath or rawQueryString, which real ones have, the other members that hold
// the path and the query count, as in the library.
func (p *ProxyV2) ProxyWithContext(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return invoke[events.APIGatewayV2HTTPResponse](ctx, p.handler, writableV2(event))
}

// ProxyWithContext serves one event, as that of Proxy does.
func (p *ProxyALB) ProxyWithContext(ctx context.Context, event events.ALBTargetGroupRequest) (events.ALBTargetGroupResponse, error) {
	return invoke[events.ALBTargetGroupResponse](ctx, p.handler, event)
}

func invoke[Response any](ctx context.Context, h *adapter.Handler, event any) (response Response, err error) {
	payload, err := json.Marshal(event)
	if err != nil {
		return response, errEvent
	}
	reply, err := h.Invoke(ctx, payload)
	if err != nil {
		return response, err
	}
	if json.Unmarshal(reply, &response) != nil {
		return response, errReply
	}
	return response, nil
}
