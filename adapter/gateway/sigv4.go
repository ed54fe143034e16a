package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// SigV4 checks who signed a request; its Verify method is made for an
// IAMAuthorizer. It accepts Signature Version 4 in the Authorization header and in
// the query ("Create a signed AWS API request", IAM User Guide), for any region. It
// is safe for concurrent use. The zero SigV4 refuses every request.
type SigV4 struct {
	// Keys are the credentials that requests may be signed with, by access key ID.
	Keys map[string]SigningKey
}

// SigningKey is a secret access key and whose it is.
type SigningKey struct {
	Secret string
	// SessionToken is the token that must come with temporary credentials; "": the
	// credentials are permanent, and a request with a token is refused.
	SessionToken string
	// Caller is who the key belongs to; its AccessKeyID is filled in.
	Caller IAMCaller
}

const (
	sigAlgorithm = "AWS4-HMAC-SHA256"
	sigTime      = "20060102T150405Z"
	sigSkew      = 5 * time.Minute // between clocks; what API Gateway allows is not documented
)

var errSignature = errors.New("gateway: the signature does not match")

// Verify returns who signed the request. It reads the body.
func (s *SigV4) Verify(r *http.Request) (*IAMCaller, error) {
	sig, err := readSignature(r)
	if err != nil {
		return nil, err
	}
	key, known := s.Keys[sig.accessKeyID]
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return nil, err
	case !known || key.Secret == "":
		return nil, errors.New("gateway: the access key is not known")
	case sig.token != key.SessionToken:
		return nil, errors.New("gateway: the session token is another")
	case sig.service != signedService(r):
		return nil, errors.New("gateway: the request is signed for another service")
	}
	if err := sig.timely(time.Now()); err != nil {
		return nil, err
	}
	want, ok := sig.sign(r, body, key.Secret)
	if !ok || !hmac.Equal([]byte(want), []byte(sig.signature)) {
		return nil, errSignature
	}
	caller := key.Caller
	caller.AccessKeyID = sig.accessKeyID
	return &caller, nil
}

// signedService is the service that requests to the front are signed for.
func signedService(r *http.Request) string {
	if c := callOf(r.Context()); c != nil {
		switch c.gateway.config.Format {
		case adapter.FunctionURL:
			return "lambda"
		case adapter.LatticeV1, adapter.LatticeV2:
			return "vpc-lattice-svcs"
		}
	}
	return "execute-api"
}

// signature is what a request says of how it is signed.
type signature struct {
	accessKeyID           string
	date, region, service string // of the credential scope
	at                    time.Time
	expires               time.Duration // of a signature in the query; 0: in the header
	headers               []string      // that are signed, lower case
	token, signature      string
}

// readSignature reads the header, or the query where there is no header.
func readSignature(r *http.Request) (*signature, error) {
	fields := map[string]string{}
	query := r.URL.Query()
	get := func(name string) string { return query.Get("X-Amz-" + name) }
	if header, ok := strings.CutPrefix(r.Header.Get("Authorization"), sigAlgorithm+" "); ok {
		for field := range strings.SplitSeq(header, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
			fields[name] = value
		}
		get = func(name string) string {
			if value, ok := fields[name]; ok {
				return value
			}
			return r.Header.Get("X-Amz-" + name)
		}
	} else if get("Algorithm") != sigAlgorithm {
		return nil, errors.New("gateway: the request is not signed with " + sigAlgorithm)
	}
	scope := strings.Split(get("Credential"), "/")
	if len(scope) != 5 || scope[4] != "aws4_request" {
		return nil, errors.New("gateway: the credential scope is malformed")
	}
	at, err := time.Parse(sigTime, get("Date"))
	if err != nil || at.Format("20060102") != scope[1] {
		return nil, errors.New("gateway: X-Amz-Date is malformed or not of the credential scope's day")
	}
	sig := &signature{
		accessKeyID: scope[0], date: scope[1], region: scope[2], service: scope[3], at: at,
		headers: strings.Split(get("SignedHeaders"), ";"), token: get("Security-Token"), signature: get("Signature"),
	}
	if text := query.Get("X-Amz-Expires"); len(fields) == 0 {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 1 || seconds > 7*24*3600 {
			return nil, errors.New("gateway: X-Amz-Expires is not from 1 to 604800")
		}
		sig.expires = time.Duration(seconds) * time.Second
	}
	return sig, nil
}

func (s *signature) timely(now time.Time) error {
	age := now.Sub(s.at)
	if age < -sigSkew || s.expires == 0 && age > sigSkew || s.expires > 0 && age > s.expires {
		return errors.New("gateway: the signature is of another time")
	}
	return nil
}

// sign is the signature that the request should have; false if Host is not among
// the signed headers, or a header is that is not there.
func (s *signature) sign(r *http.Request, body []byte, secret string) (string, bool) {
	canonical, ok := s.canonicalHeaders(r)
	if !ok {
		return "", false
	}
	request := strings.Join([]string{
		r.Method, escapeURI(pathOf(r), "/"), s.canonicalQuery(r), canonical, strings.Join(s.headers, ";"), hexSHA256(body),
	}, "\n")
	scope := strings.Join([]string{s.date, s.region, s.service, "aws4_request"}, "/")
	toSign := strings.Join([]string{sigAlgorithm, s.at.Format(sigTime), scope, hexSHA256([]byte(request))}, "\n")
	key := []byte("AWS4" + secret)
	for _, part := range []string{s.date, s.region, s.service, "aws4_request"} {
		key = hmacSHA256(key, part)
	}
	return hex.EncodeToString(hmacSHA256(key, toSign)), true
}

// pathOf is the path as it was sent, which every service but S3 has encoded once
// more.
func pathOf(r *http.Request) string {
	if path := target(r); path != "" {
		return path
	}
	return "/"
}

// canonicalHeaders are names and values, line by line and sorted as signed.
func (s *signature) canonicalHeaders(r *http.Request) (string, bool) {
	if !slices.IsSorted(s.headers) || !slices.Contains(s.headers, "host") {
		return "", false
	}
	var lines strings.Builder
	for _, name := range s.headers {
		values := r.Header.Values(name)
		switch {
		case name == "host":
			values = []string{r.Host}
		case name == "content-length" && len(values) == 0:
			values = []string{strconv.FormatInt(r.ContentLength, 10)}
		case len(values) == 0:
			return "", false
		}
		trimmed := make([]string, len(values))
		for i, value := range values {
			trimmed[i] = strings.Join(strings.Fields(value), " ")
		}
		fmt.Fprintf(&lines, "%s:%s\n", name, strings.Join(trimmed, ","))
	}
	return lines.String(), true
}

// canonicalQuery is the query without the signature, sorted and encoded anew.
func (s *signature) canonicalQuery(r *http.Request) string {
	var pairs []string
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if name, value, _ := strings.Cut(part, "="); part != "" && name != "X-Amz-Signature" {
			pairs = append(pairs, escapeURI(queryText(name), "")+"="+escapeURI(queryText(value), ""))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// escapeURI encodes all but unreserved characters (RFC 3986 section 2.3) and those
// of keep.
func escapeURI(text, keep string) string {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; strings.IndexByte(unreserved, c) >= 0 || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
