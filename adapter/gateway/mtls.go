package gateway

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// MutualTLS tells the function the client's certificate, as a custom domain with
// mutual TLS does ("How to turn on mutual TLS authentication for your REST
// APIs", and the same for HTTP APIs). Its Authorize method is an Authorizer; a
// request without a certificate, which AWS ends in the handshake, is a 403. The
// certificate is that of the request's TLS connection: whether to trust it is
// for the server's tls.Config to say. The zero MutualTLS is ready for use.
type MutualTLS struct {
	// Authorizer is asked as well; nil: none.
	Authorizer Authorizer
}

// clientCert is the certificate as the fronts describe it.
type clientCert struct {
	PEM          string       `json:"clientCertPem"`
	SubjectDN    string       `json:"subjectDN"`
	IssuerDN     string       `json:"issuerDN"`
	SerialNumber string       `json:"serialNumber"`
	Validity     certValidity `json:"validity"`
}

type certValidity struct {
	NotBefore string `json:"notBefore"`
	NotAfter  string `json:"notAfter"`
}

// Authorize is an Authorizer.
func (m *MutualTLS) Authorize(r *http.Request, route Route) (*Authorization, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil, &Refusal{Status: http.StatusForbidden, Reason: "no client certificate"}
	}
	auth, err := m.Authorizer.ask(r, route)
	if err != nil {
		return nil, err
	}
	auth.ClientCert = describe(r.TLS.PeerCertificates[0])
	return auth, nil
}

// ask returns what a says in a copy, which the caller may add to.
func (a Authorizer) ask(r *http.Request, route Route) (*Authorization, error) {
	if a == nil {
		return new(Authorization), nil
	}
	auth, err := a(r, route)
	if err != nil || auth == nil {
		return new(Authorization), err
	}
	said := *auth
	return &said, nil
}

// describe: in which order the fronts write a name's parts is unconfirmed; this
// is RFC 2253's.
func describe(c *x509.Certificate) clientCert {
	return clientCert{
		PEM:          string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})),
		SubjectDN:    c.Subject.String(),
		IssuerDN:     c.Issuer.String(),
		SerialNumber: colons(c.SerialNumber.Bytes()),
		Validity:     certValidity{certDate(c.NotBefore), certDate(c.NotAfter)},
	}
}

func colons(serial []byte) string { return strings.ReplaceAll(fmt.Sprintf("% x", serial), " ", ":") }

func certDate(t time.Time) string { return t.UTC().Format("Jan _2 15:04:05 2006 GMT") }
