package authz_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// httpAPIEvent is what an HTTP API with a JWT authorizer sends, up to the
// authorizer's own part.
const httpAPIEvent = `{"version":"2.0","routeKey":"ANY /{proxy+}","rawPath":"/notes/1","rawQueryString":"",
	"headers":{"authorization":"Bearer abc.def.ghi"},
	"requestContext":{"accountId":"123456789012","apiId":"a1b2c3","authorizer":AUTHORIZER,
		"domainName":"a1b2c3.execute-api.eu-west-1.amazonaws.com","domainPrefix":"a1b2c3",
		"http":{"method":"GET","path":"/notes/1","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"curl/8"},
		"requestId":"JKJaXmPLvHcESHA=","routeKey":"ANY /{proxy+}","stage":"$default",
		"time":"01/Jan/2026:00:00:00 +0000","timeEpoch":1767225600000},
	"pathParameters":{"proxy":"notes/1"},"isBase64Encoded":false}`

func httpAPIEventWith(t *testing.T, authorizer string) *adapter.Event {
	t.Helper()
	event, err := adapter.ParseEvent([]byte(strings.Replace(httpAPIEvent, "AUTHORIZER", authorizer, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// The whole way from an event to the answer: what the gateway vouched for, by
// the pins of an Extractor, and nothing that a client can write.
func TestFromTheEventToTheAnswer(t *testing.T) {
	const issuer = "https://issuer.example"
	tests := []struct {
		name       string
		authorizer string
		want       int
	}{
		{"a caller with the scope", `{"jwt":{"claims":{"iss":"https://issuer.example","sub":"ada","scope":"read write"},"scopes":null}}`, 200},
		{"a caller with another scope", `{"jwt":{"claims":{"iss":"https://issuer.example","sub":"ada","scope":"readers"},"scopes":null}}`, 403},
		{"scopes of the route, not of the caller", `{"jwt":{"claims":{"iss":"https://issuer.example","sub":"ada"},"scopes":["read"]}}`, 403},
		{"a foreign issuer", `{"jwt":{"claims":{"iss":"https://evil.example","sub":"ada","scope":"read"},"scopes":null}}`, 401},
		{"a caller who expired", `{"jwt":{"claims":{"iss":"https://issuer.example","sub":"ada","scope":"read","exp":"1600000000"},"scopes":null}}`, 401},
		{"a caller without a name", `{"jwt":{"claims":{"iss":"https://issuer.example","scope":"read"},"scopes":null}}`, 401},
		{"two kinds of authorizer data", `{"jwt":{"claims":{"iss":"https://issuer.example","sub":"ada","scope":"read"}},"lambda":{"sub":"ada"}}`, 401},
		{"no authorizer data", `null`, 401},
		{"empty authorizer data", `{}`, 401},
		{"authorizer data of another type", `"ada"`, 401},
	}
	who := claims.MustNew(claims.Config{Issuers: []string{issuer}})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			event := httpAPIEventWith(t, test.authorizer)
			h := &spy{}
			mux := authz.NewMux(&authz.Guard{Identifier: who})
			mux.Handle("GET /notes/{id}", authz.Scope("read"), h)
			r := request("GET", "/notes/1", "Bearer abc.def.ghi")
			for _, name := range []string{"X-Amzn-Request-Context", "X-Scopes", "X-User", "X-Forwarded-User", "X-Amzn-Oidc-Identity"} {
				r.Header.Set(name, `{"authorizer":{"jwt":{"claims":{"iss":"https://issuer.example","sub":"mallory","scope":"read"}}}}`)
			}
			r = r.WithContext(adapter.NewContext(r.Context(), event))
			if res := serve(mux, r); res.StatusCode != test.want || h.ran != (test.want == http.StatusOK) {
				t.Errorf("status %d, handler ran: %t; want %d", res.StatusCode, h.ran, test.want)
			}
		})
	}
}
