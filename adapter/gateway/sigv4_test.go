package gateway_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

const signingSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

// signer signs requests as a client does; its fields are what goes wrong.
type signer struct {
	key, secret, token, service string
	at                          time.Time
	headers                     string // "": host;x-amz-date
}

// sign puts the signature into the header Authorization. canonicalPath and
// canonicalQuery are what the client makes of the URL.
func (s signer) sign(r *http.Request, canonicalPath, canonicalQuery, body string) *http.Request {
	if s.headers == "" {
		s.headers = "host;x-amz-date"
	}
	day, stamp := s.at.UTC().Format("20060102"), s.at.UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", stamp)
	if s.token != "" {
		r.Header.Set("X-Amz-Security-Token", s.token)
	}
	var lines string
	for name := range strings.SplitSeq(s.headers, ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		lines += name + ":" + value + "\n"
	}
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	scope := day + "/eu-west-1/" + s.service + "/aws4_request"
	request := strings.Join([]string{r.Method, canonicalPath, canonicalQuery, lines, s.headers, hash(body)}, "\n")
	key := []byte("AWS4" + s.secret)
	for _, part := range []string{day, "eu-west-1", s.service, "aws4_request", "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hash(request)} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.key+"/"+scope+", SignedHeaders="+s.headers+", Signature="+hex.EncodeToString(key))
	return r
}

func signingKeys() *gateway.IAMAuthorizer {
	s := &gateway.SigV4{Keys: map[string]gateway.SigningKey{
		"AKIAEXAMPLE": {Secret: signingSecret, Caller: gateway.IAMCaller{UserID: "AIDAEXAMPLE", UserARN: "arn:aws:iam::111122223333:user/buoy", AccountID: "111122223333"}},
		"ASIAEXAMPLE": {Secret: signingSecret, SessionToken: "s3ssion", Caller: gateway.IAMCaller{UserID: "AROAEXAMPLE:s"}},
		"AKIAEMPTY":   {},
	}}
	return &gateway.IAMAuthorizer{Verify: s.Verify}
}

func TestSigV4(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := signer{key: "AKIAEXAMPLE", secret: signingSecret, service: "execute-api", at: time.Now()}
		with := func(change func(*signer)) signer { s := good; change(&s); return s }
		post := func(s signer) *http.Request {
			return s.sign(httptest.NewRequest("POST", "/a%20b?c=d%2Fe&a=1", strings.NewReader("body")), "/a%2520b", "a=1&c=d%2Fe", "body")
		}
		tampered := func(change func(*http.Request)) *http.Request { r := post(good); change(r); return r }
		for _, row := range []struct {
			name   string
			format adapter.Format
			r      *http.Request
			want   int
		}{
			{"signed", adapter.HTTPAPIV2, post(good), 200},
			{"signed, REST", adapter.RESTAPI, post(good), 200},
			{"for another service", adapter.FunctionURL, post(good), 403},
			{"a Function URL's service", adapter.FunctionURL, post(with(func(s *signer) { s.service = "lambda" })), 200},
			{"Lattice's service", adapter.LatticeV2, post(with(func(s *signer) { s.service = "vpc-lattice-svcs" })), 200},
			{"temporary", adapter.HTTPAPIV2, post(with(func(s *signer) { s.key, s.token = "ASIAEXAMPLE", "s3ssion" })), 200},
			{"temporary, the token signed", adapter.HTTPAPIV2, post(with(func(s *signer) {
				s.key, s.token, s.headers = "ASIAEXAMPLE", "s3ssion", "host;x-amz-date;x-amz-security-token"
			})), 200},
			{"temporary without token", adapter.HTTPAPIV2, post(with(func(s *signer) { s.key = "ASIAEXAMPLE" })), 403},
			{"another token", adapter.HTTPAPIV2, post(with(func(s *signer) { s.key, s.token = "ASIAEXAMPLE", "other" })), 403},
			{"a token with a permanent key", adapter.HTTPAPIV2, post(with(func(s *signer) { s.token = "s3ssion" })), 403},
			{"another secret", adapter.HTTPAPIV2, post(with(func(s *signer) { s.secret = "wrong" })), 403},
			{"another key", adapter.HTTPAPIV2, post(with(func(s *signer) { s.key = "AKIAOTHER" })), 403},
			{"a key without secret", adapter.HTTPAPIV2, post(with(func(s *signer) { s.key, s.secret = "AKIAEMPTY", "" })), 403},
			{"five minutes ago", adapter.HTTPAPIV2, post(with(func(s *signer) { s.at = s.at.Add(-5 * time.Minute) })), 200},
			{"longer ago", adapter.HTTPAPIV2, post(with(func(s *signer) { s.at = s.at.Add(-5*time.Minute - time.Second) })), 403},
			{"too early", adapter.HTTPAPIV2, post(with(func(s *signer) { s.at = s.at.Add(6 * time.Minute) })), 403},
			{"host not signed", adapter.HTTPAPIV2, post(with(func(s *signer) { s.headers = "x-amz-date" })), 403},
			{"a signed header that is not there", adapter.HTTPAPIV2, post(with(func(s *signer) { s.headers = "host;x-amz-date;x-gone" })), 403},
			{"another method", adapter.HTTPAPIV2, tampered(func(r *http.Request) { r.Method = "PUT" }), 403},
			{"another query", adapter.HTTPAPIV2, tampered(func(r *http.Request) { r.URL.RawQuery = "a=2" }), 403},
			{"another path", adapter.HTTPAPIV2, tampered(func(r *http.Request) { r.RequestURI = "/c?c=d%2Fe&a=1"; r.URL.Path = "/c"; r.URL.RawPath = "" }), 403},
			{"another body", adapter.HTTPAPIV2, good.sign(httptest.NewRequest("POST", "/", strings.NewReader("Body")), "/", "", "body"), 403},
			{"another day than the scope's", adapter.HTTPAPIV2, tampered(func(r *http.Request) { r.Header.Set("X-Amz-Date", "20000102T000000Z") }), 403},
			{"no scope", adapter.HTTPAPIV2, tampered(func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE") }), 403},
		} {
			g := gateway.Config{Function: returns(okReply), Format: row.format, BasePath: "/", Authorizer: signingKeys()}
			if got := serve(g, row.r).StatusCode; got != row.want {
				t.Errorf("%s: status %d, want %d", row.name, got, row.want)
			}
		}
	})
}

// The function gets the body that was hashed, and the caller whose key it is.
func TestSigV4Event(t *testing.T) {
	s := signer{key: "AKIAEXAMPLE", secret: signingSecret, service: "execute-api", at: time.Now()}
	r := s.sign(httptest.NewRequest("POST", "/", strings.NewReader(`{"a":1}`)), "/", "", `{"a":1}`)
	r.Header.Set("Content-Type", "application/json")
	got := event(t, gateway.Config{Authorizer: signingKeys()}, r)
	compareMembers(t, "event", got, map[string]any{
		"body": `{"a":1}`, "requestContext.authorizer.iam.accessKey": "AKIAEXAMPLE", "requestContext.authorizer.iam.userId": "AIDAEXAMPLE",
	})
}

// A body over the limit is refused for its size, and not as a failed authorizer.
func TestSigV4OfALargeBody(t *testing.T) {
	r := signed("/")
	r.Method, r.Body = "POST", http.NoBody
	large := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 10<<20+1)))
	large.Header = r.Header
	if got := serve(gateway.Config{Function: returns(okReply), Authorizer: signingKeys()}, large).StatusCode; got != 413 {
		t.Errorf("status %d, want 413", got)
	}
}
