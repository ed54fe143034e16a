package main

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/internal/laptop"
)

// TestLaptop does what docs/partners.md says, with a gateway that asks its authorizer
// first.
func TestLaptop(t *testing.T) {
	api, issuer := laptop.Listen(t), laptop.Listen(t)
	h, opts, err := setUp(issuer.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	laptop.Serve(t, api, issuer, h, opts, func(url string) {
		acme, globex := laptop.Token(t, issuer, "acme", nil), laptop.Token(t, issuer, "globex", nil)
		for _, test := range []struct {
			what, path, token, key string
			want                   int
		}{
			{"nobody", "/rates", "", "", 401},
			{"a key alone", "/rates", "", "basic-key-of-acme", 401},
			{"no key", "/rates", acme, "", 403},
			{"its own key", "/rates", acme, "basic-key-of-acme", 200},
			{"another's key", "/rates", acme, "premium-key-of-globex", 403},
			{"the premium tier", "/forecast", globex, "premium-key-of-globex", 200},
		} {
			r := laptop.Request(t, "GET", url+test.path, test.token, "")
			if test.key != "" {
				r.Header.Set("X-Api-Key", test.key)
			}
			if got, _ := laptop.Do(t, r); got != test.want {
				t.Errorf("%s: status %d, want %d", test.what, got, test.want)
			}
		}
	})
}
