package gateway

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"time"
)

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

// handshake takes the client's certificate, if the API asks for one, and refuses a
// client that has none. AWS does that in the TLS handshake.
func (c *call) handshake() error {
	if !c.gateway.config.MutualTLS {
		return nil
	}
	if c.request.TLS == nil || len(c.request.TLS.PeerCertificates) == 0 {
		return c.front.refuse(accessDenied, "no client certificate")
	}
	c.certificate = describe(c.request.TLS.PeerCertificates[0])
	return nil
}

// describe: in which order the fronts write a name's parts is unconfirmed; this
// is RFC 2253's.
func describe(c *x509.Certificate) *clientCert {
	return &clientCert{
		PEM:          string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})),
		SubjectDN:    c.Subject.String(),
		IssuerDN:     c.Issuer.String(),
		SerialNumber: colons(c.SerialNumber.Bytes()),
		Validity:     certValidity{certDate(c.NotBefore), certDate(c.NotAfter)},
	}
}

func colons(serial []byte) string { return strings.ReplaceAll(fmt.Sprintf("% x", serial), " ", ":") }

func certDate(t time.Time) string { return t.UTC().Format("Jan _2 15:04:05 2006 GMT") }
