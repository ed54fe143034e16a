package jwtverify_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // for crypto.Hash
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"strings"
	"sync"
	"testing"
)

// A signer is an issuer's key pair. It signs and describes itself without jwx,
// which the package under test relies on.
type signer struct {
	kid, alg string
	private  crypto.Signer
}

// Making an RSA key takes a while, so that all tests share two.
var (
	rsaKey      = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	otherRSAKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
)

// rsaSigner has a key that newSigner gives to nobody.
func rsaSigner(tb testing.TB, kid string) *signer {
	tb.Helper()
	private, err := rsaKey()
	if err != nil {
		tb.Fatal(err)
	}
	return &signer{kid, "RS256", private}
}

// newSigner has a new key for its algorithm, or the other RSA key.
func newSigner(tb testing.TB, kid, alg string) *signer {
	tb.Helper()
	var private crypto.Signer
	var err error
	switch alg {
	case "ES256":
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ES384":
		private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "ES512":
		private, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "EdDSA":
		_, private, err = ed25519.GenerateKey(rand.Reader)
	default:
		private, err = otherRSAKey()
	}
	if err != nil {
		tb.Fatal(err)
	}
	return &signer{kid, alg, private}
}

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// raw signs a header and a payload exactly as they are.
func (s *signer) raw(tb testing.TB, header, payload string) string {
	tb.Helper()
	signed := b64([]byte(header)) + "." + b64([]byte(payload))
	return signed + "." + b64(s.signature(tb, signed))
}

var hashes = map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}

func (s *signer) signature(tb testing.TB, signed string) []byte {
	tb.Helper()
	hash, digest := crypto.Hash(0), []byte(signed)
	if s.alg != "EdDSA" {
		hash = hashes[s.alg[2:]]
		h := hash.New()
		h.Write(digest)
		digest = h.Sum(nil)
	}
	var signature []byte
	var err error
	switch private := s.private.(type) {
	case *ecdsa.PrivateKey:
		var r, t *big.Int
		r, t, err = ecdsa.Sign(rand.Reader, private, digest)
		size := (private.Params().BitSize + 7) / 8
		if err == nil {
			signature = append(r.FillBytes(make([]byte, size)), t.FillBytes(make([]byte, size))...)
		}
	default:
		var options crypto.SignerOpts = hash
		if strings.HasPrefix(s.alg, "PS") {
			options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
		}
		signature, err = private.Sign(rand.Reader, digest, options)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return signature
}

// token signs claims under the header that an issuer would use.
func (s *signer) token(tb testing.TB, claims map[string]any) string {
	tb.Helper()
	return s.raw(tb, text(tb, map[string]any{"alg": s.alg, "kid": s.kid, "typ": "JWT"}), text(tb, claims))
}

func text(tb testing.TB, v any) string {
	tb.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

// with returns a copy of an object with these members; nil removes one.
func with(object, members map[string]any) map[string]any {
	changed := maps.Clone(object)
	maps.Copy(changed, members)
	maps.DeleteFunc(changed, func(_ string, v any) bool { return v == nil })
	return changed
}

// jwk is the public key as RFC 7518 section 6 and RFC 8037 section 2 write it.
func (s *signer) jwk() map[string]any {
	jwk := map[string]any{"kid": s.kid, "use": "sig", "alg": s.alg}
	switch public := s.private.Public().(type) {
	case *rsa.PublicKey:
		jwk["kty"], jwk["n"], jwk["e"] = "RSA", b64(public.N.Bytes()), b64(big.NewInt(int64(public.E)).Bytes())
	case *ecdsa.PublicKey:
		size := (public.Params().BitSize + 7) / 8
		jwk["kty"], jwk["crv"] = "EC", public.Params().Name
		jwk["x"], jwk["y"] = b64(public.X.FillBytes(make([]byte, size))), b64(public.Y.FillBytes(make([]byte, size)))
	case ed25519.PublicKey:
		jwk["kty"], jwk["crv"], jwk["x"] = "OKP", "Ed25519", b64(public)
	}
	return jwk
}

// keySet is a JWK Set of these keys.
func keySet(tb testing.TB, jwks ...map[string]any) []byte {
	tb.Helper()
	return []byte(text(tb, map[string]any{"keys": jwks}))
}
