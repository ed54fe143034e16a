package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// hello is a Lambda function behind an HTTP API; usually it is what
// adapter.New returns.
type hello struct{}

func (hello) Invoke(_ context.Context, event []byte) ([]byte, error) {
	var request struct {
		RawPath        string            `json:"rawPath"`
		PathParameters map[string]string `json:"pathParameters"`
	}
	if err := json.Unmarshal(event, &request); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{
		"statusCode": 200,
		"headers":    map[string]string{"content-type": "text/plain; charset=utf-8"},
		"body":       "hello " + request.PathParameters["name"] + ", you asked for " + request.RawPath,
	})
}

func Example() {
	server := httptest.NewServer(gateway.MustNew(gateway.Config{
		Function: hello{},
		Routes:   []gateway.Route{{Key: "GET /hello/{name}"}},
	}))
	defer server.Close()

	for _, path := range []string{"/hello/J%C3%BCrgen", "/goodbye"} {
		resp, err := http.Get(server.URL + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Println(resp.StatusCode, string(body))
	}
	// Output:
	// 200 hello Jürgen, you asked for /hello/Jürgen
	// 404 {"message":"Not Found"}
}

// A token is checked as an HTTP API does it; only whether its signature is
// good is for the caller to say.
func ExampleJWTAuthorizer() {
	jwt := &gateway.JWTAuthorizer{
		Issuer:   "https://issuer.example.com",
		Audience: []string{"notes-api"},
		Verify: func(_ context.Context, token string) (json.RawMessage, error) {
			return json.RawMessage(`{"iss":"https://issuer.example.com","client_id":"notes-api","exp":4102444800,"scope":"notes/read"}`), nil
		},
	}
	g := gateway.Config{
		Function:   hello{},
		Routes:     []gateway.Route{{Key: "POST /notes", Scopes: []string{"notes/write"}}},
		Authorizer: jwt,
		Observe: func(_ *http.Request, record gateway.Record) {
			fmt.Println(record.Route, record.Status, record.RefusedBy, record.Reason)
		},
	}
	r := httptest.NewRequest("POST", "/notes", nil)
	r.Header.Set("Authorization", "Bearer "+"header.payload.signature")
	w := httptest.NewRecorder()
	gateway.MustNew(g).ServeHTTP(w, r)
	fmt.Println(w.Body, w.Header()["Www-Authenticate"][0])
	// Output:
	// POST /notes 403 gateway scope missing
	// {"message":"Forbidden"} Bearer scope="notes/write" error="insufficient_scope" error_description="expected scopes: [notes/write]"
}

// tide is a function that answers while it works. With package adapter it is
// an adapter.Handler, whose Stream method is made of a http.Handler.
type tide struct{ hello }

func (tide) Stream(ctx context.Context, event json.RawMessage) (io.ReadCloser, error) {
	reader, writer := io.Pipe()
	go func() {
		io.WriteString(writer, `{"statusCode":200,"headers":{"content-type":"text/event-stream"}}`)
		writer.Write(make([]byte, 8))
		for _, word := range []string{"ebb", "slack", "flood"} {
			fmt.Fprintf(writer, "data: %s\n\n", word)
		}
		writer.Close()
	}()
	return httpReply{reader}, nil
}

// httpReply has the type that makes a Function URL read the prelude.
type httpReply struct{ io.ReadCloser }

func (httpReply) ContentType() string { return "application/vnd.awslambda.http-integration-response" }

// The client is sent each event when the function has written it.
func ExampleGateway_streaming() {
	server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: tide{}, Format: adapter.FunctionURL, Streaming: true}))
	defer server.Close()

	resp, err := http.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode, resp.Header.Get("Content-Type"))
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if line := lines.Text(); line != "" {
			fmt.Println(line)
		}
	}
	// Output:
	// 200 text/event-stream
	// data: ebb
	// data: slack
	// data: flood
}

// Messages go to the route that their member action names.
func ExampleGateway_Connect() {
	g := gateway.Config{
		Function: socketEcho{},
		Format:   adapter.WebSocketAPI,
		Routes:   []gateway.Route{{Key: "hail"}, {Key: "$default"}},
	}
	connection, err := gateway.MustNew(g).Connect(httptest.NewRequest("GET", "/prod", nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, message := range []string{`{"action":"hail"}`, `mayday`} {
		reply, err := connection.Message(message)
		fmt.Println(string(reply), err)
	}
	fmt.Println(connection.Disconnect(1000, "done"))
	// Output:
	// hail got {"action":"hail"} <nil>
	// $default got mayday <nil>
	// <nil>
}

// socketEcho says which route a message took.
type socketEcho struct{}

func (socketEcho) Invoke(_ context.Context, event []byte) ([]byte, error) {
	var message struct {
		Body           string `json:"body"`
		RequestContext struct {
			RouteKey string `json:"routeKey"`
		} `json:"requestContext"`
	}
	if err := json.Unmarshal(event, &message); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"statusCode": 200, "body": message.RequestContext.RouteKey + " got " + message.Body})
}
