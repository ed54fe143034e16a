package claims_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/claims"
)

// What the gateway package plays for each kind of authorizer.
var (
	verify = func(context.Context, string) (json.RawMessage, error) {
		return json.RawMessage(`{"iss":"` + pool + `","sub":"f2a4c6d8","aud":"notes","token_use":"id","exp":4102444800}`), nil
	}
	jwtCheck     = &gateway.JWTAuthorizer{Issuer: pool, Audience: []string{"notes"}, Verify: verify}
	cognitoCheck = &gateway.CognitoAuthorizer{Issuers: []string{pool}, Verify: verify}
	lambdaCheck  = &gateway.LambdaAuthorizer{Function: gateway.FunctionFunc(func(context.Context, []byte) ([]byte, error) {
		return []byte(`{"principalId":"user|ada","context":{"userId":"ada"},
			"policyDocument":{"Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}]}}`), nil
	})}
	iamCheck = &gateway.IAMAuthorizer{Verify: func(*http.Request) (*gateway.IAMCaller, error) {
		return &gateway.IAMCaller{UserID: "AIDA1", UserARN: "arn:aws:iam::111122223333:user/ada", AccountID: "111122223333"}, nil
	}}
	poolCheck = &gateway.IAMAuthorizer{Verify: func(*http.Request) (*gateway.IAMCaller, error) {
		return &gateway.IAMCaller{UserID: "AROA1:s", Pool: &gateway.PoolIdentity{IdentityID: "eu-west-1:ada1", PoolID: "eu-west-1:p", AMR: []string{"authenticated"}}}, nil
	}}
	guestCheck = &gateway.IAMAuthorizer{Verify: func(*http.Request) (*gateway.IAMCaller, error) {
		return &gateway.IAMCaller{UserID: "AROA1:s", Pool: &gateway.PoolIdentity{IdentityID: "eu-west-1:g1", PoolID: "eu-west-1:p", AMR: []string{"unauthenticated"}}}, nil
	}}
)

// From the client's request through the front, the adapter and Wrap to the
// handler: every authorizer on every front that has it.
func TestWholeWay(t *testing.T) {
	for _, row := range []struct {
		format     adapter.Format
		authorizer gateway.Authorizer
		source     claims.Source // 0: nobody
		subject    string
	}{
		{adapter.HTTPAPIV2, nil, 0, ""},
		{adapter.HTTPAPIV2, jwtCheck, claims.JWT, "f2a4c6d8"},
		{adapter.HTTPAPIV1, jwtCheck, claims.JWT, "f2a4c6d8"},
		{adapter.RESTAPI, cognitoCheck, claims.Cognito, "f2a4c6d8"},
		{adapter.HTTPAPIV2, lambdaCheck, claims.LambdaAuthorizer, "ada"},
		{adapter.HTTPAPIV1, lambdaCheck, claims.LambdaAuthorizer, "ada"},
		{adapter.RESTAPI, lambdaCheck, claims.LambdaAuthorizer, "ada"},
		{adapter.HTTPAPIV2, iamCheck, claims.SigV4, "AIDA1"},
		{adapter.FunctionURL, iamCheck, claims.SigV4, "AIDA1"},
		{adapter.RESTAPI, iamCheck, claims.SigV4, "AIDA1"},
		{adapter.HTTPAPIV2, poolCheck, claims.SigV4, "eu-west-1:ada1"},
		{adapter.RESTAPI, poolCheck, claims.SigV4, "eu-west-1:ada1"},
		{adapter.HTTPAPIV2, guestCheck, 0, ""},
		{adapter.RESTAPI, guestCheck, 0, ""},
		{adapter.LatticeV2, iamCheck, claims.Lattice, "arn:aws:iam::111122223333:user/ada"},
		{adapter.LatticeV1, iamCheck, 0, ""},
		{adapter.HTTPAPIV2, nil, claims.ClientCertificate, "CN=buoy-7"},
		{adapter.HTTPAPIV1, nil, claims.ClientCertificate, "CN=buoy-7"},
		{adapter.RESTAPI, nil, claims.ClientCertificate, "CN=buoy-7"},
		{adapter.RESTAPI, nil, 0, ""},
		{adapter.ALB, nil, 0, ""},
	} {
		var got *claims.Identity
		served := false
		h := everybody.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			served = true
			got, _ = claims.FromContext(r.Context())
		}))
		mutual := row.source == claims.ClientCertificate || row.source == claims.JWT // a token outranks the certificate
		config := gateway.Config{Function: adapter.New(h, nil), Format: row.format, Authorizer: row.authorizer, MutualTLS: mutual}
		if row.format == adapter.RESTAPI { // an API key makes no difference
			config.UsagePlans = []gateway.UsagePlan{{Keys: map[string]string{"k3y": "k1"}}}
			config.Routes = []gateway.Route{{Key: "ANY /{proxy+}", APIKey: true}}
		}
		w := httptest.NewRecorder()
		gateway.MustNew(config).ServeHTTP(w, clientRequest(row.format, row.source))
		switch {
		case !served:
			t.Errorf("%v, %v: the function was not called: %d %s", row.format, row.source, w.Code, w.Body)
		case row.source == 0 && got != nil:
			t.Errorf("%v: %+v, want nobody", row.format, got)
		case row.source != 0 && (got == nil || got.Source != row.source || got.Subject != row.subject):
			t.Errorf("%v: %+v, want %q from %v", row.format, got, row.subject, row.source)
		}
	}
}

// clientRequest has all credentials that the authorizers above look for.
func clientRequest(format adapter.Format, source claims.Source) *http.Request {
	path := "/notes"
	if format == adapter.RESTAPI {
		path = "/prod/notes"
	}
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("X-Api-Key", "k3y")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA1")
	if source == claims.JWT || source == claims.Cognito {
		r.Header.Set("Authorization", "Bearer t.o.k")
	}
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{
		Subject: pkix.Name{CommonName: "buoy-7"}, SerialNumber: big.NewInt(7),
		NotBefore: time.Unix(1718719204, 0), NotAfter: time.Unix(4102444800, 0),
	}}}
	return r
}

// A WebSocket API's authorizer runs once, and its caller is that of every event
// of the connection.
func TestWholeWayOfAWebSocket(t *testing.T) {
	var subjects []string
	h := everybody.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, ok := claims.FromContext(r.Context())
		if !ok || id.Source != claims.LambdaAuthorizer {
			t.Errorf("got %+v, want a Lambda authorizer's Identity", id)
			return
		}
		subjects = append(subjects, id.Subject)
	}))
	function := adapter.New(h, &adapter.Options{Formats: []adapter.Format{adapter.WebSocketAPI}})
	g := gateway.MustNew(gateway.Config{Function: function, Format: adapter.WebSocketAPI, Authorizer: lambdaCheck})
	connection, err := g.Connect(httptest.NewRequest("GET", "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connection.Message("hello"); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(subjects, []string{"ada", "ada"}) {
		t.Errorf("subjects %q, want ada on connecting and with the message", subjects)
	}
}
