package gateway_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

// certified is a request over a connection with a client certificate.
func certified(path string) *http.Request {
	r := httptest.NewRequest("GET", path, nil)
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{
		Raw:          []byte("not a certificate"),
		Subject:      pkix.Name{CommonName: "buoy-7", Organization: []string{"Example"}},
		Issuer:       pkix.Name{CommonName: "Example CA"},
		SerialNumber: big.NewInt(0xa1b2c3),
		NotBefore:    time.Date(2024, 5, 28, 12, 30, 2, 0, time.UTC),
		NotAfter:     time.Date(2034, 8, 5, 11, 36, 4, 0, time.FixedZone("CEST", 7200)),
	}}}
	return r
}

func TestMutualTLSEvent(t *testing.T) {
	want := map[string]any{
		"clientCertPem": "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n",
		"subjectDN":     "CN=buoy-7,O=Example", "issuerDN": "CN=Example CA", "serialNumber": "a1:b2:c3",
		"validity": map[string]any{"notBefore": "May 28 12:30:02 2024 GMT", "notAfter": "Aug  5 09:36:04 2034 GMT"},
	}
	iam := signedBy(user)
	for _, row := range []struct {
		front front
		path  string
	}{
		{front{adapter.RESTAPI, "/prod"}, "requestContext.identity.clientCert"},
		{front{adapter.HTTPAPIV1, ""}, "requestContext.identity.clientCert"},
		{front{adapter.HTTPAPIV2, ""}, "requestContext.authentication.clientCert"},
	} {
		for name, inner := range map[string]gateway.Authorizer{"alone": nil, "with another": iam} {
			if row.front.format == adapter.HTTPAPIV1 && inner != nil {
				continue
			}
			g := gateway.Config{Function: returns(okReply), Format: row.front.format, MutualTLS: true, Authorizer: inner}
			r := certified(row.front.base + "/")
			r.Header = signed("/").Header
			got := event(t, g, r)
			if diff := cmp.Diff(want, member(got, row.path)); diff != "" {
				t.Errorf("%v, %s: -want +got:\n%s", row.front.format, name, diff)
			}
			if names := member(got, "requestContext.authorizer") != absent || member(got, "requestContext.identity.userArn") == user.UserARN; names != (inner != nil) {
				t.Errorf("%v, %s: the other authorizer's data is there: %v", row.front.format, name, names)
			}
		}
	}
}

func TestMutualTLSRefuses(t *testing.T) {
	refused := gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
		return nil, &gateway.Refusal{Status: 401, Reason: "no token"}
	})
	plain := httptest.NewRequest("GET", "/", nil)
	anonymous := httptest.NewRequest("GET", "https://example.com/", nil)
	for name, row := range map[string]struct {
		r      *http.Request
		inner  gateway.Authorizer
		status int
	}{
		"a certificate":     {certified("/"), nil, 200},
		"no TLS":            {plain, nil, 403},
		"no certificate":    {anonymous, nil, 403},
		"the other refuses": {certified("/"), refused, 401},
	} {
		g := gateway.Config{Function: returns(okReply), MutualTLS: true, Authorizer: row.inner}
		if got := serve(g, row.r).StatusCode; got != row.status {
			t.Errorf("%s: status %d, want %d", name, got, row.status)
		}
	}
}
