package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// readsOnly is an authorizer's function that lets everybody read.
var readsOnly = gateway.FunctionFunc(func(_ context.Context, event []byte) ([]byte, error) {
	var request struct {
		RouteKey string `json:"routeKey"`
	}
	if err := json.Unmarshal(event, &request); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"isAuthorized": request.RouteKey == "GET /notes"})
})

// A cached answer decides about every request with the same identity sources. The
// token alone is too little: after a GET, the first authorizer lets the same
// caller delete. The second keeps the answers for each route apart.
func ExampleLambdaAuthorizer() {
	for _, sources := range [][]string{
		{"$request.header.Authorization"},
		{"$request.header.Authorization", "$context.routeKey"},
	} {
		g := gateway.MustNew(gateway.Config{
			Function: hello{},
			Routes:   []gateway.Route{{Key: "GET /notes"}, {Key: "DELETE /notes"}},
			Authorizer: &gateway.LambdaAuthorizer{
				Function:        readsOnly,
				SimpleResponses: true,
				IdentitySources: sources,
				TTL:             5 * time.Minute,
			},
		})
		for _, method := range []string{"GET", "DELETE"} {
			r := httptest.NewRequest(method, "/notes", nil)
			r.Header.Set("Authorization", "a reader's")
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			fmt.Println(len(sources), "sources:", method, w.Code)
		}
	}
	// Output:
	// 1 sources: GET 200
	// 1 sources: DELETE 200
	// 2 sources: GET 200
	// 2 sources: DELETE 403
}
