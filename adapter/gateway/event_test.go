package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

// A request with everything that the formats treat differently.
func busyRequest(base string) *http.Request {
	r := httptest.NewRequest("POST", base+"/boats/sea%20gull%2F2//x?tag=a&tag=b+c&plus=1%2B1&empty=&bare", strings.NewReader(`{"name":"Möwe <1>"}`))
	r.Host = "harbour.example.com:8443"
	r.RemoteAddr = "[2001:db8::7]:40000"
	r.Header = http.Header{
		"Accept":          {"*/*"},
		"Content-Type":    {"application/json; charset=utf-8"},
		"Cookie":          {"berth=12; crew=3", "tide=ebb"},
		"Connection":      {"close"},
		"User-Agent":      {"buoy/1.0"},
		"X-Forwarded-For": {"198.51.100.4"},
		"X-Amzn-Trace-Id": {"Root=1-00000001-000000000000000000000002;Parent=0000000000000003"},
		"X-Flag":          {"red", "green,blue"},
	}
	return r
}

const busyV1Headers = `
"headers": {"Accept":"*/*","Content-Type":"application/json; charset=utf-8","Cookie":"tide=ebb","Host":"harbour.example.com:8443",
  "User-Agent":"buoy/1.0","X-Amzn-Trace-Id":"Root=1-00000001-000000000000000000000002;Parent=0000000000000003","X-Flag":"green,blue",
  "X-Forwarded-For":"198.51.100.4, 2001:db8::7","X-Forwarded-Port":"443","X-Forwarded-Proto":"https"%s},
"multiValueHeaders": {"Accept":["*/*"],"Content-Type":["application/json; charset=utf-8"],"Cookie":["berth=12; crew=3","tide=ebb"],"Host":["harbour.example.com:8443"],
  "User-Agent":["buoy/1.0"],"X-Amzn-Trace-Id":["Root=1-00000001-000000000000000000000002;Parent=0000000000000003"],"X-Flag":["red","green,blue"],
  "X-Forwarded-For":["198.51.100.4, 2001:db8::7"],"X-Forwarded-Port":["443"],"X-Forwarded-Proto":["https"]%s},
"queryStringParameters": {"tag":"b c","plus":"1+1","empty":"","bare":""},
"multiValueQueryStringParameters": {"tag":["a","b c"],"plus":["1+1"],"empty":[""],"bare":[""]},
"stageVariables": {"pier":"west"}`

const busyV1Identity = `"identity":{"accessKey":null,"accountId":null,"caller":null,"cognitoAuthenticationProvider":null,"cognitoAuthenticationType":null,
  "cognitoIdentityId":null,"cognitoIdentityPoolId":null,"principalOrgId":null,"sourceIp":"2001:db8::7","user":null,"userAgent":"buoy/1.0","userArn":null}`

const busyV2Headers = `"accept":"*/*","content-type":"application/json; charset=utf-8","content-length":"20","host":"harbour.example.com:8443",
  "user-agent":"buoy/1.0","x-amzn-trace-id":"Root=1-00000001-000000000000000000000002;Parent=0000000000000003","x-flag":"red,green,blue",
  "x-forwarded-for":"198.51.100.4, 2001:db8::7","x-forwarded-port":"443","x-forwarded-proto":"https"`

const busyV2Query = `"rawQueryString":"tag=a&tag=b+c&plus=1%2B1&empty=&bare","queryStringParameters":{"tag":"a,b c","plus":"1+1","empty":"","bare":""}`

