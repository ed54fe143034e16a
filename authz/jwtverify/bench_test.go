package jwtverify_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

// cognitoClaims are those of a user pool's access token.
func cognitoClaims() map[string]any {
	now := time.Now().Unix()
	return map[string]any{
		"sub": "f2a4c1d0-7b1e-4c2a-9f7e-3c1d2b4a5e6f", "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
		"client_id": "7abc1d2ef3gh4ij5kl6mn7op8q", "origin_jti": "0d5e1d3c-1f2a-4b3c-8d4e-5f6a7b8c9d0e",
		"event_id": "9c8b7a6d-5e4f-4a3b-2c1d-0e9f8a7b6c5d", "token_use": "access", "scope": "notes-api/read notes-api/write",
		"auth_time": now, "exp": now + 3600, "iat": now, "jti": "1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d", "username": "ada",
		"cognito:groups": []string{"admin", "poweruser"}, "version": 2,
	}
}

func benchmarkVerifier(b *testing.B, s *signer, cache int) (*jwtverify.Verifier, *http.Request) {
	issuer := jwtverify.CognitoUserPool("eu-west-1_AbCdEfGhI", "7abc1d2ef3gh4ij5kl6mn7op8q")
	issuer.Algorithms = []string{s.alg}
	issuer.JWKSURL, issuer.JWKS = "", keySet(b, s.jwk())
	v, err := jwtverify.New(jwtverify.Config{
		Issuers:   []jwtverify.Issuer{issuer},
		Binding:   jwtverify.BindingNone,
		CacheSize: cache,
	})
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer "+s.token(b, cognitoClaims()))
	return v, r
}

// rawVerification is what no verifier can do without.
func rawVerification(b *testing.B, s *signer, r *http.Request) func() bool {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	signed := token[:strings.LastIndexByte(token, '.')]
	signature := s.signature(b, signed)
	switch public := s.private.Public().(type) {
	case *rsa.PublicKey:
		return func() bool {
			digest := sha256.Sum256([]byte(signed))
			return rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) == nil
		}
	case *ecdsa.PublicKey:
		x, y := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		return func() bool {
			digest := sha256.Sum256([]byte(signed))
			return ecdsa.Verify(public, digest[:], x, y)
		}
	}
	b.Fatal("no raw verification for this key")
	return nil
}

// BenchmarkIdentify compares one Identify with the bare verification of the same
// signature by the standard library. The two take turns, so that whatever else
// the machine does slows down both; x-raw, of medians, is what to look at.
func BenchmarkIdentify(b *testing.B) {
	for _, s := range []*signer{rsaSigner(b, "1"), newSigner(b, "1", "ES256")} {
		for name, size := range map[string]int{"verified": 0, "remembered": 10} {
			b.Run(s.alg+"/"+name, func(b *testing.B) {
				v, r := benchmarkVerifier(b, s, size)
				takeTurns(b, rawVerification(b, s, r), func() bool {
					id, _ := v.Identify(r)
					return id != nil
				})
			})
		}
	}
}

func takeTurns(b *testing.B, raw, identify func() bool) {
	var times [2][]time.Duration
	for b.Loop() {
		for i, f := range [...]func() bool{raw, identify} {
			start := time.Now()
			if !f() {
				b.Fatal("not verified")
			}
			times[i] = append(times[i], time.Since(start))
		}
	}
	for i := range times {
		slices.Sort(times[i])
	}
	median := b.N / 2
	b.ReportMetric(float64(times[0][median]), "ns/raw")
	b.ReportMetric(float64(times[1][median]), "ns/identify")
	b.ReportMetric(float64(times[1][median])/float64(times[0][median]), "x-raw")
}
