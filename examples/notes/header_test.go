package notes_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// Every name under which somebody's gateway, proxy, library or test tool ever
// passed on who is calling.
var identityHeaders = []string{
	"Authorizer", "Claims", "Cookie", "Forwarded", "From", "Identity", "Lambda-Context", "Lambda-Event-Context",
	"Lambda-Runtime-Client-Context", "Lambda-Runtime-Cognito-Identity", "Principal", "Remote-User", "Request-Context",
	"Requestcontext", "Role", "Scope", "Scopes", "Sub", "User", "X-Amz-Client-Context", "X-Amz-Security-Token",
	"X-Amzn-Lambda-Context", "X-Amzn-Oidc-Accesstoken", "X-Amzn-Oidc-Data", "X-Amzn-Oidc-Identity", "X-Amzn-Request-Context",
	"X-Apigateway-Api-Userinfo", "X-Apigateway-Context", "X-Apigateway-Event", "X-Auth-Request-Email", "X-Auth-Request-User",
	"X-Authenticated-Scope", "X-Authenticated-Userid", "X-Authorizer", "X-Authorizer-Claims", "X-Claims", "X-Cognito-Identity",
	"X-Consumer-Username", "X-Endpoint-Api-Userinfo", "X-Forwarded-Access-Token", "X-Forwarded-Client-Cert",
	"X-Forwarded-Email", "X-Forwarded-Groups", "X-Forwarded-User", "X-Golambdaproxy-Apigw-Context",
	"X-Golambdaproxy-Apigw-Stagevars", "X-Goog-Authenticated-User-Email", "X-Goog-Iap-Jwt-Assertion", "X-Groups", "X-Jwt-Claims",
	"X-Jwt-Payload", "X-Lambda-Context", "X-Ms-Client-Principal", "X-Original-User", "X-Principal-Id", "X-Remote-User",
	"X-Request-Context", "X-Scope", "X-Scopes", "X-Ssl-Client-Cert", "X-User", "X-User-Id", "X-User-Scopes", "X-Userinfo",
}

// claimed are ways to say in text who one would like to be.
func claimed() []string {
	claims := fronts[0].fill("CLAIMS")
	return []string{
		"writer",
		claims,
		`{"authorizer":` + fronts[0].authorizerOf(vouched) + `}`,
		`{"requestContext":{"authorizer":` + fronts[1].authorizerOf(vouched) + `}}`,
		base64.StdEncoding.EncodeToString([]byte(claims)),
		"eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".",
	}
}

// open puts the API behind every front with no authorizer at all, so that what
// a client says of itself is all that there is.
func open(t *testing.T, use func(t *testing.T, g http.Handler, prefix string, ran func() string)) {
	for _, front := range append([]front{{adapter.FunctionURL, ""}}, fronts...) {
		t.Run(front.format.String(), func(t *testing.T) {
			ran, taken := record()
			use(t, front.gateway(notes.Recorded(pinned(t, issuerURL), &notes.Memory{}, ran), nil), front.prefix, taken)
		})
	}
}

func TestHeadersNameNobody(t *testing.T) {
	open(t, func(t *testing.T, g http.Handler, prefix string, ran func() string) {
		for _, value := range claimed() {
			r := httptest.NewRequest("GET", prefix+"/profile", nil)
			for _, name := range identityHeaders {
				r.Header.Set(name, value)
			}
			if w := serve(g, r); w.Code != 401 || ran() != "" {
				t.Errorf("%.20q: status %d, body %s", value, w.Code, w.Body)
			}
		}
	})
}

// A token that no gateway has checked is no more than any other header; with a
// comma in it, it may be two.
func TestUncheckedTokenNamesNobody(t *testing.T) {
	open(t, func(t *testing.T, g http.Handler, prefix string, ran func() string) {
		for _, value := range append(claimed(), writer.token(t, newIssuer(t, issuerURL))) {
			r := httptest.NewRequest("GET", prefix+"/profile", nil)
			r.Header.Set("Authorization", "Bearer "+value)
			if w := serve(g, r); w.Code != 401 && w.Code != 400 || ran() != "" {
				t.Errorf("%.20q: status %d, body %s", value, w.Code, w.Body)
			}
		}
	})
}

func TestQueryAndBodyNameNobody(t *testing.T) {
	open(t, func(t *testing.T, g http.Handler, prefix string, ran func() string) {
		for _, value := range claimed() {
			query := "?sub=writer&scope=notes-api/write&requestContext=" + base64.URLEncoding.EncodeToString([]byte(value))
			r := httptest.NewRequest("POST", prefix+"/notes"+query, strings.NewReader(`{"title":"x","requestContext":`+value+`}`))
			if w := serve(g, r); w.Code != 401 || ran() != "" {
				t.Errorf("%.20q: status %d, body %s", value, w.Code, w.Body)
			}
		}
	})
}
