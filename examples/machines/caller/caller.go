// Package caller has the http.Clients of machine callers. Make one when the program
// starts, in a Lambda function outside of the handler, and keep it: it keeps the
// token, the credentials and the connection from one invocation to the next.
package caller

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"golang.org/x/oauth2/clientcredentials"
)

// OAuth returns a client that gets itself a token when it has none that is valid for
// ten seconds more, and sends it with every request. Use it for one API alone: it
// sends the token to whatever URL it is given.
func OAuth(c clientcredentials.Config) *http.Client {
	client := c.Client(context.Background())
	client.Timeout = 10 * time.Second
	return client
}

// IAM returns a client that signs requests for an API Gateway API with the
// credentials of the environment, such as those of a function's role:
// config.LoadDefaultConfig's Credentials.
func IAM(credentials aws.CredentialsProvider, region string) *http.Client {
	return &http.Client{
		Timeout:   10 * time.Second,
		Transport: &signing{credentials, region, v4.NewSigner()},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a signature is for one URL
		},
	}
}

type signing struct {
	credentials aws.CredentialsProvider
	region      string
	signer      *v4.Signer
}

// RoundTrip signs a copy of r with the hash of its body, which is read whole.
func (s *signing) RoundTrip(r *http.Request) (*http.Response, error) {
	credentials, err := s.credentials.Retrieve(r.Context())
	if err != nil {
		return nil, err
	}
	var body []byte
	if r.Body != nil {
		body, err = io.ReadAll(r.Body)
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
		if err != nil {
			return nil, err
		}
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	sum := sha256.Sum256(body)
	if err := s.signer.SignHTTP(r.Context(), credentials, r, hex.EncodeToString(sum[:]), "execute-api", s.region, time.Now()); err != nil {
		return nil, err
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Certificate returns a client that shows a certificate. Nil roots are the system's.
func Certificate(certificate tls.Certificate, roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, RootCAs: roots, MinVersion: tls.VersionTLS12},
		},
	}
}
