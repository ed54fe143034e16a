package jwtverify_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// A front renders a token's claims into an event, as its authorizer does. The
// rendering is spelled out here, apart from the one under test.
type front struct {
	name   string
	event  string // CLAIMS stands for the claims
	render func(name string, value any) any
}

var fronts = []front{
	{"HTTP API 2.0", `{"version":"2.0","routeKey":"$default","rawPath":"/","rawQueryString":"","headers":{},"isBase64Encoded":false,
		"requestContext":{"apiId":"a","stage":"$default","http":{"method":"GET","path":"/","protocol":"HTTP/1.1","sourceIp":"192.0.2.1"},
		"authorizer":{"jwt":{"claims":CLAIMS,"scopes":null}}}}`, bracketed},
	{"HTTP API 1.0", `{"version":"1.0","resource":"/","path":"/","httpMethod":"GET","headers":{},"isBase64Encoded":false,
		"requestContext":{"apiId":"a","stage":"$default","resourcePath":"/","httpMethod":"GET","path":"/",
		"authorizer":{"claims":CLAIMS,"scopes":null}}}`, bracketed},
	{"REST API, Cognito", `{"resource":"/","path":"/","httpMethod":"GET","headers":{},"isBase64Encoded":false,
		"requestContext":{"apiId":"a","stage":"prod","resourcePath":"/","httpMethod":"GET","path":"/prod/","authorizer":{"claims":CLAIMS}}}`, joined},
	{"REST API, native JWT", `{"resource":"/","path":"/","httpMethod":"GET","headers":{},"isBase64Encoded":false,
		"requestContext":{"apiId":"a","stage":"prod","resourcePath":"/","httpMethod":"GET","path":"/prod/","authorizer":{"claims":CLAIMS}}}`, typed},
}

func typed(_ string, value any) any { return value }

func bracketed(_ string, value any) any {
	switch value := value.(type) {
	case []string:
		return "[" + strings.Join(value, " ") + "]"
	case string:
		return value
	}
	data, _ := json.Marshal(value)
	return string(data)
}

func joined(name string, value any) any {
	switch value := value.(type) {
	case []string:
		return strings.Join(value, ",")
	case int64:
		if name == "exp" || name == "iat" {
			return time.Unix(value, 0).UTC().Format("Mon Jan 02 15:04:05 UTC 2006") // padded otherwise than RenderCognito
		}
	}
	return bracketed(name, value)
}

// request is one whose event has these claims, nil for no authorizer.
func (f front) request(tb testing.TB, said map[string]any, token string) *http.Request {
	tb.Helper()
	rendered := map[string]any{}
	for name, value := range said {
		rendered[name] = f.render(name, value)
	}
	data := strings.Replace(f.event, "CLAIMS", text(tb, rendered), 1)
	if said == nil {
		data = strings.Replace(data, `"authorizer"`, `"x"`, 1)
	}
	return eventRequest(tb, data, token)
}

func eventRequest(tb testing.TB, data, token string) *http.Request {
	tb.Helper()
	event, err := adapter.ParseEvent([]byte(data))
	if err != nil {
		tb.Fatal(err)
	}
	r := request()
	if token != "" {
		r = request("Bearer " + token)
	}
	return r.WithContext(adapter.NewContext(r.Context(), event))
}
