package awslabs_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// An event of each front that the library knows, with AUTHORIZER where that
// writes who is calling and HEADERS where the client's headers are.
var fronts = map[adapter.Format]string{
	adapter.RESTAPI: `{"resource":"/{proxy+}","path":"/notes/7","httpMethod":"GET",
		"headers":{HEADERS "Host":"api.example.com"},"multiValueHeaders":null,
		"queryStringParameters":{"q":"b"},"multiValueQueryStringParameters":{"q":["a","b"]},
		"pathParameters":{"proxy":"notes/7"},"stageVariables":{"table":"notes-prod","color":"blue"},
		"requestContext":{"resourceId":"al6gqb",AUTHORIZER "resourcePath":"/{proxy+}","httpMethod":"GET",
		"path":"/prod/notes/7","accountId":"123456789012","apiId":"a1b2c3","protocol":"HTTP/1.1","stage":"prod",
		"domainName":"api.example.com","domainPrefix":"api","requestTime":"18/Jun/2024:14:00:04 +0000",
		"requestTimeEpoch":1718719204000,"requestId":"5f2c8a52-6e1f-4a0e-8b3b-0f3d0e0c7a11","extendedRequestId":"ZX1cGEFIDoEFZ4A=",
		"identity":{"sourceIp":"192.0.2.1","userAgent":"curl/8","accountId":null,"userArn":null,"user":null}},
		"body":null,"isBase64Encoded":false}`,
	adapter.HTTPAPIV1: `{"version":"1.0","resource":"/{proxy+}","path":"/notes/7","httpMethod":"GET",
		"headers":{HEADERS "Host":"api.example.com"},"multiValueHeaders":null,
		"queryStringParameters":{"q":"b"},"multiValueQueryStringParameters":{"q":["a","b"]},
		"pathParameters":{"proxy":"notes/7"},"stageVariables":{"table":"notes-prod"},
		"requestContext":{"accountId":"123456789012","apiId":"a1b2c3",AUTHORIZER "domainName":"api.example.com","domainPrefix":"api",
		"extendedRequestId":"JCJmXjUAPHcEP4w=","httpMethod":"GET","identity":{"sourceIp":"192.0.2.1","userAgent":""},
		"path":"/notes/7","protocol":"HTTP/1.1","requestId":"JCJmXjUAPHcEP4w=","requestTime":"18/Jun/2024:14:00:04 +0000",
		"requestTimeEpoch":1718719204000,"resourceId":"ANY /{proxy+}","resourcePath":"/{proxy+}","stage":"$default"},
		"body":null,"isBase64Encoded":false}`,
	adapter.HTTPAPIV2: `{"version":"2.0","routeKey":"ANY /{proxy+}","rawPath":"/notes/7","rawQueryString":"q=a&q=b",
		"cookies":["session=s1","theme=dark"],"headers":{HEADERS "host":"api.example.com"},
		"queryStringParameters":{"q":"a,b"},"pathParameters":{"proxy":"notes/7"},"stageVariables":{"table":"notes-prod"},
		"requestContext":{"accountId":"123456789012","apiId":"a1b2c3",AUTHORIZER "domainName":"api.example.com","domainPrefix":"api",
		"http":{"method":"GET","path":"/notes/7","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"curl/8"},
		"requestId":"ATfSmjLgPHcESJw=","routeKey":"ANY /{proxy+}","stage":"$default","time":"18/Jun/2024:14:00:04 +0000",
		"timeEpoch":1718719204000},"isBase64Encoded":false}`,
	adapter.FunctionURL: `{"version":"2.0","routeKey":"$default","rawPath":"/notes/7","rawQueryString":"q=a&q=b",
		"headers":{HEADERS "host":"abc123.lambda-url.eu-west-1.on.aws"},"queryStringParameters":{"q":"a,b"},
		"requestContext":{"accountId":"anonymous","apiId":"abc123",AUTHORIZER
		"domainName":"abc123.lambda-url.eu-west-1.on.aws","domainPrefix":"abc123",
		"http":{"method":"GET","path":"/notes/7","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"curl/8"},
		"requestId":"5f2c8a52-6e1f-4a0e-8b3b-0f3d0e0c7a11","routeKey":"$default","stage":"$default",
		"time":"18/Jun/2024:14:00:04 +0000","timeEpoch":1718719204000},"isBase64Encoded":false}`,
	adapter.ALB: `{"requestContext":{AUTHORIZER
		"elb":{"targetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/notes/6d0ecf831eec9f09"}},
		"httpMethod":"GET","path":"/notes/7","queryStringParameters":{"q":"b"},
		"headers":{HEADERS "host":"api.example.com","x-forwarded-for":"192.0.2.1","x-forwarded-port":"443","x-forwarded-proto":"https"},
		"body":"","isBase64Encoded":false}`,
}

// What no type of the library is for.
var foreign = map[adapter.Format]string{
	adapter.LatticeV1: `{"raw_path":"/notes/7","method":"GET","headers":{"host":"api.example.com"},"query_string_parameters":{},
		"body":"","is_base64_encoded":false}`,
	adapter.LatticeV2: `{"version":"2.0","path":"/notes/7","method":"GET","headers":{"host":["api.example.com"]},"isBase64Encoded":false,
		"requestContext":{"serviceNetworkArn":"arn:aws:vpc-lattice:eu-west-1:123456789012:servicenetwork/sn-1",
		"serviceArn":"arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1","timeEpoch":"1718719204000000","identity":{}}}`,
}

