package jwtverify_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

// A directory answers one request for each address, and remembers all that it
// was asked.
type directory struct {
	documents map[string]string
	asked     []string
}

func (d *directory) RoundTrip(r *http.Request) (*http.Response, error) {
	d.asked = append(d.asked, r.URL.String())
	document, ok := d.documents[r.URL.String()]
	if !ok {
		return &http.Response{StatusCode: 404, Body: http.NoBody}, nil
	}
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(document))}, nil
}

// An issuer's document must not make the function send a request to itself: in
// Lambda that is the Runtime API, whose answer to GET is the next event.
func TestDiscoveryNamesALoopbackAddress(t *testing.T) {
	s := rsaSigner(t, "k")
	for _, row := range []struct {
		issuer, keys string
		ok           bool
	}{
		{"https://issuer.example", "https://keys.example/jwks", true},
		{"https://issuer.example", "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next", false},
		{"https://issuer.example", "http://localhost:9001/jwks", false},
		{"https://issuer.example", "http://[::1]:9001/jwks", false},
		{"https://issuer.example", "http://127.8.8.8/jwks", false},
		{"https://issuer.example", "http://[::ffff:127.0.0.1]/jwks", false},
		{"http://127.0.0.1:8000", "http://127.0.0.1:8000/jwks", true},
		{"http://localhost:8000", "http://[::1]:8000/jwks", true},
		{"http://localhost:8000", "https://keys.example/jwks", true},
		{"http://localhost:8000", "http://keys.example/jwks", false},
	} {
		d := &directory{documents: map[string]string{
			row.issuer + "/.well-known/openid-configuration": fmt.Sprintf(`{"issuer":%q,"jwks_uri":%q}`, row.issuer, row.keys),
			row.keys: string(keySet(t, s.jwk())),
		}}
		v, err := jwtverify.NewOver(configOf(jwtverify.OIDC(row.issuer, "api")), d)
		if err != nil {
			t.Fatal(err)
		}
		id, err := identify(v, s.token(t, with(goodClaims(), map[string]any{"iss": row.issuer})))
		asked := len(d.asked) > 1
		if (id != nil) != row.ok || asked != row.ok {
			t.Errorf("%s with keys at %s: error %v, asked for %q", row.issuer, row.keys, err, d.asked)
		}
		if status, _ := answer(t, err); !row.ok && (status != 503 || !strings.Contains(err.Error(), "jwks_uri is ")) {
			t.Errorf("%s with keys at %s: error %v, want 503 that names jwks_uri", row.issuer, row.keys, err)
		}
	}
}

func TestNoLoopbackAddressInLambda(t *testing.T) {
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
	s := rsaSigner(t, "k")
	configured := issuerOf(t, s)
	configured.JWKS, configured.JWKSURL = nil, "http://127.0.0.1:9001/keys"
	for _, i := range []jwtverify.Issuer{configured, jwtverify.OIDC("http://localhost:9001", "api")} {
		if _, err := jwtverify.New(configOf(i)); err == nil || !strings.Contains(err.Error(), "URL") || !strings.Contains(err.Error(), "Runtime API") {
			t.Errorf("error %v, want one that names the field and the Runtime API", err)
		}
	}
	d := &directory{documents: map[string]string{
		issuerURL + "/.well-known/openid-configuration": fmt.Sprintf(`{"issuer":%q,"jwks_uri":"http://127.0.0.1:9001/"}`, issuerURL),
	}}
	v, err := jwtverify.NewOver(configOf(jwtverify.OIDC(issuerURL, "api")), d)
	if err != nil {
		t.Fatal(err)
	}
	_, err = identify(v, s.token(t, goodClaims()))
	if status, _ := answer(t, err); status != 503 || len(d.asked) != 1 {
		t.Errorf("error %v, asked for %q", err, d.asked)
	}
}