var (
	uuidID  = `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`
	shortID = `^[A-Za-z0-9_-]{15}=$`
	busy    = []struct {
		format    adapter.Format
		requestID string
		want      string
	}{
		{adapter.RESTAPI, uuidID, `{
"resource":"/boats/{name}/{rest+}","path":"/boats/sea%20gull%2F2//x","httpMethod":"POST",` +
			strings.ReplaceAll(busyV1Headers, "%s", "") + `,
"pathParameters":{"name":"sea%20gull%2F2","rest":"/x"},
"requestContext":{"accountId":"123456789012","apiId":"a1b2c3d4e5","deploymentId":"d1e2p3","domainName":"harbour.example.com","domainPrefix":"harbour",
  "extendedRequestId":"*","httpMethod":"POST","path":"/prod/boats/sea%20gull%2F2//x","protocol":"HTTP/1.1","requestId":"*","requestTime":"*","requestTimeEpoch":"*",
  "resourceId":"*","resourcePath":"/boats/{name}/{rest+}","stage":"prod",` + busyV1Identity + `},
"body":"eyJuYW1lIjoiTcO2d2UgPDE+In0=","isBase64Encoded":true}`},
		{adapter.HTTPAPIV1, shortID, `{"version":"1.0",
"resource":"/boats/{name}/{rest+}","path":"/boats/sea%20gull%2F2//x","httpMethod":"POST",` +
			strings.Replace(strings.Replace(busyV1Headers, "%s", `,"Content-Length":"20"`, 1), "%s", `,"Content-Length":["20"]`, 1) + `,
"pathParameters":{"name":"sea gull/2","rest":"/x"},
"requestContext":{"accountId":"123456789012","apiId":"a1b2c3d4e5","domainName":"harbour.example.com","domainPrefix":"harbour",
  "extendedRequestId":"*","httpMethod":"POST","path":"/boats/sea gull/2//x","protocol":"HTTP/1.1","requestId":"*","requestTime":"*","requestTimeEpoch":"*",
  "resourceId":"ANY /boats/{name}/{rest+}","resourcePath":"/boats/{name}/{rest+}","stage":"$default",` + busyV1Identity + `},
"body":"{\"name\":\"Möwe <1>\"}","isBase64Encoded":false}`},
		{adapter.HTTPAPIV2, shortID, `{"version":"2.0","routeKey":"ANY /boats/{name}/{rest+}","rawPath":"/boats/sea gull/2//x",` + busyV2Query + `,
"cookies":["berth=12","crew=3","tide=ebb"],"headers":{` + busyV2Headers + `},
"pathParameters":{"name":"sea gull/2","rest":"/x"},"stageVariables":{"pier":"west"},
"requestContext":{"accountId":"123456789012","apiId":"a1b2c3d4e5","domainName":"harbour.example.com","domainPrefix":"harbour",
  "http":{"method":"POST","path":"/boats/sea gull/2//x","protocol":"HTTP/1.1","sourceIp":"2001:db8::7","userAgent":"buoy/1.0"},
  "requestId":"*","routeKey":"ANY /boats/{name}/{rest+}","stage":"$default","time":"*","timeEpoch":"*"},
"body":"{\"name\":\"Möwe <1>\"}","isBase64Encoded":false}`},
		{adapter.FunctionURL, uuidID, `{"version":"2.0","routeKey":"$default","rawPath":"/boats/sea%20gull%2F2//x",` + busyV2Query + `,
"cookies":["berth=12","crew=3","tide=ebb"],"headers":{"cookie":"berth=12; crew=3; tide=ebb","x-amzn-tls-version":"TLSv1.3","x-amzn-tls-cipher-suite":"TLS_AES_128_GCM_SHA256",` + busyV2Headers + `},
"requestContext":{"accountId":"anonymous","apiId":"a1b2c3d4e5","domainName":"a1b2c3d4e5.lambda-url.us-east-1.on.aws","domainPrefix":"a1b2c3d4e5",
  "http":{"method":"POST","path":"/boats/sea gull/2//x","protocol":"HTTP/1.1","sourceIp":"2001:db8::7","userAgent":"buoy/1.0"},
  "requestId":"*","routeKey":"$default","stage":"$default","time":"*","timeEpoch":"*"},
"body":"{\"name\":\"Möwe <1>\"}","isBase64Encoded":false}`},
	}
)

