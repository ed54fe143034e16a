package jwtverify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	fetchTimeout = 2 * time.Second
	maxDocument  = 150 << 10 // in bytes; the limit of an ALB's JWT verification too
)

// A client fetches documents of issuers.
type client struct {
	http     *http.Client
	timeout  time.Duration
	inLambda bool // where http on a loopback address is the Runtime API
}

// newClient makes a client that keeps no connection: after a freeze it would be
// dead.
func newClient() *client {
	return &client{
		http: &http.Client{
			Transport: &http.Transport{
				Proxy:                  http.ProxyFromEnvironment,
				DisableKeepAlives:      true,
				MaxResponseHeaderBytes: 64 << 10,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		timeout:  fetchTimeout,
		inLambda: inLambda(),
	}
}

// inLambda reports whether the program runs in a Lambda environment. There the
// Runtime API answers on a loopback address over plain HTTP, and GET fetches the
// next invocation from it
// (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
func inLambda() bool { return os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" }

// keys fetches the key set of an issuer. If jwksURL is empty, the issuer's discovery
// document says where it is.
func (c *client) keys(issuer, jwksURL string) (keySet, error) {
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	if jwksURL == "" {
		var err error
		if jwksURL, err = c.discover(ctx, issuer); err != nil {
			return nil, err
		}
	}
	document, err := c.get(ctx, jwksURL)
	if err != nil {
		return nil, err
	}
	return parseKeySet(document)
}

// discover follows OpenID Connect Discovery 1.0 sections 4.1 and 4.3.
func (c *client) discover(ctx context.Context, issuer string) (string, error) {
	data, err := c.get(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return "", err
	}
	document, err := decode(data)
	switch {
	case err != nil:
		return "", fmt.Errorf("jwtverify: discovery document: %w", err)
	case document.str("issuer") != issuer:
		return "", errors.New("jwtverify: discovery document of another issuer")
	}
	jwksURL := document.str("jwks_uri")
	reason := refuseURL(jwksURL, c.inLambda)
	if reason == "" && isPlain(jwksURL) && !isPlain(issuer) {
		reason = "is http, which the issuer is not"
	}
	if reason != "" {
		return "", errors.New("jwtverify: discovery document: jwks_uri " + reason)
	}
	return jwksURL, nil
}

// isPlain reports whether an address that refuseURL lets pass is http, and so on
// a loopback address.
func isPlain(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "http"
}

func (c *client) get(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	response, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("jwtverify: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("jwtverify: GET %s: status %d", address, response.StatusCode)
	}
	document, err := io.ReadAll(io.LimitReader(response.Body, maxDocument+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("jwtverify: GET %s: %w", address, err)
	case len(document) > maxDocument:
		return nil, fmt.Errorf("jwtverify: GET %s: more than %d bytes", address, maxDocument)
	}
	return document, nil
}

// refuseURL returns the reason against fetching keys from an address, "" for
// none: whoever can answer in the issuer's place can sign in its place.
func refuseURL(address string, inLambda bool) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || strings.Contains("."+u.Hostname()+".", ".."):
		return "is not an absolute URL"
	case u.User != nil:
		return "holds credentials"
	case u.Scheme == "https":
		return ""
	case u.Scheme == "http" && isLoopback(u.Hostname()) && inLambda:
		return "is http on a loopback address, where the Runtime API answers in Lambda"
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		return ""
	}
	return "is neither https nor http on a loopback address"
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
