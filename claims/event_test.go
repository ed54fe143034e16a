package claims_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// The Cognito user pool of all tokens in these tests, unless they say otherwise.
const pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"

// A VPC Lattice service that no event comes from.
const latticeARN = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-other"

// An event of each front, with AUTHORIZER where it writes who is calling.
var fronts = map[adapter.Format]string{
	adapter.HTTPAPIV2: `{"version":"2.0","routeKey":"ANY /{proxy+}","rawPath":"/notes","rawQueryString":"",
		"headers":{"host":"a1b2c3.execute-api.eu-west-1.amazonaws.com"},"requestContext":{
		"accountId":"123456789012","apiId":"a1b2c3","domainName":"a1b2c3.execute-api.eu-west-1.amazonaws.com","domainPrefix":"a1b2c3",
		AUTHORIZER "http":{"method":"GET","path":"/notes","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"curl/8"},
		"requestId":"ATfSmjLgPHcESJw=","routeKey":"ANY /{proxy+}","stage":"$default","time":"18/Jun/2024:14:00:04 +0000","timeEpoch":1718719204000},
		"isBase64Encoded":false}`,
	adapter.HTTPAPIV1: `{"version":"1.0","resource":"/{proxy+}","path":"/notes","httpMethod":"GET",
		"headers":{"Host":"a1b2c3.execute-api.eu-west-1.amazonaws.com"},"multiValueHeaders":{"Host":["a1b2c3.execute-api.eu-west-1.amazonaws.com"]},
		"queryStringParameters":null,"multiValueQueryStringParameters":null,"pathParameters":{"proxy":"notes"},"stageVariables":null,
		"requestContext":{"accountId":"123456789012","apiId":"a1b2c3",AUTHORIZER "domainName":"a1b2c3.execute-api.eu-west-1.amazonaws.com",
		"httpMethod":"GET","identity":{"sourceIp":"192.0.2.1","userAgent":""},"path":"/notes","protocol":"HTTP/1.1","requestId":"JCJmXjUAPHcEP4w=",
		"extendedRequestId":"JCJmXjUAPHcEP4w=","resourceId":"ANY /{proxy+}","resourcePath":"/{proxy+}","stage":"$default"},
		"body":null,"isBase64Encoded":false}`,
	adapter.RESTAPI: `{"resource":"/{proxy+}","path":"/notes","httpMethod":"GET","headers":{"Host":"a1b2c3.execute-api.eu-west-1.amazonaws.com"},
		"multiValueHeaders":{"Host":["a1b2c3.execute-api.eu-west-1.amazonaws.com"]},"queryStringParameters":null,
		"multiValueQueryStringParameters":null,"pathParameters":{"proxy":"notes"},"stageVariables":null,
		"requestContext":{"resourceId":"al6gqb",AUTHORIZER "resourcePath":"/{proxy+}","httpMethod":"GET","path":"/$default/notes",
		"accountId":"123456789012","apiId":"a1b2c3","protocol":"HTTP/1.1","stage":"$default","domainName":"a1b2c3.execute-api.eu-west-1.amazonaws.com",
		"requestId":"5f2c8a52-6e1f-4a0e-8b3b-0f3d0e0c7a11","identity":{"sourceIp":"192.0.2.1","accountId":null,"userArn":null,"user":null}},
		"body":null,"isBase64Encoded":false}`,
	adapter.FunctionURL: `{"version":"2.0","routeKey":"$default","rawPath":"/notes","rawQueryString":"",
		"headers":{"host":"abc123.lambda-url.eu-west-1.on.aws"},"requestContext":{"accountId":"anonymous","apiId":"a1b2c3",
		AUTHORIZER "domainName":"abc123.lambda-url.eu-west-1.on.aws","domainPrefix":"abc123",
		"http":{"method":"GET","path":"/notes","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"curl/8"},
		"requestId":"5f2c8a52-6e1f-4a0e-8b3b-0f3d0e0c7a11","routeKey":"$default","stage":"$default"},"isBase64Encoded":false}`,
	adapter.ALB: `{"requestContext":{AUTHORIZER "elb":{"targetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/t/1"}},
		"httpMethod":"GET","path":"/notes","queryStringParameters":{},"headers":{"host":"example.com"},"body":"","isBase64Encoded":false}`,
	adapter.LatticeV2: `{"version":"2.0","path":"/notes","method":"GET","headers":{"host":["example.com"]},"isBase64Encoded":false,
		"requestContext":{AUTHORIZER "serviceNetworkArn":"arn:aws:vpc-lattice:eu-west-1:123456789012:servicenetwork/sn-1",
		"serviceArn":"arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1","timeEpoch":"1718719204000000","identity":{}}}`,
	adapter.WebSocketAPI: `{"requestContext":{"routeKey":"$default",AUTHORIZER "messageId":"KxHbQhT2joEEMVg=","eventType":"MESSAGE",
		"messageDirection":"IN","stage":"$default","connectedAt":1718719204000,"identity":{"sourceIp":"192.0.2.1"},
		"connectionId":"KxHbPcT2joECEvw=","apiId":"a1b2c3"},"body":"{}","isBase64Encoded":false}`,
}

