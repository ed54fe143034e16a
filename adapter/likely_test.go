package adapter_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestRefusalsExplain: the error names the likely kind of an event and the cure,
// and holds nothing of the event.
func TestRefusalsExplain(t *testing.T) {
	h := adapter.New(http.NotFoundHandler(), nil)
	for event, want := range map[string]string{
		`{}`:                "proxy integration",
		`{"name":"secret"}`: "proxy integration",
		`[1]`:               "proxy integration",
		`{"body-json":{},"params":{},"context":{"secret":1}}`:                            "proxy integration",
		`{"Records":[{"eventSource":"aws:sqs","body":"secret"}]}`:                        "an SQS batch",
		`{"Records":[{"EventSource":"aws:sns","Sns":{"Message":"secret"}}]}`:             "an SNS notification",
		`{"Records":[{"eventSource":"secret"}]}`:                                         "a batch of records",
		`{"source":"aws.events","detail-type":"Scheduled Event","resources":["secret"]}`: "a schedule's event",
		`{"source":"secret","detail-type":"Order","detail":{}}`:                          "an EventBridge event",
		`{"triggerSource":"PreSignUp_SignUp","userPoolId":"secret"}`:                     "a Cognito user pool's trigger",
		`{"awslogs":{"data":"secret"}}`:                                                  "CloudWatch Logs",
		`{"RequestType":"Create","StackId":"secret"}`:                                    "CloudFormation",
		`{"eventSource":"aws:kafka","records":{}}`:                                       "a Kafka batch",
		`{"type":"TOKEN","authorizationToken":"secret","methodArn":"arn"}`:               "Options.Fallback",
	} {
		_, err := h.Invoke(context.Background(), []byte(event))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "Options.Fallback") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", event, err, want)
		}
	}
}

// TestFunctionURLsOfEmulators: with Formats an event whose domain name says
// nothing is a function URL's; one with a function URL's is never an HTTP API's,
// whose account ID is the API's owner.
func TestFunctionURLsOfEmulators(t *testing.T) {
	only := func(formats ...adapter.Format) *adapter.Options { return &adapter.Options{Formats: formats} }
	for _, row := range []struct {
		domain  string
		options *adapter.Options
		want    string
	}{
		{"abc.lambda-url.us-east-1.localhost.localstack.cloud:4566", nil, "HTTP API payload 2.0"},
		{"abc.lambda-url.us-east-1.localhost.localstack.cloud:4566", only(adapter.FunctionURL), "Function URL"},
		{"localhost:8080", only(adapter.FunctionURL), "Function URL"},
		{"localhost:8080", only(adapter.FunctionURL, adapter.RESTAPI), "Function URL"},
		{"localhost:8080", only(adapter.FunctionURL, adapter.HTTPAPIV2), "HTTP API payload 2.0"},
		{"", only(adapter.FunctionURL), "Function URL"},
		{"abc.execute-api.eu-west-1.amazonaws.com", only(adapter.FunctionURL), "refused"},
		{"abc.lambda-url.eu-west-1.on.aws", only(adapter.HTTPAPIV2), "refused"},
		{"abc.lambda-url.eu-west-1.on.aws", nil, "Function URL"},
	} {
		var format string
		h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			e, _ := adapter.FromContext(r.Context())
			format = e.Format().String()
			if r.URL.Path == "/a%20b" && format == "Function URL" || r.URL.Path == "/a b" && format != "Function URL" {
				t.Errorf("%s: path %q of a %s", row.domain, r.URL.Path, format)
			}
		}), row.options)
		domain, _ := json.Marshal(row.domain)
		_, err := h.Invoke(context.Background(), []byte(`{"rawPath":"/a%20b","rawQueryString":"","requestContext":{"domainName":`+string(domain)+`,"http":{"method":"GET"}}}`))
		if err != nil {
			format = "refused"
		}
		if format != row.want {
			t.Errorf("%q with %+v: %s, want %s", row.domain, row.options, format, row.want)
		}
	}
}
