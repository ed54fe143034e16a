package local_test

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// whoami answers with the claims the gateway vouches for.
func whoami(w http.ResponseWriter, r *http.Request) {
	event, ok := adapter.FromContext(r.Context())
	if !ok {
		http.Error(w, "no event", http.StatusInternalServerError)
		return
	}
	var context struct {
		Authorizer struct {
			JWT    struct{ Claims map[string]string }
			Claims map[string]string
		}
	}
	if err := event.RequestContext(&context); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	claims := context.Authorizer.JWT.Claims
	if claims == nil {
		claims = context.Authorizer.Claims
	}
	_ = json.NewEncoder(w).Encode(claims)
}

// withIssuer is serve with an issuer beside it, on ports of the system's
// choice and by the clock on the wall, which the gateway goes by.
func withIssuer(t *testing.T, opts local.Options, use func(url string, issuer *local.Issuer, output string)) string {
	t.Helper()
	return withIssuerAnd(t, http.HandlerFunc(whoami), opts, use)
}

func withIssuerAnd(t *testing.T, h http.Handler, opts local.Options, use func(url string, issuer *local.Issuer, output string)) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	api, beside := listen(t), listen(t)
	issuer, err := local.NewIssuer(config("http://" + beside.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	var output printed
	opts.Issuers, opts.Output = []*local.Issuer{issuer}, &output
	opts.Ready = func(url string) {
		defer cancel()
		use(url, issuer, output.String())
	}
	if err := local.Serve(ctx, api, []net.Listener{beside}, h, &opts); err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`\d+\.\dms`).ReplaceAllString(output.String(), "T")
}

func call(t *testing.T, target, token string) (int, map[string]string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]string
	if response.StatusCode == http.StatusOK {
		if err := json.Unmarshal(body, &claims); err != nil {
			t.Fatal(err)
		}
	}
	return response.StatusCode, claims
}

func TestHTTPAPIAdmitsTheIssuersTokens(t *testing.T) {
	opts := local.Options{Routes: []gateway.Route{
		{Key: "GET /open", Open: true},
		{Key: "GET /write", Scopes: []string{"notes-api/write"}},
		{Key: "ANY /{proxy+}"},
	}}
	now := time.Now().Unix()
	rows := []struct {
		path   string
		claims map[string]any // nil: no token
		want   string
	}{
		{"/open", nil, `GET "/open" GET /open 200 T`},
		{"/notes", map[string]any{}, `GET "/notes" ANY /{proxy+} 200 T`},
		{"/notes", nil, `GET "/notes" ANY /{proxy+} 401 gateway: no token T`},
		{"/notes", map[string]any{"exp": now - 1}, `GET "/notes" ANY /{proxy+} 401 gateway: token expired T`},
		{"/notes", map[string]any{"iss": "https://other.example"}, `GET "/notes" ANY /{proxy+} 401 gateway: wrong issuer T`},
		{"/notes", map[string]any{"client_id": "stranger"}, `GET "/notes" ANY /{proxy+} 401 gateway: wrong audience T`},
		{"/notes", map[string]any{"aud": "reader", "client_id": nil}, `GET "/notes" ANY /{proxy+} 200 T`},
		{"/write", map[string]any{}, `GET "/write" GET /write 403 gateway: scope missing T`},
		{"/write", map[string]any{"scope": "notes-api/write"}, `GET "/write" GET /write 200 T`},
	}
	var want []string
	output := withIssuer(t, opts, func(url string, issuer *local.Issuer, _ string) {
		for _, row := range rows {
			token := ""
			if row.claims != nil {
				claims := map[string]any{"sub": "reader", "client_id": "reader", "scope": "notes-api/read"}
				maps.Copy(claims, row.claims)
				var err error
				if token, err = issuer.Token(claims); err != nil {
					t.Fatal(err)
				}
			}
			call(t, url+row.path, token)
			want = append(want, row.want)
		}
	})
	if diff := cmp.Diff(want, requestLines(output)); diff != "" {
		t.Errorf("request lines (-want +got):\n%s", diff)
	}
}

func TestIssuerAnswersToLocalhostOnly(t *testing.T) {
	withIssuer(t, local.Options{}, func(_ string, issuer *local.Issuer, _ string) {
		for host, want := range map[string]int{"": 200, "evil.example": 421} {
			if got, _ := send(t, "GET", issuer.URL(), "/.well-known/jwks.json", host); got != want {
				t.Errorf("Host %q: status %d, want %d", host, got, want)
			}
		}
	})
}

func TestAudienceReplacesTheClients(t *testing.T) {
	withIssuer(t, local.Options{Audience: []string{"notes"}}, func(url string, issuer *local.Issuer, _ string) {
		for audience, want := range map[string]int{"notes": 200, "reader": 401} {
			token, err := issuer.Token(map[string]any{"sub": "s", "aud": audience})
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := call(t, url+"/", token); got != want {
				t.Errorf("aud %q: status %d, want %d", audience, got, want)
			}
		}
	})
}

// TestFormats takes one token of the endpoint's and one made for a user
// through every front that has an authorizer for them.
func TestFormats(t *testing.T) {
	for _, format := range []adapter.Format{adapter.HTTPAPIV2, adapter.HTTPAPIV1, adapter.RESTAPI} {
		opts := local.Options{Format: format, Routes: []gateway.Route{{Key: "GET /{proxy+}", Scopes: []string{"notes-api/read"}}}}
		withIssuer(t, opts, func(url string, issuer *local.Issuer, _ string) {
			_, reply := post(t, issuer.URL()+"/oauth2/token", map[string][]string{"grant_type": {"client_credentials"}}, basic("reader", "reader-secret"))
			token, _ := reply["access_token"].(string)
			status, claims := call(t, url+"/x", token)
			if status != 200 || claims["sub"] != "reader" || claims["scope"] != "notes-api/read" {
				t.Errorf("%v: status %d, claims %v", format, status, claims)
			}
		})
	}
}

func TestRESTWantsAnIDTokenWithoutScopes(t *testing.T) {
	withIssuer(t, local.Options{Format: adapter.RESTAPI}, func(url string, issuer *local.Issuer, _ string) {
		for use, want := range map[string]int{"id": 200, "access": 401} {
			token, err := issuer.Token(map[string]any{"sub": "3f1d", "token_use": use})
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := call(t, url+"/x", token); got != want {
				t.Errorf("token_use %q: status %d, want %d", use, got, want)
			}
		}
	})
}
