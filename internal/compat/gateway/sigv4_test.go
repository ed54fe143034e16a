package gateway_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

var (
	permanent = aws.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	temporary = aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "secret", SessionToken: "s3ssion/+="}
)

func signed() *gateway.IAMAuthorizer {
	s := &gateway.SigV4{Keys: map[string]gateway.SigningKey{
		permanent.AccessKeyID: {Secret: permanent.SecretAccessKey, Caller: gateway.IAMCaller{UserID: "AIDAEXAMPLE"}},
		temporary.AccessKeyID: {Secret: temporary.SecretAccessKey, SessionToken: temporary.SessionToken},
	}}
	return &gateway.IAMAuthorizer{Verify: s.Verify}
}

// What the SDK signs over a network passes, however its URL is written; with
// another secret, or changed on the way, it does not.
func TestSigner(t *testing.T) {
	function := gateway.FunctionFunc(func(context.Context, []byte) ([]byte, error) { return []byte(`{"statusCode":200}`), nil })
	server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: function, Authorizer: signed()}))
	defer server.Close()
	wrong := permanent
	wrong.SecretAccessKey += "x"
	for _, target := range []string{
		"/", "/notes", "/a%20b/c%2Fd", "/M%C3%B6we", "/a//b/", "/~me/a+b@c=d:e", "/?a=b", "/?b=2&a=1&a=0", "/?q=a%20b%2Fc&empty=&bare", "/?m%C3%B6we=1&a~b=c*d",
		"/@connections/uiF2rmjfWtsXQ44%3D",
	} {
		for _, body := range []string{"", `{"title":"Möwe"}`} {
			for name, row := range map[string]struct {
				credentials aws.Credentials
				change      func(*http.Request)
				want        int
			}{
				"permanent": {permanent, nil, 200},
				"temporary": {temporary, nil, 200},
				"wrong":     {wrong, nil, 403},
				"changed":   {permanent, func(r *http.Request) { r.URL.RawQuery += "&x=y" }, 403},
			} {
				r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+target, bytes.NewReader([]byte(body)))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("X-Note", "  two   blanks ")
				sum := sha256.Sum256([]byte(body))
				if err := v4.NewSigner().SignHTTP(t.Context(), row.credentials, r, hex.EncodeToString(sum[:]), "execute-api", "eu-west-1", time.Now()); err != nil {
					t.Fatal(err)
				}
				if row.change != nil {
					row.change(r)
				}
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != row.want {
					t.Errorf("%s %q, %s: status %d, want %d", target, body, name, resp.StatusCode, row.want)
				}
			}
		}
	}
}

// A presigned URL of a Function URL.
func TestPresigned(t *testing.T) {
	function := gateway.FunctionFunc(func(context.Context, []byte) ([]byte, error) { return []byte(`{"statusCode":200}`), nil })
	server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: function, Format: adapter.FunctionURL, Authorizer: signed()}))
	defer server.Close()
	empty := sha256.Sum256(nil)
	for name, row := range map[string]struct {
		credentials aws.Credentials
		at          time.Time
		add         string
		want        int
	}{
		"now":       {permanent, time.Now(), "", 200},
		"temporary": {temporary, time.Now(), "", 200},
		"used late": {permanent, time.Now().Add(-61 * time.Second), "", 403},
		"changed":   {permanent, time.Now(), "&x=y", 403},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/a%20b?c=d&X-Amz-Expires=60", nil)
		if err != nil {
			t.Fatal(err)
		}
		signedURL, _, err := v4.NewSigner().PresignHTTP(t.Context(), row.credentials, r, hex.EncodeToString(empty[:]), "lambda", "eu-west-1", row.at)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Get(signedURL + row.add)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != row.want {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, row.want)
		}
	}
}
