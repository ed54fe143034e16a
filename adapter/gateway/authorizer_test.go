package gateway_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

func TestAuthorization(t *testing.T) {
	authorization := &gateway.Authorization{
		Authorizer: map[string]any{"iam": map[string]any{"accountId": "210987654321"}},
		Identity:   map[string]any{"user": "AIDAEXAMPLE"},
	}
	iam := map[string]any{"iam": map[string]any{"accountId": "210987654321"}}
	want := map[adapter.Format]map[string]any{
		adapter.RESTAPI:     {"authorizer": iam, "identity.user": "AIDAEXAMPLE", "identity.sourceIp": "192.0.2.1"},
		adapter.HTTPAPIV1:   {"authorizer": iam, "identity.user": "AIDAEXAMPLE"},
		adapter.HTTPAPIV2:   {"authorizer": iam, "accountId": "123456789012", "identity": absent},
		adapter.FunctionURL: {"authorizer": iam, "accountId": "210987654321", "identity": absent},
	}
	for _, f := range formats {
		if want[f.format] == nil {
			continue
		}
		g := gateway.Config{Format: f.format, Authorizer: gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) { return authorization, nil })}
		context := event(t, g, httptest.NewRequest("GET", f.base+"/", nil))["requestContext"].(map[string]any)
		for path, want := range want[f.format] {
			if diff := cmp.Diff(want, member(context, path)); diff != "" {
				t.Errorf("%v: %s: -want +got:\n%s", f.format, path, diff)
			}
		}
	}
}

const urlForbidden = `{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}`

func TestAuthorizerAnswers(t *testing.T) {
	refuse := func(status int) error {
		return fmt.Errorf("wrapped: %w", &gateway.Refusal{Status: status, Reason: "no oars", Header: http.Header{"X-Why": {"oars"}}})
	}
	broken := errors.New("broken")
	tests := []struct {
		err  error
		want map[adapter.Format]seen
	}{
		{refuse(401), map[adapter.Format]seen{
			adapter.RESTAPI:     {401, `{"message":"Unauthorized"}`, "UnauthorizedException", "no oars"},
			adapter.HTTPAPIV1:   {401, `{"message":"Unauthorized"}`, "", "no oars"},
			adapter.HTTPAPIV2:   {401, `{"message":"Unauthorized"}`, "", "no oars"},
			adapter.FunctionURL: {403, urlForbidden, "AccessDeniedException", "no oars"},
			adapter.ALB:         {401, page("401 Authorization Required"), "", "no oars"},
			adapter.LatticeV2:   {403, "AccessDeniedException", "", "no oars"},
		}},
		{refuse(403), map[adapter.Format]seen{
			adapter.RESTAPI:     {403, `{"Message":"User is not authorized to access this resource"}`, "AccessDeniedException", "no oars"},
			adapter.HTTPAPIV1:   {403, `{"message":"Forbidden"}`, "", "no oars"},
			adapter.HTTPAPIV2:   {403, `{"message":"Forbidden"}`, "", "no oars"},
			adapter.FunctionURL: {403, urlForbidden, "AccessDeniedException", "no oars"},
		}},
		{refuse(200), map[adapter.Format]seen{
			adapter.HTTPAPIV2: {500, `{"message":"Internal Server Error"}`, "", "the authorizer failed"},
		}},
		{broken, map[adapter.Format]seen{
			adapter.RESTAPI:     {500, `{"message":null}`, "AuthorizerConfigurationException", "the authorizer failed"},
			adapter.HTTPAPIV1:   {500, `{"message":"Internal Server Error"}`, "", "the authorizer failed"},
			adapter.HTTPAPIV2:   {500, `{"message":"Internal Server Error"}`, "", "the authorizer failed"},
			adapter.FunctionURL: {500, "Internal Server Error", "", "the authorizer failed"},
			adapter.ALB:         {500, page("500 Internal Server Error"), "", "the authorizer failed"},
			adapter.LatticeV1:   {500, "Internal Server Error", "", "the authorizer failed"},
		}},
	}
	for _, tt := range tests {
		for _, f := range formats {
			want, ok := tt.want[f.format]
			if !ok {
				continue
			}
			g := gateway.Config{Function: returns(okReply), Format: f.format,
				Authorizer: gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) { return nil, tt.err })}
			if diff := cmp.Diff(want, see(t, g, httptest.NewRequest("GET", f.base+"/", nil))); diff != "" {
				t.Errorf("%v, %v: -want +got:\n%s", f.format, tt.err, diff)
			}
			_, err := gateway.MustNew(g).Event(httptest.NewRequest("GET", f.base+"/", nil))
			if errors.Is(tt.err, broken) != errors.Is(err, broken) {
				t.Errorf("%v: Event: %v does not wrap the authorizer's error", f.format, err)
			}
		}
	}
}

func TestAuthorizerSeesRequestAndRoute(t *testing.T) {
	body := strings.NewReader("not for the authorizer")
	var asked []string
	g := gateway.Config{
		Function: returns(okReply),
		Routes:   []gateway.Route{{Key: "POST /a", Scopes: []string{"row"}}, {Key: "POST /open", Open: true}},
		Authorizer: gateway.AuthorizerFunc(func(r *http.Request, route gateway.Route) (*gateway.Authorization, error) {
			read, _ := r.Body.Read(make([]byte, 1))
			asked = append(asked, fmt.Sprintf("%s %s %v %d", r.URL.Path, route.Key, route.Scopes, read))
			return nil, nil
		}),
	}
	for _, path := range []string{"/a", "/open", "/nowhere"} {
		serve(g, httptest.NewRequest("POST", path, body))
	}
	if diff := cmp.Diff([]string{"/a POST /a [row] 0"}, asked); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRoutesNameTheirAuthorizers(t *testing.T) {
	says := func(name string) gateway.Authorizer { return gives(&gateway.Authorization{Authorizer: name}) }
	g := gateway.Config{
		Authorizer:  says("all"),
		Authorizers: map[string]gateway.Authorizer{"staff": says("staff"), "partners": says("partners")},
		Routes: []gateway.Route{
			{Key: "GET /staff", Authorizer: "staff"}, {Key: "GET /partners", Authorizer: "partners"}, {Key: "GET /open", Open: true}, {Key: "GET /{any}"},
		},
	}
	for path, want := range map[string]any{"/staff": "staff", "/partners": "partners", "/other": "all", "/open": absent} {
		if got := member(event(t, g, httptest.NewRequest("GET", path, nil)), "requestContext.authorizer"); got != want {
			t.Errorf("%s: the event has the data of %v, want %v", path, got, want)
		}
	}
}

func TestAuthorizerDataThatIsNoJSON(t *testing.T) {
	for _, f := range formats {
		g := gateway.Config{Function: returns(okReply), Format: f.format,
			Authorizer: gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
				return &gateway.Authorization{Authorizer: func() {}}, nil
			})}
		if resp := serve(g, httptest.NewRequest("GET", f.base+"/", nil)); resp.StatusCode != 500 {
			t.Errorf("%v: status %d, want 500", f.format, resp.StatusCode)
		}
	}
}
