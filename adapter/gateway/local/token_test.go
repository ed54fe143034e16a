package local_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// claimsOf verifies token with the published keys, as a gateway does.
func claimsOf(t *testing.T, token any) map[string]any {
	t.Helper()
	_, server := sharedIssuer()
	keys, err := jwk.Fetch(t.Context(), server.URL+"/.well-known/jwks.json", jwk.WithHTTPClient(server.Client()), jwk.WithFetchWhitelist(jwk.InsecureWhitelist{}))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := token.(string)
	payload, err := jws.Verify([]byte(text), jws.WithKeySet(keys))
	if err != nil {
		t.Fatalf("token %T does not verify: %v", token, err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	if id, _ := claims["jti"].(string); len(id) != 36 {
		t.Errorf("jti = %v, want a UUID", claims["jti"])
	}
	delete(claims, "jti")
	return claims
}

func TestTokenTakesAlteredClaims(t *testing.T) {
	issuer, _ := sharedIssuer()
	token, err := issuer.Token(map[string]any{
		"sub": "reader", "iss": "https://other.example", "aud": []string{"a", "b"}, "exp": 1, "version": nil, "auth_time": nil,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"sub": "reader", "iss": "https://other.example", "aud": []any{"a", "b"}, "exp": 1.0,
		"iat": float64(noon.Unix()), "token_use": "access",
	}
	if diff := cmp.Diff(want, claimsOf(t, token)); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestTokenRefusesWhatJSONCannotHold(t *testing.T) {
	issuer, _ := sharedIssuer()
	if _, err := issuer.Token(map[string]any{"f": func() {}}); err == nil {
		t.Error("no error for a func")
	}
}

func TestVerify(t *testing.T) {
	issuer, _ := sharedIssuer()
	token, err := issuer.Token(map[string]any{"sub": "reader", "exp": 1, "iss": "https://other.example"})
	if err != nil {
		t.Fatal(err)
	}
	claims, err := issuer.Verify(context.Background(), token)
	if err != nil {
		t.Fatalf("a token of the issuer's own, expired and of another iss, which are not Verify's to judge: %v", err)
	}
	if got := claimsOf(t, token)["sub"]; !json.Valid(claims) || got != "reader" {
		t.Errorf("claims = %s, want the payload", claims)
	}
}

func TestVerifyRefuses(t *testing.T) {
	issuer, _ := sharedIssuer()
	token, err := issuer.Token(map[string]any{"sub": "reader"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := local.NewIssuer(config(issuer.URL()))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.Token(map[string]any{"sub": "reader"})
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	kid := header(t, parts[0])["kid"]
	rows := map[string]string{
		"nothing":                          "",
		"garbage":                          "garbage",
		"no signature":                     parts[0] + "." + parts[1] + ".",
		"alg none":                         encode(map[string]any{"alg": "none", "kid": kid}) + "." + parts[1] + ".",
		"alg none with the old signature":  encode(map[string]any{"alg": "none", "kid": kid}) + "." + parts[1] + "." + parts[2],
		"other claims, the old signature":  parts[0] + "." + encode(map[string]any{"sub": "writer"}) + "." + parts[2],
		"HS256 with the public key":        hmacWithPublicKey(t, issuer, kid),
		"RS512 with a key of the same kid": signed(t, jwa.RS512(), kid),
		"a foreign key of the same kid":    signed(t, jwa.RS256(), kid),
		"a foreign key of no kid":          signed(t, jwa.RS256(), nil),
		"another issuer of the same URL":   foreign,
		"two tokens":                       token + "." + token,
		"blank before it":                  " " + token,
		"the JSON form": `{"payload":"` + parts[1] + `","protected":"` + parts[0] +
			`","signature":"` + parts[2] + `"}`,
	}
	for name, token := range rows {
		claims, err := issuer.Verify(context.Background(), token)
		if err == nil || claims != nil {
			t.Errorf("%s: claims %s, error %v; want an error alone", name, claims, err)
		}
		if err != nil && err.Error() != "local: not a token this issuer signed" {
			t.Errorf("%s: the error says more than it should: %v", name, err)
		}
	}
}

func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func header(t *testing.T, part string) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	var h map[string]any
	if err := json.Unmarshal(text, &h); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"alg": "RS256", "kid": h["kid"]}, h); diff != "" {
		t.Errorf("token header (-want +got):\n%s", diff)
	}
	return h
}

// signed is a token of a key that is not the issuer's.
func signed(t *testing.T, alg jwa.SignatureAlgorithm, kid any) string {
	t.Helper()
	raw, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return sign(t, alg, raw, kid)
}

func sign(t *testing.T, alg jwa.SignatureAlgorithm, key, kid any) string {
	t.Helper()
	headers := jws.NewHeaders()
	if kid != nil {
		if err := headers.Set(jws.KeyIDKey, kid); err != nil {
			t.Fatal(err)
		}
	}
	token, err := jws.Sign([]byte(`{"sub":"reader"}`), jws.WithKey(alg, key, jws.WithProtectedHeaders(headers)))
	if err != nil {
		t.Fatal(err)
	}
	return string(token)
}

// hmacWithPublicKey is the confusion of RFC 8725 section 2.1: the public key
// taken for a shared secret.
func hmacWithPublicKey(t *testing.T, issuer *local.Issuer, kid any) string {
	t.Helper()
	_, body := get(t, issuer.URL()+"/.well-known/jwks.json")
	return sign(t, jwa.HS256(), body, kid)
}
