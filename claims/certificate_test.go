package claims_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

const validity = `"validity":{"notBefore":"May 28 12:30:02 2024 GMT","notAfter":"Aug  5 09:36:04 2034 GMT"}`

// certified returns a REST API's request with a client certificate, and one of
// an HTTP API beside a token.
func certified(cert string) (alone, besideToken string) {
	alone = restWith(`{"sourceIp":"192.0.2.1","user":null,"clientCert":` + cert + `}`)
	besideToken = strings.Replace(eventOf(adapter.HTTPAPIV2, jwtV2), `"requestContext":{`, `"requestContext":{"authentication":{"clientCert":`+cert+`},`, 1)
	return alone, besideToken
}

// Malformed data of a certificate is nobody, even where another authorizer says
// who is calling.
func TestMalformedCertificate(t *testing.T) {
	for name, cert := range map[string]string{
		"text":              `"CN=root"`,
		"a list":            `[{"subjectDN":"CN=root"}]`,
		"a bool":            `true`,
		"subject twice":     `{"subjectDN":"CN=buoy","subjectDN":"CN=root",` + validity + `}`,
		"validity is text":  `{"subjectDN":"CN=buoy","validity":"forever"}`,
		"validity is empty": `{"subjectDN":"CN=buoy","validity":{}}`,
		"no end":            `{"subjectDN":"CN=buoy","validity":{"notBefore":"May 28 12:30:02 2024 GMT"}}`,
		"no beginning":      `{"subjectDN":"CN=buoy","validity":{"notAfter":"Aug  5 09:36:04 2034 GMT"}}`,
		"another zone":      `{"subjectDN":"CN=buoy","validity":{"notBefore":"May 28 12:30:02 2024 GMT","notAfter":"Aug  5 09:36:04 2034 PST"}}`,
		"another form":      `{"subjectDN":"CN=buoy","validity":{"notBefore":"2024-05-28T12:30:02Z","notAfter":"2034-08-05T09:36:04Z"}}`,
		"end twice":         `{"subjectDN":"CN=buoy","validity":{"notBefore":"May 28 12:30:02 2024 GMT","notAfter":"a","notAfter":"b"}}`,
	} {
		alone, besideToken := certified(cert)
		for _, event := range []string{alone, besideToken} {
			if id, err := everybody.Identify(request(t, event)); id != nil || err == nil {
				t.Errorf("%s: %+v, want an error", name, id)
			}
		}
	}
}

// A certificate that does not name one subject identifies nobody, and does no harm
// beside a token.
func TestCertificateThatNamesNobody(t *testing.T) {
	for name, cert := range map[string]string{
		"empty subject":       `{"subjectDN":"","issuerDN":"CN=CA",` + validity + `}`,
		"no subject":          `{"issuerDN":"CN=CA",` + validity + `}`,
		"subject null":        `{"subjectDN":null,"issuerDN":"CN=CA",` + validity + `}`,
		"subject in capitals": `{"SubjectDN":"CN=root","SUBJECTDN":"CN=root","issuerDN":"CN=CA",` + validity + `}`,
		"subject is a list":   `{"subjectDN":["CN=root"],` + validity + `}`,
		"subject is not text": `{"subjectDN":"CN=\ud800",` + validity + `}`,
		"issuer is not text":  `{"subjectDN":"CN=buoy","issuerDN":"CN=\udc00",` + validity + `}`,
		"no validity":         `{"subjectDN":"CN=buoy","issuerDN":"CN=CA"}`,
		"validity null":       `{"subjectDN":"CN=buoy","validity":null}`,
	} {
		alone, besideToken := certified(cert)
		if id, err := everybody.Identify(request(t, alone)); id != nil || err == nil {
			t.Errorf("%s: %+v, want an error", name, id)
		}
		if id := identify(t, everybody, request(t, besideToken)); id.Subject != "f2a4c6d8" || id.Certificate == nil {
			t.Errorf("%s, beside a token: %+v", name, id)
		}
	}
}

// So is malformed data around one.
func TestMalformedAuthentication(t *testing.T) {
	const cert = `{"subjectDN":"CN=root",` + validity + `}`
	for _, authentication := range []string{`"CN=root"`, `[]`, `7`, `{"clientCert":` + cert + `,"clientCert":null}`} {
		event := strings.Replace(eventOf(adapter.HTTPAPIV2, jwtV2), `"requestContext":{`, `"requestContext":{"authentication":`+authentication+`,`, 1)
		if id, err := everybody.Identify(request(t, event)); id != nil || err == nil {
			t.Errorf("%s: %+v, want an error", authentication, id)
		}
	}
	if id, err := claims.NewIdentity(claims.ClientCertificate, map[string]any{"subjectDN": "CN=root", "validity": "forever"}); err == nil {
		t.Errorf("NewIdentity = %+v, want an error", id)
	}
}

func TestNoCertificate(t *testing.T) {
	for _, cert := range []string{`null`, `{}`, `{"subjectDN":null}`, `{"subjectDN":"","issuerDN":"","serialNumber":"","clientCertPem":""}`} {
		alone, besideToken := certified(cert)
		if id, err := everybody.Identify(request(t, alone)); id != nil || err != nil {
			t.Errorf("%s: %+v, %v, want nil, nil", cert, id, err)
		}
		if id := identify(t, everybody, request(t, besideToken)); id.Certificate != nil {
			t.Errorf("%s, beside a token: certificate %+v, want none", cert, id.Certificate)
		}
	}
}

// A certificate that is not asked for is not an error on a route without an
// authorizer, and no identity.
func TestCertificateOfAnotherSource(t *testing.T) {
	for _, file := range []string{"rest-mtls", "http-api-2.0-mtls", "http-api-1.0-mtls"} {
		if id, err := anyone.Identify(recorded(t, file)); id != nil || err != nil {
			t.Errorf("%s: %+v, %v, want nil, nil", file, id, err)
		}
	}
	only := claims.MustNew(claims.Config{Sources: []claims.Source{claims.ClientCertificate}, InsecureAnyAPI: true})
	if id, err := only.Identify(recorded(t, "http-api-2.0-mtls-jwt")); id != nil || err == nil {
		t.Errorf("beside a token of another source: %+v, %v, want an error", id, err)
	}
}

func TestCertificateIsPinned(t *testing.T) {
	for api, want := range map[string]bool{"a1b2c3d4e5": true, "other": false} {
		e := claims.MustNew(claims.Config{Sources: []claims.Source{claims.JWT, claims.ClientCertificate}, APIs: []string{api}, Issuers: []string{pool}})
		for _, file := range []string{"rest-mtls", "http-api-2.0-mtls", "http-api-1.0-mtls"} {
			if id, err := e.Identify(recorded(t, file)); (id != nil) != want || (err == nil) != want {
				t.Errorf("%s, API %s: %+v, %v, want an Identity: %v", file, api, id, err, want)
			}
		}
	}
}

func TestPEM(t *testing.T) {
	const want = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----"
	for _, file := range []string{"rest-mtls", "http-api-2.0-mtls", "http-api-2.0-mtls-jwt"} {
		if got := identify(t, everybody, recorded(t, file)).Certificate.PEM(); got != want {
			t.Errorf("%s: PEM() = %q, want %q", file, got, want)
		}
	}
	if got := new(claims.Certificate).PEM(); got != "" {
		t.Errorf("PEM() of the zero Certificate = %q", got)
	}
}
