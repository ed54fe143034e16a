package claims

import (
	"time"

	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// Certificate is the client certificate of a mutual TLS connection. The gateway
// checked it against its truststore, but not whether it was revoked. Every field
// may be empty. A distinguished name is unique only among the certificates of one
// issuer, and an issuer's name is unique only in one truststore.
type Certificate struct {
	SubjectDN    string
	IssuerDN     string
	SerialNumber string // hexadecimal bytes with colons, as the gateway writes it
	NotBefore    time.Time
	NotAfter     time.Time

	claims claimSet
}

// PEM returns the certificate itself, PEM-encoded. It returns "" if the gateway
// did not send it.
func (c *Certificate) PEM() string { return c.claims.str("clientCertPem") }

const errValidity = cause.Text("claims: the client certificate's validity is not a pair of dates")

// readCertificate reads the client certificate at i of data, a text as bytes:
//
//	"clientCert":{"clientCertPem":"-----BEGIN…","subjectDN":"CN=…","issuerDN":"CN=…","serialNumber":"a1:a1:…",
//	  "validity":{"notBefore":"May 28 12:30:02 2019 GMT","notAfter":"Aug  5 09:36:04 2021 GMT"}}
//
// See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.
// An empty object is not a certificate: programs with typed events write it for
// null.
func readCertificate(text string, data []byte, i int) (*Certificate, error) {
	m := new(members).of(text)
	_, err := m.read(data, i)
	set := claimSet{members: m}
	switch {
	case err == errNoClaims, err == nil && !set.some(value.says):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return newCertificate(set)
}

func newCertificate(set claimSet) (*Certificate, error) {
	c := &Certificate{
		SubjectDN:    set.str("subjectDN"),
		IssuerDN:     set.str("issuerDN"),
		SerialNumber: set.str("serialNumber"),
		claims:       set,
	}
	validity, ok := set.find("validity")
	if !ok {
		return c, nil
	}
	dates, err := readClaims(validity.text)
	if err != nil {
		return nil, err
	}
	var okBefore, okAfter bool
	c.NotBefore, okBefore = certificateDate(dates.str("notBefore"))
	c.NotAfter, okAfter = certificateDate(dates.str("notAfter"))
	if !okBefore || !okAfter {
		return nil, errValidity
	}
	return c, nil
}

// certificateDate reads a date as OpenSSL prints it.
func certificateDate(text string) (date time.Time, ok bool) {
	date, err := time.Parse("Jan _2 15:04:05 2006 GMT", text)
	return date, err == nil
}

// newCertified builds the Identity of a caller who is known by the certificate
// alone. Its Expiry is the certificate's, which a connection may outlive.
func newCertified(st *statement, r *rules, src *source) (*Identity, error) {
	c := st.certificate
	if c.NotAfter.IsZero() {
		return nil, errValidity
	}
	return named(&Identity{
		Source:  ClientCertificate,
		Subject: c.SubjectDN,
		Issuer:  c.IssuerDN,
		Expiry:  c.NotAfter,
		claims:  st.claims,
		rules:   r,
		src:     src,
	})
}
