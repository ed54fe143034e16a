package gateway_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

const busyLatticeTexts = `{"accept":"*/*","content-type":"application/json; charset=utf-8","content-length":"20","cookie":"berth=12; crew=3; tide=ebb",
  "host":"harbour.example.com:8443","user-agent":"buoy/1.0","x-amzn-trace-id":"Root=1-00000001-000000000000000000000002;Parent=0000000000000003","x-flag":"red,green,blue",
  "x-forwarded-for":"198.51.100.4, 2001:db8::7"}`

const busyLatticeLists = `{"accept":["*/*"],"content-type":["application/json; charset=utf-8"],"content-length":["20"],"cookie":["berth=12; crew=3","tide=ebb"],
  "host":["harbour.example.com:8443"],"user-agent":["buoy/1.0"],"x-amzn-trace-id":["Root=1-00000001-000000000000000000000002;Parent=0000000000000003"],"x-flag":["red","green,blue"],
  "x-forwarded-for":["198.51.100.4, 2001:db8::7"]}`

const busyLatticeContext = `{
  "serviceNetworkArn":"arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0123456789abcdef0",
  "serviceArn":"arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0123456789abcdef0",
  "targetGroupArn":"arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/tg-0123456789abcdef0",
  "identity":{"sourceVpcArn":"arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0123456789abcdef0"},"region":"us-east-1","timeEpoch":"*"}`

func TestLatticeEvent(t *testing.T) {
	tests := []struct {
		name   string
		format adapter.Format
		texts  bool
		want   string
	}{
		{"V1", adapter.LatticeV1, false, `{"raw_path":"/boats/sea%20gull%2F2//x","method":"POST","headers":` + busyLatticeTexts + `,
			"query_string_parameters":{"tag":"a,b c","plus":"1+1","empty":"","bare":""},"body":"{\"name\":\"Möwe <1>\"}","is_base64_encoded":false}`},
		{"V2 with lists", adapter.LatticeV2, false, `{"version":"2.0","path":"/boats/sea%20gull%2F2//x?tag=a&tag=b+c&plus=1%2B1&empty=&bare","method":"POST",
			"headers":` + busyLatticeLists + `,"queryStringParameters":{"tag":["a","b c"],"plus":["1+1"],"empty":[""],"bare":[""]},
			"body":"{\"name\":\"Möwe <1>\"}","isBase64Encoded":false,"requestContext":` + busyLatticeContext + `}`},
		{"V2 with texts", adapter.LatticeV2, true, `{"version":"2.0","path":"/boats/sea%20gull%2F2//x","method":"POST",
			"headers":` + busyLatticeTexts + `,"queryStringParameters":{"tag":"a,b c","plus":"1+1","empty":"","bare":""},
			"body":"{\"name\":\"Möwe <1>\"}","isBase64Encoded":false,"requestContext":` + busyLatticeContext + `}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := busyRequest("")
			r.Header.Set("X-Amzn-Lattice-Identity", "Principal=claimed")
			r.Header.Set("X-Amzn-Source-Vpc", "vpc-claimed")
			got := event(t, gateway.Config{Format: tt.format, LatticeStrings: tt.texts}, r)
			if context, ok := got["requestContext"].(map[string]any); ok {
				blank(t, context, "timeEpoch", `^[0-9]{16}$`)
			}
			if diff := cmp.Diff(decode(t, []byte(tt.want)), any(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLatticeEventWithNothing(t *testing.T) {
	want := map[string]any{"path": "/", "raw_path": absent, "body": "", "queryStringParameters": absent, "isBase64Encoded": false}
	for _, texts := range []bool{false, true} {
		got := event(t, gateway.Config{Format: adapter.LatticeV2, LatticeStrings: texts}, httptest.NewRequest("GET", "/?&", nil))
		for path, want := range want {
			if value := member(got, path); value != want {
				t.Errorf("texts %v: %s = %v, want %v", texts, path, value, want)
			}
		}
	}
	v1 := event(t, gateway.Config{Format: adapter.LatticeV1}, httptest.NewRequest("GET", "/", nil))
	if v1["body"] != "" || v1["is_base64_encoded"] != false || member(v1, "requestContext") != absent {
		t.Errorf("V1: %v", v1)
	}
}

func TestLatticeIdentity(t *testing.T) {
	g := gateway.Config{Format: adapter.LatticeV2, Authorizer: gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
		return &gateway.Authorization{Identity: map[string]any{"type": "AWS_IAM", "principal": "arn:aws:iam::123456789012:role/pilot"}}, nil
	})}
	want := map[string]any{
		"sourceVpcArn": "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0123456789abcdef0",
		"type":         "AWS_IAM", "principal": "arn:aws:iam::123456789012:role/pilot",
	}
	got := member(event(t, g, httptest.NewRequest("GET", "/", nil)), "requestContext.identity")
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Neither an ALB nor VPC Lattice can tell the function what an authorizer
// found out, so a gateway that is set up as if they could must not pass.
func TestTargetGroupsHaveNoAuthorizerData(t *testing.T) {
	for _, format := range []adapter.Format{adapter.ALB, adapter.LatticeV1, adapter.LatticeV2} {
		g := gateway.Config{Function: returns(okReply), Format: format,
			Authorizer: gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
				return &gateway.Authorization{Authorizer: map[string]any{"principalId": "pilot"}}, nil
			})}
		if got := see(t, g, httptest.NewRequest("GET", "/", nil)); got.Status != 500 || got.Cause != "the front's events have no authorizer data" {
			t.Errorf("%v: %+v", format, got)
		}
		var refusal *gateway.Refusal
		if _, err := gateway.MustNew(g).Event(httptest.NewRequest("GET", "/", nil)); !errors.As(err, &refusal) {
			t.Errorf("%v: Event: %v", format, err)
		}
	}
}

func TestLatticeReply(t *testing.T) {
	tests := []struct {
		reply  string
		status int
	}{
		{`{"isBase64Encoded":true,"statusCode":200,"headers":{"content-type":"text/plain"},"body":"Ym9hdA=="}`, 200},
		{`{"statusCode":204}`, 204},
		{`{"statusCode":"200"}`, 502},
		{`{"statusCode":200,"headers":{"set-cookie":["a=1"]}}`, 502},
		{`{"statusCode":200,"multiValueHeaders":{"set-cookie":["a=1"]}}`, 502},
		{`[]`, 502},
	}
	for _, format := range []adapter.Format{adapter.LatticeV1, adapter.LatticeV2} {
		for _, tt := range tests {
			got := see(t, gateway.Config{Function: returns(tt.reply), Format: format}, httptest.NewRequest("GET", "/", nil))
			if got.Status != tt.status || tt.status == 502 && got.Body != "Bad Gateway" || tt.status == 200 && got.Body != "boat" {
				t.Errorf("%v: %s: %+v, want %d", format, tt.reply, got, tt.status)
			}
		}
	}
}
