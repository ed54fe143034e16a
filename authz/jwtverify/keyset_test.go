package jwtverify_test

import (
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwk"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

func weakSigner(t *testing.T, kid string) *signer {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{kid, "RS256", private}
}

// What cannot verify a token is passed over, whatever else the set holds.
func TestUnusableKeys(t *testing.T) {
	s, weak, p256 := rsaSigner(t, "k"), weakSigner(t, "weak"), newSigner(t, "p256", "ES256")
	private := s.private.(*rsa.PrivateKey)
	for name, jwk := range map[string]map[string]any{
		"symmetric":              {"kty": "oct", "kid": "x", "k": b64(make([]byte, 32)), "alg": "HS256"},
		"RSA of 1024 bits":       weak.jwk(),
		"RSA of 8193 bits":       with(s.jwk(), map[string]any{"n": b64(new(big.Int).SetBit(big.NewInt(1), 8192, 1).Bytes())}),
		"RSA with exponent 1":    with(s.jwk(), map[string]any{"kid": "x", "e": "AQ"}),
		"RSA with exponent 4":    with(s.jwk(), map[string]any{"kid": "x", "e": "BA"}),
		"for encryption":         with(s.jwk(), map[string]any{"kid": "x", "use": "enc"}),
		"for signing only":       with(s.jwk(), map[string]any{"kid": "x", "use": nil, "key_ops": []string{"sign"}}),
		"without an id":          with(s.jwk(), map[string]any{"kid": nil}),
		"with an empty id":       with(s.jwk(), map[string]any{"kid": ""}),
		"private":                with(s.jwk(), map[string]any{"kid": "x", "d": b64(private.D.Bytes())}),
		"of an unknown type":     {"kty": "AKP", "kid": "x", "pub": "AA", "alg": "ML-DSA-44"},
		"on an unknown curve":    with(p256.jwk(), map[string]any{"crv": "P-999", "alg": nil}),
		"on no curve's points":   with(p256.jwk(), map[string]any{"x": b64(make([]byte, 32))}),
		"for key agreement":      {"kty": "OKP", "kid": "x", "crv": "X25519", "x": b64(make([]byte, 32))},
		"without an exponent":    with(s.jwk(), map[string]any{"kid": "x", "e": nil}),
		"of a type that is none": {"kty": 1, "kid": "x"},
	} {
		t.Run(name, func(t *testing.T) {
			i := issuerOf(t, s)
			i.JWKS = keySet(t, jwk, s.jwk())
			if id, err := identify(newVerifier(t, configOf(i)), s.token(t, goodClaims())); id == nil {
				t.Errorf("beside a good key: %v", err)
			}
			i.JWKS = keySet(t, jwk)
			if _, err := jwtverify.New(configOf(i)); err == nil {
				t.Error("alone: a set without a usable key was accepted")
			}
		})
	}
}

func TestKeysOutsideTheirPurpose(t *testing.T) {
	s := rsaSigner(t, "k")
	i := issuerOf(t, s)
	i.Algorithms = []string{"RS256", "RS512", "PS256"}
	for name, row := range map[string]struct {
		members map[string]any
		ok      bool
	}{
		"as published":             {nil, true},
		"without use and alg":      {map[string]any{"use": nil, "alg": nil}, true},
		"with key_ops":             {map[string]any{"use": nil, "key_ops": []string{"verify"}}, true},
		"for another algorithm":    {map[string]any{"alg": "RS512"}, false},
		"for another kind of keys": {map[string]any{"alg": "ES256"}, false},
	} {
		i.JWKS = keySet(t, with(s.jwk(), row.members))
		id, err := identify(newVerifier(t, configOf(i)), s.token(t, goodClaims()))
		if (id != nil) != row.ok {
			t.Errorf("%s: identity %v, error %v", name, id, err)
		}
	}
}

// ES256 is ECDSA on P-256, whatever other curve a hash of 256 bits would go with
// (RFC 7518 section 3.4).
func TestCurveOfAnotherAlgorithm(t *testing.T) {
	s := newSigner(t, "k", "ES384")
	s.alg = "ES256"
	i := issuerOf(t, s)
	i.JWKS = keySet(t, with(s.jwk(), map[string]any{"alg": nil}))
	token := s.token(t, goodClaims())
	id, err := identify(newVerifier(t, configOf(i)), token)
	wantInvalid(t, token, id, err)
}

// The limit is this package's own: the program may have set jwx another one.
func TestWeakKeyThatJWXAllows(t *testing.T) {
	jwk.Configure(jwk.WithMinRSAModulusBits(1024))
	t.Cleanup(func() { jwk.Configure(jwk.WithMinRSAModulusBits(2048)) })
	if _, err := jwtverify.New(configOf(issuerOf(t, weakSigner(t, "k")))); err == nil {
		t.Error("an RSA key of 1024 bits was accepted")
	}
}

func TestDuplicateKeyIDs(t *testing.T) {
	s, other := rsaSigner(t, "k"), newSigner(t, "k", "ES256")
	i := issuerOf(t, s, other)
	for name, jwks := range map[string][]map[string]any{
		"alone":                 {s.jwk(), other.jwk()},
		"beside a good key":     {rsaSigner(t, "good").jwk(), s.jwk(), other.jwk()},
		"for other algorithms":  {s.jwk(), with(s.jwk(), map[string]any{"alg": "PS256"})},
		"one of them is common": {s.jwk(), other.jwk(), s.jwk()},
	} {
		i.JWKS = keySet(t, jwks...)
		if _, err := jwtverify.New(configOf(i)); err == nil || !strings.Contains(err.Error(), `JWKS: `) || !strings.Contains(err.Error(), `"k"`) {
			t.Errorf("%s: error %v, want one that names JWKS and the id", name, err)
		}
	}
	for name, jwks := range map[string][]map[string]any{
		"the same key twice":    {s.jwk(), s.jwk()},
		"an unusable key's too": {s.jwk(), with(s.jwk(), map[string]any{"use": "enc"})},
	} {
		i.JWKS = keySet(t, jwks...)
		if id, err := identify(newVerifier(t, configOf(i)), s.token(t, goodClaims())); id == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An issuer's mistake with one id costs the tokens of that id alone, and the
// refusal names it.
func TestDuplicateKeyIDsOfAnIssuer(t *testing.T) {
	good, first, second := newSigner(t, "good", "ES256"), rsaSigner(t, "k"), newSigner(t, "k", "RS256")
	r := newRemote(t, func(c *jwtverify.Config) { c.Issuers[0].Algorithms = []string{"ES256", "RS256"} }, good, first, second)
	r.wantStatus(t, good, 200)
	for _, s := range []*signer{first, second} {
		_, err := identify(r.Verifier, s.token(t, r.claims()))
		if status, _ := answer(t, err); status != 401 || !strings.Contains(err.Error(), "several different keys") {
			t.Errorf("error %v, want 401 that names the cause", err)
		}
	}
	r.wantFetches(t, 1)

	r.publish(t, good, second) // once it is mended, it is not waited for
	r.advance(10 * time.Second)
	r.wantStatus(t, second, 200)
	r.wantStatus(t, first, 401)
	r.wantFetches(t, 2)
}

// A set that is refused leaves the good one in place.
func TestDuplicateKeyIDsAfterAGoodSet(t *testing.T) {
	s, other := rsaSigner(t, "k"), newSigner(t, "k", "RS256")
	r := newRemote(t, nil, s)
	r.wantStatus(t, s, 200)
	r.publish(t, s, other)
	r.advance(2 * softAge)
	r.wantStatus(t, s, 200)
	r.wantStatus(t, other, 401)
	r.wantFetches(t, 2)
}