// What each authorizer writes about the same access token.
const (
	jwtClaims = `{"sub":"f2a4c6d8","iss":"` + pool + `","client_id":"4qr7","username":"ada","token_use":"access",
		"scope":"notes-api/read notes-api/write","cognito:groups":"[admin poweruser]","jti":"9c1d","exp":"1718722804",
		"iat":"1718719204","auth_time":"1718719204","version":"2","origin_jti":"77aa","event_id":"bb01"}`
	cognitoClaims = `{"sub":"f2a4c6d8","iss":"` + pool + `","client_id":"4qr7","username":"ada","token_use":"access",
		"scope":"notes-api/read notes-api/write","cognito:groups":"admin,poweruser","jti":"9c1d","exp":"Tue Jun 18 15:00:04 UTC 2024",
		"iat":"Tue Jun 18 14:00:04 UTC 2024","auth_time":"1718719204","version":"2","origin_jti":"77aa","event_id":"bb01"}`
	nativeClaims = `{"sub":"f2a4c6d8","iss":"` + pool + `","client_id":"4qr7","username":"ada","token_use":"access",
		"scope":"notes-api/read notes-api/write","cognito:groups":["admin","poweruser"],"jti":"9c1d","exp":1718722804,
		"iat":1718719204,"auth_time":1718719204,"version":2,"origin_jti":"77aa","event_id":"bb01"}`

	jwtV2   = `{"jwt":{"claims":` + jwtClaims + `,"scopes":null}}`
	jwtV1   = `{"claims":` + jwtClaims + `,"scopes":null}`
	cognito = `{"claims":` + cognitoClaims + `}`
	native  = `{"claims":` + nativeClaims + `}`
)

// eventOf returns a front's event; an empty authorizer leaves the member out, as
// the gateways do on routes without one.
func eventOf(front adapter.Format, authorizer string) string {
	if authorizer != "" {
		authorizer = `"authorizer":` + authorizer + `,`
	}
	return strings.Replace(fronts[front], "AUTHORIZER", authorizer, 1)
}

// request returns a request as a handler gets it from the event.
func request(t testing.TB, event string) *http.Request {
	t.Helper()
	parsed, err := adapter.ParseEvent([]byte(event))
	if err != nil {
		t.Fatalf("the test's event: %v", err)
	}
	r := httptest.NewRequest("GET", "/notes", nil)
	return r.WithContext(adapter.NewContext(r.Context(), parsed))
}

// requestFrom returns a request whose event's front wrote this authorizer data.
func requestFrom(t testing.TB, front adapter.Format, authorizer string) *http.Request {
	t.Helper()
	r := request(t, eventOf(front, authorizer))
	if event, _ := adapter.FromContext(r.Context()); event.Format() != front {
		t.Fatalf("the test's event is of format %v, want %v", event.Format(), front)
	}
	return r
}

// jwtWith is the JWT authorizer's block, payload 2.0, with these members beside
// a sub.
func jwtWith(members string) string {
	return `{"jwt":{"claims":{"sub":"f2a4c6d8",` + members + `},"scopes":null}}`
}

// anyone accepts every issuer: for tests of everything but the pins.
var anyone = claims.MustNew(claims.Config{InsecureAnyIssuer: true})

// identify returns who is calling, and fails the test for nobody.
func identify(t testing.TB, e *claims.Extractor, r *http.Request) *claims.Identity {
	t.Helper()
	id, err := e.Identify(r)
	if err != nil || id == nil {
		t.Fatalf("Identify = %v, %v, want an Identity", id, err)
	}
	return id
}

// newIdentity returns an Identity of claims written as JSON.
func newIdentity(t testing.TB, src claims.Source, object string) *claims.Identity {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(object))
	d.UseNumber()
	var members map[string]any
	if err := d.Decode(&members); err != nil {
		t.Fatal(err)
	}
	id, err := claims.NewIdentity(src, members)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func background(t testing.TB, event string) context.Context {
	t.Helper()
	return request(t, event).Context()
}