func TestEventOfABusyRequest(t *testing.T) {
	for i, tt := range busy {
		t.Run(tt.format.String(), func(t *testing.T) {
			g := gateway.Config{
				Format:         tt.format,
				Routes:         []gateway.Route{{Key: "ANY /boats/{name}/{rest+}"}},
				StageVariables: map[string]string{"pier": "west"},
			}
			got := event(t, g, busyRequest(formats[i].base))
			context := got["requestContext"].(map[string]any)
			blank(t, context, "requestId", tt.requestID)
			blank(t, context, "extendedRequestId", shortID)
			blank(t, context, "requestTime", `^\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000$`)
			blank(t, context, "time", `^\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000$`)
			for _, name := range []string{"requestTimeEpoch", "timeEpoch"} {
				if ms, ok := context[name].(float64); ok && ms > 1.7e12 {
					context[name] = "*"
				}
			}
			if tt.format == adapter.RESTAPI {
				blank(t, context, "resourceId", `^[0-9a-z]{6}$`)
			}
			if diff := cmp.Diff(decode(t, []byte(tt.want)), any(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// blank replaces a text that differs each time, once it looks as it should.
func blank(t *testing.T, object map[string]any, name, pattern string) {
	t.Helper()
	value, there := object[name]
	if !there {
		return
	}
	if text, _ := value.(string); !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("%s = %v does not match %s", name, value, pattern)
	}
	object[name] = "*"
}

func event(t testing.TB, g gateway.Config, r *http.Request) map[string]any {
	t.Helper()
	data, err := gateway.MustNew(g).Event(r)
	if err != nil {
		t.Fatalf("Event: %v", err)
	}
	return decode(t, data).(map[string]any)
}

// member walks to a member of a decoded object; absent has a value of its own.
func member(object map[string]any, path string) any {
	var value any = object
	for name := range strings.SplitSeq(path, ".") {
		inner, ok := value.(map[string]any)
		if !ok {
			return absent
		}
		if value, ok = inner[name]; !ok {
			return absent
		}
	}
	return value
}

const absent = "(absent)"

func TestNullAndAbsent(t *testing.T) {
	tests := map[adapter.Format]map[string]any{
		adapter.RESTAPI: {
			"version": absent, "body": nil, "isBase64Encoded": false, "queryStringParameters": nil, "multiValueQueryStringParameters": nil,
			"pathParameters": nil, "stageVariables": nil, "requestContext.authorizer": absent, "requestContext.identity.userAgent": nil,
			"requestContext.identity.clientCert": absent, "headers.Content-Length": absent,
		},
		adapter.HTTPAPIV1: {
			"body": nil, "isBase64Encoded": false, "queryStringParameters": nil, "multiValueQueryStringParameters": nil,
			"pathParameters": nil, "stageVariables": nil, "requestContext.authorizer": absent, "requestContext.identity.userAgent": "",
			"requestContext.deploymentId": absent, "headers.Content-Length": absent,
		},
		adapter.HTTPAPIV2: {
			"body": absent, "isBase64Encoded": false, "rawQueryString": "", "queryStringParameters": absent, "cookies": absent,
			"pathParameters": absent, "stageVariables": absent, "requestContext.authorizer": absent, "requestContext.authentication": absent,
			"requestContext.http.userAgent": "",
		},
		adapter.FunctionURL: {
			"body": absent, "isBase64Encoded": false, "rawQueryString": "", "queryStringParameters": absent, "cookies": absent,
			"pathParameters": absent, "stageVariables": absent, "requestContext.authorizer": absent, "requestContext.authentication": absent,
		},
	}
	for _, f := range formats {
		got := event(t, gateway.Config{Format: f.format}, httptest.NewRequest("GET", f.base+"/", nil))
		for path, want := range tests[f.format] {
			if value := member(got, path); value != want {
				t.Errorf("%v: %s = %v, want %v", f.format, path, value, want)
			}
		}
	}
}
