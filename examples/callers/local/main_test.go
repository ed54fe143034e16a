package main

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/internal/laptop"
)

// TestLaptop: the website's backend is let in, and neither an app with the same scope nor
// a header that only says so.
func TestLaptop(t *testing.T) {
	api, issuer := laptop.Listen(t), laptop.Listen(t)
	h, opts, err := setUp(issuer.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	laptop.Serve(t, api, issuer, h, opts, func(url string) {
		for _, test := range []struct {
			what, token string
			want        int
		}{
			{"nobody", "", 401},
			{"a forged token", "forged", 401},
			{"the app", laptop.Token(t, issuer, "app", nil), 403},
			{"the backend", laptop.Token(t, issuer, "website", nil), 200},
		} {
			r := laptop.Request(t, "GET", url+"/price", test.token, "")
			r.Header.Set("X-Api-Key", "key-of-the-front-end")
			r.Header.Set("Origin", "https://app.example.com")
			if got, _ := laptop.Do(t, r); got != test.want {
				t.Errorf("%s: status %d, want %d", test.what, got, test.want)
			}
		}
	})
}
