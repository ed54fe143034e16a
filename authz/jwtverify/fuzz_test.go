package jwtverify_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// FuzzIdentify: whatever is in Authorization, there is no panic; an error is an
// *authz.Error; there is an identity only for the one token that the issuer
// signed, to the byte; and a Guard counts the credentials in the same way.
func FuzzIdentify(f *testing.F) {
	s, foreign := rsaSigner(f, "k"), newSigner(f, "k", "ES256")
	v := newVerifier(f, configOf(issuerOf(f, s)))
	valid := s.token(f, goodClaims())
	guard := &authz.Guard{Identifier: authz.IdentifierFunc("nobody", claims.Trust{}, func(*http.Request) (*claims.Identity, error) { return nil, nil })}
	f.Add("Bearer " + valid)
	f.Add(valid)
	f.Add("Basic YTpi, Bearer " + valid)
	f.Add("Digest a=b, c")
	for _, token := range attacks(f, s, foreign) {
		if len(token) < 1<<15 {
			f.Add("Bearer " + token)
		}
	}
	f.Fuzz(func(t *testing.T, authorization string) {
		id, err := v.Identify(request(authorization))
		_, guardErr := guard.Check(request(authorization), authz.Authenticated())
		if got, want := status(err), status(guardErr); (got == 400) != (want == 400) {
			t.Fatalf("status %d, the Guard's %d", got, want)
		}
		var refusal *authz.Error
		switch {
		case id != nil && err != nil:
			t.Fatal("an identity and an error")
		case err != nil && !errors.As(err, &refusal):
			t.Fatalf("error %v", err)
		case id == nil:
			return
		}
		fields := strings.Fields(authorization)
		if token := fields[len(fields)-1]; token != valid {
			t.Fatalf("identity %q for a token that nobody signed", id.Subject)
		}
	})
}

// status is that of a refusal, 0 for none.
func status(err error) int {
	var refusal *authz.Error
	if errors.As(err, &refusal) {
		return refusal.Status
	}
	return 0
}

// FuzzDecode: what decode accepts, encoding/json accepts too and reads alike; and
// what it refuses, encoding/json refuses, unless a name occurs twice, the text is
// no UTF-8, or it is nested too deeply.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"a":1,"b":[true,false,null,"x",{"c":-0.5e3}]}`, `{"a":1,"a":2}`, `{"a":{"b":1,"\u0062":2}}`, `{"a":"\ud83d\ude00\n"}`,
		`{"a":"\ud800"}`, "{\"a\":\"\xff\"}", `[]`, `null`, `{"a":1}x`, ` {"a" : 1 } `, `{"a":01}`, `{"a":1,}`, `{"a":` + strings.Repeat("[", 70),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := jwtverify.Decode(data)
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var want map[string]any
		valid := json.Valid(data) && d.Decode(&want) == nil && want != nil
		switch {
		case err == nil && !valid:
			t.Fatalf("accepted %q", data)
		case err == nil && !reflect.DeepEqual(got, want):
			t.Fatalf("read %v, want %v", got, want)
		case err != nil && valid && utf8.Valid(data) && isPlain(json.NewDecoder(bytes.NewReader(data)), 0):
			t.Fatalf("refused %q: %v", data, err)
		}
	})
}

// isPlain reports whether the next value, which is valid, repeats no name and is
// not nested too deeply.
func isPlain(d *json.Decoder, depth int) bool {
	token, _ := d.Token()
	open, ok := token.(json.Delim)
	if !ok {
		return true
	}
	plain, names := depth < 64, map[json.Token]bool{}
	for d.More() {
		if open == '{' {
			name, _ := d.Token()
			plain = plain && !names[name]
			names[name] = true
		}
		plain = isPlain(d, depth+1) && plain
	}
	d.Token() // the closing one
	return plain
}

// FuzzKeySet: whatever an issuer publishes, there is no panic, and no key of it
// verifies a token that another key signed.
func FuzzKeySet(f *testing.F) {
	s, es, ed := rsaSigner(f, "k"), newSigner(f, "k", "ES256"), newSigner(f, "k", "EdDSA")
	for _, jwk := range []map[string]any{s.jwk(), es.jwk(), ed.jwk(), {"kty": "oct", "kid": "k", "k": "AAAA"}} {
		f.Add(keySet(f, jwk))
	}
	tokens := []string{
		newSigner(f, "k", "RS256").token(f, goodClaims()),
		newSigner(f, "k", "ES256").token(f, goodClaims()),
		newSigner(f, "k", "EdDSA").token(f, goodClaims()),
	}
	f.Fuzz(func(t *testing.T, set []byte) {
		i := issuerOf(t, s, es, ed)
		i.JWKS = set
		v, err := jwtverify.New(configOf(i))
		if err != nil {
			return
		}
		for _, token := range tokens {
			if id, _ := identify(v, token); id != nil {
				t.Fatal("a foreign signature was accepted")
			}
		}
	})
}