// The Cognito user pool of all tokens.
const pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"

// What each authorizer writes about the same access token.
const (
	jwtClaims = `{"sub":"f2a4c6d8","iss":"` + pool + `","client_id":"4qr7","username":"ada","token_use":"access",
		"scope":"notes/read notes/write","cognito:groups":"[admin poweruser]","exp":"4102444800","iat":"1718719204"}`
	jwtV2   = `{"jwt":{"claims":` + jwtClaims + `,"scopes":["notes/read"]}}`
	jwtV1   = `{"claims":` + jwtClaims + `,"scopes":null}`
	cognito = `{"claims":{"sub":"f2a4c6d8","iss":"` + pool + `","client_id":"4qr7","username":"ada","token_use":"access",
		"scope":"notes/read notes/write","cognito:groups":"admin,poweruser",
		"exp":"Fri Jan  1 00:00:00 UTC 2100","iat":"Tue Jun 18 14:00:04 UTC 2024"}}`
	native = `{"claims":{"sub":"f2a4c6d8","iss":"` + pool + `","client_id":"4qr7","username":"ada","token_use":"access",
		"scope":"notes/read notes/write","cognito:groups":["admin","poweruser"],"exp":4102444800,"iat":1718719204}}`
	lambdaREST = `{"principalId":"user","integrationLatency":422,"tenant":"t1"}`
	lambdaV2   = `{"lambda":{"tenant":"t1","limits":[1,2],"admin":true}}`
	iamV2      = `{"iam":{"accessKey":"ASIAEXAMPLE","accountId":"123456789012","callerId":"AROAEXAMPLE:ada",
		"cognitoIdentity":null,"principalOrgId":"o-example","userArn":"arn:aws:sts::123456789012:assumed-role/notes/ada","userId":"AROAEXAMPLE:ada"}}`
)

// eventOf returns a front's event. An empty authorizer leaves the member out;
// headers are names and values by turns.
func eventOf(front adapter.Format, authorizer string, headers ...string) []byte {
	if authorizer != "" {
		authorizer = `"authorizer":` + authorizer + `,`
	}
	var lines strings.Builder
	for i := 0; i < len(headers); i += 2 {
		name, _ := json.Marshal(headers[i])
		value, _ := json.Marshal(headers[i+1])
		lines.WriteString(string(name) + ":" + string(value) + ",")
	}
	return []byte(strings.NewReplacer("AUTHORIZER", authorizer, "HEADERS", lines.String()).Replace(fronts[front]))
}

// A function serves an event, as lambda.Handler does.
type function func(ctx context.Context, event []byte) ([]byte, error)

// typed is a function of a handler of typed events, as lambda.Start makes it.
func typed[Event, Response any](handle func(context.Context, Event) (Response, error)) function {
	return func(ctx context.Context, data []byte) ([]byte, error) {
		var event Event
		if err := json.Unmarshal(data, &event); err != nil {
			return nil, err
		}
		response, err := handle(ctx, event)
		if err != nil {
			return nil, err
		}
		return json.Marshal(response)
	}
}

// onLibrary serves h with the library's adapter for the front.
func onLibrary(front adapter.Format, h http.Handler) function {
	switch front {
	case adapter.HTTPAPIV2, adapter.FunctionURL:
		return typed(httpadapter.NewV2(h).ProxyWithContext)
	case adapter.ALB:
		return typed(httpadapter.NewALB(h).ProxyWithContext)
	}
	return typed(httpadapter.New(h).ProxyWithContext)
}

// onLibraryHeaders is onLibrary with Proxy, which puts the context into headers.
func onLibraryHeaders(front adapter.Format, h http.Handler) function {
	switch front {
	case adapter.HTTPAPIV2, adapter.FunctionURL:
		return typed(withoutContext(httpadapter.NewV2(h).Proxy))
	case adapter.ALB:
		return typed(withoutContext(httpadapter.NewALB(h).Proxy))
	}
	return typed(withoutContext(httpadapter.New(h).Proxy))
}

func withoutContext[Event, Response any](proxy func(Event) (Response, error)) func(context.Context, Event) (Response, error) {
	return func(_ context.Context, event Event) (Response, error) { return proxy(event) }
}

// run serves one event as the Lambda runtime would, and returns the reply in the
// type that holds every front's.
func run(t *testing.T, f function, event []byte) events.APIGatewayV2HTTPResponse {
	t.Helper()
	ctx := lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: "8c1d7f00"})
	return runWith(ctx, t, f, event)
}

func runWith(ctx context.Context, t *testing.T, f function, event []byte) events.APIGatewayV2HTTPResponse {
	t.Helper()
	data, err := f(ctx, event)
	if err != nil {
		t.Fatalf("the function failed: %v", err)
	}
	var reply events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(data, &reply); err != nil {
		t.Fatalf("the reply is not JSON: %v", err)
	}
	return reply
}

// each runs a test for every front.
func each(t *testing.T, test func(t *testing.T, front adapter.Format)) {
	for front := range fronts {
		t.Run(front.String(), func(t *testing.T) { test(t, front) })
	}
}
