package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

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
	server := httptest.NewServer(&gateway.Gateway{
		Function: hello{},
		Routes:   []gateway.Route{{Key: "GET /hello/{name}"}},
	})
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
	g := &gateway.Gateway{
		Function:   hello{},
		Routes:     []gateway.Route{{Key: "POST /notes", Scopes: []string{"notes/write"}}},
		Authorizer: jwt.Authorize,
		Observe: func(_ *http.Request, record gateway.Record) {
			fmt.Println(record.Route, record.Status, record.RefusedBy, record.Reason)
		},
	}
	r := httptest.NewRequest("POST", "/notes", nil)
	r.Header.Set("Authorization", "Bearer "+"header.payload.signature")
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	fmt.Println(w.Body, w.Header()["Www-Authenticate"][0])
	// Output:
	// POST /notes 403 gateway scope missing
	// {"message":"Forbidden"} Bearer scope="notes/write" error="insufficient_scope" error_description="expected scopes: [notes/write]"
}
