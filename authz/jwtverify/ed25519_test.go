package jwtverify_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

// smallOrder are the y of all points whose order divides 8, in each spelling in
// 255 bits, as RFC 8032 section 5.1.2 writes them.
var smallOrder = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

// forge returns a token under kid k that crypto/ed25519 verifies with this key,
// made without any private key, "" if it takes too long. The signature says that
// R is the neutral element and S is 0, which holds wherever the hash of the
// message, times the key, is the neutral element.
func forge(t *testing.T, public ed25519.PublicKey) string {
	t.Helper()
	signature := make([]byte, ed25519.SignatureSize)
	signature[0] = 1
	for n := range 500 {
		payload := text(t, with(goodClaims(), map[string]any{"sub": "root", "jti": fmt.Sprint(n)}))
		signed := b64([]byte(`{"alg":"EdDSA","kid":"k"}`)) + "." + b64([]byte(payload))
		if ed25519.Verify(public, []byte(signed), signature) {
			return signed + "." + b64(signature)
		}
	}
	return ""
}

func TestKeysOfSmallOrder(t *testing.T) {
	good := newSigner(t, "good", "EdDSA")
	forged := 0
	for _, y := range smallOrder {
		for _, sign := range []byte{0, 0x80} {
			public, err := hex.DecodeString(y)
			if err != nil {
				t.Fatal(err)
			}
			public[31] |= sign
			jwk := map[string]any{"kty": "OKP", "crv": "Ed25519", "kid": "k", "alg": "EdDSA", "use": "sig", "x": b64(public)}
			i := issuerOf(t, good)
			i.JWKS = keySet(t, jwk, good.jwk())
			v := newVerifier(t, configOf(i))
			if id, err := identify(v, good.token(t, goodClaims())); id == nil {
				t.Errorf("%s beside a good key: %v", b64(public), err)
			}
			if token := forge(t, public); token != "" {
				forged++
				id, err := identify(v, token)
				wantInvalid(t, token, id, err)
			}
			i.JWKS = keySet(t, jwk)
			if _, err := jwtverify.New(configOf(i)); err == nil {
				t.Errorf("%s alone was accepted", b64(public))
			}
		}
	}
	if forged < 8 {
		t.Errorf("%d keys allow forgeries, want those of the eight points at least", forged)
	}
}
