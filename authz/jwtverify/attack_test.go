package jwtverify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"
)

// header is what rsaSigner's tokens have, with members added or changed.
func header(tb testing.TB, members map[string]any) string {
	return text(tb, with(map[string]any{"alg": "RS256", "kid": "k", "typ": "JWT"}, members))
}

// hs256 signs with a secret: the answer to a verifier that takes the token's word
// for the kind of its key.
func hs256(header, payload string, secret []byte) string {
	signed := b64([]byte(header)) + "." + b64([]byte(payload))
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(signed))
	return signed + "." + b64(h.Sum(nil))
}

func publicPEM(tb testing.TB, s *signer) []byte {
	tb.Helper()
	der, err := x509.MarshalPKIXPublicKey(s.private.Public())
	if err != nil {
		tb.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// attacks are tokens that must not pass where good is a key of the issuer,
// and foreign is not, by what is wrong with them.
func attacks(tb testing.TB, good, foreign *signer) map[string]string {
	payload := text(tb, goodClaims())
	head := header(tb, nil)
	valid := good.raw(tb, head, payload)
	part := strings.Split(valid, ".")
	now := time.Now()

	tokens := map[string]string{
		"empty parts":                  "..",
		"alg none":                     b64([]byte(header(tb, map[string]any{"alg": "none"}))) + "." + part[1] + ".",
		"alg none with a signature":    good.raw(tb, header(tb, map[string]any{"alg": "none"}), payload),
		"alg nOnE":                     good.raw(tb, header(tb, map[string]any{"alg": "nOnE"}), payload),
		"no alg":                       good.raw(tb, header(tb, map[string]any{"alg": nil}), payload),
		"alg is no string":             good.raw(tb, header(tb, map[string]any{"alg": []string{"RS256"}}), payload),
		"alg in lower case":            good.raw(tb, header(tb, map[string]any{"alg": "rs256"}), payload),
		"ALG beside no alg":            good.raw(tb, `{"ALG":"RS256","kid":"k"}`, payload),
		"HS256 with the PEM":           hs256(header(tb, map[string]any{"alg": "HS256"}), payload, publicPEM(tb, good)),
		"HS256 with the modulus":       hs256(header(tb, map[string]any{"alg": "HS256"}), payload, []byte(good.jwk()["n"].(string))),
		"RS384 where RS256 is allowed": (&signer{"k", "RS384", good.private}).token(tb, goodClaims()),
		"PS256 where RS256 is allowed": (&signer{"k", "PS256", good.private}).token(tb, goodClaims()),
		"ES256 with the RSA key's id":  foreign.raw(tb, header(tb, map[string]any{"alg": "ES256"}), payload),

		"no kid":                   good.raw(tb, header(tb, map[string]any{"kid": nil}), payload),
		"empty kid":                good.raw(tb, header(tb, map[string]any{"kid": ""}), payload),
		"kid is no string":         good.raw(tb, header(tb, map[string]any{"kid": 1}), payload),
		"unknown kid":              good.raw(tb, header(tb, map[string]any{"kid": "other"}), payload),
		"kid in another case":      good.raw(tb, header(tb, map[string]any{"kid": "K"}), payload),
		"kid of another key":       good.raw(tb, header(tb, map[string]any{"kid": "second"}), payload),
		"foreign key":              foreign.token(tb, goodClaims()),
		"foreign key in jwk":       foreign.raw(tb, header(tb, map[string]any{"alg": "ES256", "jwk": foreign.jwk()}), payload),
		"foreign key under jku":    foreign.raw(tb, header(tb, map[string]any{"alg": "ES256", "jku": "https://evil.example/jwks"}), payload),
		"crit":                     good.raw(tb, header(tb, map[string]any{"crit": []string{"exp"}, "exp": 1}), payload),
		"empty crit":               good.raw(tb, header(tb, map[string]any{"crit": []string{}}), payload),
		"null crit":                good.raw(tb, `{"alg":"RS256","kid":"k","crit":null}`, payload),
		"b64 false":                good.raw(tb, header(tb, map[string]any{"b64": false, "crit": []string{"b64"}}), payload),
		"b64 true":                 good.raw(tb, header(tb, map[string]any{"b64": true}), payload),
		"duplicate alg":            good.raw(tb, `{"alg":"none","alg":"RS256","kid":"k"}`, payload),
		"duplicate kid, escaped":   good.raw(tb, `{"alg":"RS256","kid":"k","k\u0069d":"k"}`, payload),
		"header is an array":       good.raw(tb, `["RS256"]`, payload),
		"header is null":           good.raw(tb, `null`, payload),
		"text behind the header":   good.raw(tb, head+"x", payload),
		"header that is not UTF-8": good.raw(tb, `{"alg":"RS256","kid":"k","x":"`+"\xff"+`"}`, payload),
		"compressed":               good.raw(tb, header(tb, map[string]any{"zip": "DEF"}), "\xab\xaa\x05\x00"),
		"nested":                   good.raw(tb, header(tb, map[string]any{"cty": "JWT"}), valid),
		"nested without cty":       good.raw(tb, head, valid),

		"no signature":                part[0] + "." + part[1] + ".",
		"two parts":                   part[0] + "." + part[1],
		"one part":                    part[0],
		"four parts":                  valid + ".x",
		"a dot more":                  valid + ".",
		"1,000 dots":                  strings.Repeat(".", 1000),
		"1,000 dots behind":           valid + strings.Repeat(".", 1000),
		"1 MB":                        part[0] + "." + strings.Repeat("A", 1<<20) + "." + part[2],
		"a byte over 16 KB":           part[0] + "." + part[1] + "." + strings.Repeat("A", 16<<10+1-len(part[0])-len(part[1])-2),
		"another payload":             part[0] + "." + b64([]byte(text(tb, with(goodClaims(), map[string]any{"sub": "bob"})))) + "." + part[2],
		"another header":              b64([]byte(header(tb, map[string]any{"typ": "at+jwt"}))) + "." + part[1] + "." + part[2],
		"signature cut short":         part[0] + "." + part[1] + "." + part[2][:len(part[2])-4],
		"signature padded":            valid + "==",
		"signature with spare bits":   valid[:len(valid)-1] + spareBits(valid[len(valid)-1]),
		"line break in the signature": valid[:len(valid)-4] + "\n" + valid[len(valid)-4:],
		"plain base64":                part[0] + "." + part[1] + "." + plusSlash(part[2]),
		"signature of zeros":          part[0] + "." + part[1] + "." + b64(make([]byte, 256)),

		"payload is an array":      good.raw(tb, head, `[]`),
		"payload is a string":      good.raw(tb, head, `"ada"`),
		"payload is null":          good.raw(tb, head, `null`),
		"payload is nothing":       good.raw(tb, head, " "),
		"payload is cut":           good.raw(tb, head, payload[:len(payload)-1]),
		"text behind the payload":  good.raw(tb, head, payload+"{}"),
		"payload is not UTF-8":     good.raw(tb, head, strings.Replace(payload, "ada", "ad\xff", 1)),
		"payload 100 levels deep":  good.raw(tb, head, strings.Replace(payload, "{", `{"x":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+",", 1)),
		"duplicate sub":            good.raw(tb, head, strings.Replace(payload, "{", `{"sub":"bob",`, 1)),
		"duplicate sub, escaped":   good.raw(tb, head, strings.Replace(payload, "{", `{"s\u0075b":"bob",`, 1)),
		"duplicate exp":            good.raw(tb, head, strings.Replace(payload, "{", `{"exp":1,`, 1)),
		"duplicate inside a claim": good.raw(tb, head, strings.Replace(payload, "{", `{"x":[{"a":1,"a":2}],`, 1)),
		"SUB instead of sub":       good.raw(tb, head, strings.Replace(payload, `"sub"`, `"SUB"`, 1)),
	}
	for name, members := range map[string]map[string]any{
		"exp missing":                           {"exp": nil},
		"exp is null":                           {"exp": jsonNull{}},
		"exp is a string":                       {"exp": fmt.Sprint(now.Add(time.Hour).Unix())},
		"exp in milliseconds":                   {"exp": now.Add(time.Hour).UnixMilli()},
		"exp negative":                          {"exp": -1},
		"exp is an array":                       {"exp": []int64{now.Add(time.Hour).Unix()}},
		"expired":                               {"exp": now.Add(-2 * time.Minute).Unix()},
		"nbf in the future":                     {"nbf": now.Add(2 * time.Minute).Unix()},
		"nbf is a string":                       {"nbf": "0"},
		"nbf is null":                           {"nbf": jsonNull{}},
		"iat in the future":                     {"iat": now.Add(2 * time.Minute).Unix()},
		"iat is a bool":                         {"iat": true},
		"iss missing":                           {"iss": nil},
		"iss of another":                        {"iss": "https://other.example"},
		"iss with a slash":                      {"iss": issuerURL + "/"},
		"iss in upper case":                     {"iss": strings.ToUpper(issuerURL)},
		"iss is an array":                       {"iss": []string{issuerURL}},
		"sub missing":                           {"sub": nil},
		"sub empty":                             {"sub": ""},
		"sub is a number":                       {"sub": 1},
		"sub is an object":                      {"sub": map[string]any{"a": "ada"}},
		"sub is no text":                        {"sub": "\uFFFD"},
		"aud missing":                           {"aud": nil},
		"aud of another":                        {"aud": "other"},
		"aud empty":                             {"aud": ""},
		"aud is an empty list, client_id right": {"aud": []string{}, "client_id": "api"},
		"aud is null, client_id right":          {"aud": jsonNull{}, "client_id": "api"},
		"aud of another, client_id right":       {"aud": "other", "client_id": "api"},
		"aud in upper case":                     {"aud": "API"},
		"aud holds a number":                    {"aud": []any{"api", 1}},
		"aud is nested":                         {"aud": []any{[]string{"api"}}},
		"wrong client_id":                       {"aud": nil, "client_id": "other"},
		"client_id is a list":                   {"aud": nil, "client_id": []string{"api"}},
	} {
		tokens[name] = good.token(tb, with(goodClaims(), members))
	}
	return tokens
}

// jsonNull survives with, which takes nil for a member to remove.
type jsonNull struct{}

func (jsonNull) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// spareBits returns another last character that stands for the same bytes: of
// 256 bytes in base64url it has four bits to spare.
func spareBits(last byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, last)|1])
}

// plusSlash uses the other alphabet, and makes sure that it matters.
func plusSlash(part string) string {
	return "+" + strings.NewReplacer("-", "+", "_", "/").Replace(part[1:])
}

func TestAttacks(t *testing.T) {
	good, second, foreign := rsaSigner(t, "k"), newSigner(t, "second", "RS256"), newSigner(t, "k", "ES256")
	v := newVerifier(t, configOf(issuerOf(t, good, second)))
	if id, err := identify(v, good.token(t, goodClaims())); id == nil {
		t.Fatalf("the token that the attacks are made of does not pass: %v", err)
	}
	for name, token := range attacks(t, good, foreign) {
		t.Run(name, func(t *testing.T) {
			id, err := identify(v, token)
			wantInvalid(t, token, id, err)
		})
	}
}

// A key that is there must not be used with an algorithm it was not made for,
// even where both are allowed.
func TestKeyConfusion(t *testing.T) {
	rs, es, ed := rsaSigner(t, "rs"), newSigner(t, "es", "ES256"), newSigner(t, "ed", "EdDSA")
	es384 := newSigner(t, "es384", "ES384")
	i := issuerOf(t, rs, es, ed, es384)
	i.Algorithms = append(i.Algorithms, "PS256")
	v := newVerifier(t, configOf(i))
	for _, keyed := range []*signer{rs, es, ed, es384} {
		for _, signed := range []*signer{rs, es, ed, es384, {"", "PS256", rs.private}} {
			if keyed.alg == signed.alg {
				continue
			}
			token := (&signer{keyed.kid, signed.alg, signed.private}).token(t, goodClaims())
			id, err := identify(v, token)
			if id != nil || err == nil {
				t.Errorf("%s with the id of the %s key passed", signed.alg, keyed.alg)
			}
		}
	}
}

func TestTokenUseAndType(t *testing.T) {
	s := rsaSigner(t, "k")
	i := issuerOf(t, s)
	i.TokenUse, i.Type = "access", "at+jwt"
	v := newVerifier(t, configOf(i))
	access := text(t, with(goodClaims(), map[string]any{"token_use": "access"}))
	for _, row := range []struct {
		name, header, payload string
		ok                    bool
	}{
		{"access token", header(t, map[string]any{"typ": "at+jwt"}), access, true},
		{"the long form in another case", header(t, map[string]any{"typ": "Application/AT+JWT"}), access, true},
		{"another type", header(t, nil), access, false},
		{"no type", header(t, map[string]any{"typ": nil}), access, false},
		{"a type that is no string", header(t, map[string]any{"typ": 1}), access, false},
		{"ID token", header(t, map[string]any{"typ": "at+jwt"}), text(t, with(goodClaims(), map[string]any{"token_use": "id"})), false},
		{"no token_use", header(t, map[string]any{"typ": "at+jwt"}), text(t, goodClaims()), false},
	} {
		id, err := identify(v, s.raw(t, row.header, row.payload))
		if (id != nil) != row.ok {
			t.Errorf("%s: identity %v, error %v", row.name, id, err)
		}
	}
}

func TestSizeOfTokens(t *testing.T) {
	const limit = 16 << 10
	s := rsaSigner(t, "k")
	v := newVerifier(t, configOf(issuerOf(t, s)))
	sized := func(length int) string {
		for padding := range 4 { // of the header, for the lengths that base64 has not
			head := header(t, map[string]any{"x": strings.Repeat("x", padding)})
			payload := text(t, with(goodClaims(), map[string]any{"x": ""}))
			spare := base64.RawURLEncoding.DecodedLen(length - len(b64([]byte(head))) - len(".") - len(".") - len(b64(make([]byte, 256))))
			payload = strings.Replace(payload, `"x":""`, `"x":"`+strings.Repeat("x", spare-len(payload))+`"`, 1)
			if token := s.raw(t, head, payload); len(token) == length {
				return token
			}
		}
		t.Fatalf("no token of %d bytes", length)
		return ""
	}
	if id, err := identify(v, sized(limit)); id == nil {
		t.Errorf("%d bytes: %v", limit, err)
	}
	id, err := identify(v, sized(limit+1))
	wantInvalid(t, "", id, err)
}
