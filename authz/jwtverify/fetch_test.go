package jwtverify_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

const softAge = time.Hour

func TestRedirectsAreNotFollowed(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	elsewhere := newEndpoint(t, s)
	r.answer(func(w http.ResponseWriter, req *http.Request) { http.Redirect(w, req, elsewhere.URL, http.StatusFound) })
	r.wantStatus(t, s, 503)
	r.wantFetches(t, 1)
	elsewhere.wantFetches(t, 0)
}

func TestSizeOfKeySets(t *testing.T) {
	const limit = 150 << 10
	s := rsaSigner(t, "k")
	set := string(keySet(t, s.jwk()))
	for size, want := range map[int]int{limit: 200, limit + 1: 503} {
		r := newRemote(t, nil, s)
		r.body(set + strings.Repeat(" ", size-len(set)))
		r.wantStatus(t, s, want)
	}
}

// A stream without end must not be read to its end.
func TestEndlessKeySet(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, nil, s)
	r.answer(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<15)); err != nil {
				return
			}
		}
	})
	r.wantStatus(t, s, 503)
}

// discovering replaces an issuer's key address by its discovery document.
func discovering(t *testing.T, s *signer, document func(base string) string) (*remote, string) {
	t.Helper()
	e := newEndpoint(t, s)
	keys := *e.handler.Load()
	base := e.URL + "/pool"
	e.answer(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/pool/.well-known/openid-configuration":
			fmt.Fprint(w, document(base))
		case "/pool/keys":
			keys(w, r)
		default:
			http.NotFound(w, r)
		}
	})
	return &remote{endpoint: e, clock: newClock()}, base
}

func TestDiscovery(t *testing.T) {
	s := rsaSigner(t, "k")
	for _, row := range []struct {
		name     string
		slash    string // behind the issuer's URL
		document string // $ stands for the issuer's base address
		want     int
	}{
		{"as it should be", "", `{"issuer":"$","jwks_uri":"$/keys"}`, 200},
		{"issuer with a slash", "/", `{"issuer":"$/","jwks_uri":"$/keys"}`, 200},
		{"another issuer's", "", `{"issuer":"https://other.example","jwks_uri":"$/keys"}`, 503},
		{"a slash more", "", `{"issuer":"$/","jwks_uri":"$/keys"}`, 503},
		{"without issuer", "", `{"jwks_uri":"$/keys"}`, 503},
		{"without keys", "", `{"issuer":"$"}`, 503},
		{"keys over plain HTTP", "", `{"issuer":"$","jwks_uri":"http://issuer.example/keys"}`, 503},
		{"keys in a file", "", `{"issuer":"$","jwks_uri":"file:///etc/keys"}`, 503},
		{"two addresses of keys", "", `{"issuer":"$","jwks_uri":"$/keys","jwks_uri":"$/keys"}`, 503},
		{"names in another case", "", `{"Issuer":"$","JWKS_URI":"$/keys"}`, 503},
		{"no JSON", "", `<html>`, 503},
		{"keys that are not there", "", `{"issuer":"$","jwks_uri":"$/nothing"}`, 503},
	} {
		t.Run(row.name, func(t *testing.T) {
			r, base := discovering(t, s, func(base string) string { return strings.ReplaceAll(row.document, "$", base) })
			var err error
			r.Verifier, err = jwtverify.NewAt(configOf(jwtverify.OIDC(base+row.slash, "api")), r.now)
			if err != nil {
				t.Fatal(err)
			}
			id, err := identify(r.Verifier, s.token(t, with(r.claims(), map[string]any{"iss": base + row.slash})))
			got := 200
			if id == nil {
				got, _ = answer(t, err)
			}
			if got != row.want {
				t.Errorf("status %d (%v), want %d", got, err, row.want)
			}
		})
	}
}

// Both requests of a discovery are one fetch for the limit.
func TestDiscoveryIsLimited(t *testing.T) {
	s := rsaSigner(t, "k")
	r, base := discovering(t, s, func(base string) string { return `{"issuer":"` + base + `","jwks_uri":"` + base + `/nothing"}` })
	var err error
	if r.Verifier, err = jwtverify.NewAt(configOf(jwtverify.OIDC(base, "api")), r.now); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		_, err := identify(r.Verifier, s.token(t, with(r.claims(), map[string]any{"iss": base})))
		if !errors.Is(err, jwtverify.ErrKeysUnavailable) {
			t.Errorf("error %v", err)
		}
	}
	r.wantFetches(t, 2)
}
