package adapter_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// A handler becomes a Lambda function in one line, lambda.Start(h); here the
// event is written out instead of coming from the runtime.
func Example() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /notes/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"id":%q,"client":%q}`, r.PathValue("id"), r.RemoteAddr)
	})
	h := adapter.New(mux, nil)

	reply, err := h.Invoke(context.Background(), []byte(`{
		"version": "2.0",
		"rawPath": "/notes/42",
		"rawQueryString": "",
		"headers": {"host": "api.example.com", "x-forwarded-proto": "https"},
		"requestContext": {"http": {"method": "GET", "path": "/notes/42", "sourceIp": "198.51.100.24"}},
		"isBase64Encoded": false
	}`))
	fmt.Println(string(reply), err)
	// Output:
	// {"statusCode":200,"headers":{"Content-Type":"application/json"},"isBase64Encoded":false,"body":"{\"id\":\"42\",\"client\":\"198.51.100.24:0\"}"} <nil>
}

// A function that only one API is meant to invoke can refuse every other kind of
// event.
func ExampleOptions() {
	h := adapter.New(http.NotFoundHandler(), &adapter.Options{
		Formats: []adapter.Format{adapter.RESTAPI},
		Logger:  slog.New(slog.DiscardHandler),
	})
	_, err := h.Invoke(context.Background(), []byte(`{"Records": []}`))
	fmt.Println(err)
	_, err = h.Invoke(context.Background(), []byte(`{"version": "2.0", "requestContext": {"http": {"method": "GET"}}}`))
	fmt.Println(err)
	// Output:
	// adapter: event not served: unknown: an API has to use a Lambda proxy integration (AWS_PROXY); for any other event set Options.Fallback
	// adapter: event not served: a format that Options.Formats leaves out: HTTP API payload 2.0
}

// What the front says beside the request is in the request's context.
func ExampleFromContext() {
	handler := func(w http.ResponseWriter, r *http.Request) {
		event, ok := adapter.FromContext(r.Context())
		if !ok {
			http.Error(w, "not invoked by AWS", http.StatusNotFound)
			return
		}
		var rc struct {
			RequestID string `json:"requestId"`
		}
		if err := event.RequestContext(&rc); err != nil {
			http.Error(w, "no request context", http.StatusInternalServerError)
			return
		}
		fmt.Println(event.Format(), rc.RequestID)
	}
	h := adapter.New(http.HandlerFunc(handler), nil)
	_, _ = h.Invoke(context.Background(), []byte(`{"requestContext": {"requestId": "Xa1b2c3d", "http": {"method": "GET"}}}`))
	// Output: HTTP API payload 2.0 Xa1b2c3d
}

// A private REST API names the VPC endpoint, which says where a request came
// from, not who sent it.
func ExampleEvent_RequestContext() {
	event, err := adapter.ParseEvent([]byte(`{"httpMethod": "GET", "path": "/",
		"requestContext": {"identity": {"vpcId": "vpc-0a1b2c3d", "vpceId": "vpce-0e4f5a6b"}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	var rc struct {
		Identity struct {
			Endpoint string `json:"vpceId"`
		} `json:"identity"`
	}
	err = event.RequestContext(&rc)
	fmt.Println(rc.Identity.Endpoint, err)
	// Output: vpce-0e4f5a6b <nil>
}
