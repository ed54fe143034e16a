package local_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

func TestHosts(t *testing.T) {
	const foreign = "this server is for localhost only\n"
	rows := map[string]int{
		"":                    200,
		"localhost":           200,
		"LOCALHOST:8080":      200,
		"127.0.0.1":           200,
		"127.8.9.1:80":        200,
		"[::1]:8080":          200,
		"[::1]":               200,
		"[::ffff:127.0.0.1]":  200,
		"evil.example":        421,
		"localhost.evil.test": 421,
		"127.0.0.1.nip.io":    421,
		"localhost:80@evil":   421,
		"0.0.0.0":             421,
		"10.0.0.1:8080":       421,
		"[fe80::1]":           421,
		"2130706433":          421,
	}
	for _, expose := range []bool{false, true} {
		output := serve(t, http.HandlerFunc(app), &local.Options{Expose: expose}, func(url string) {
			for host, want := range rows {
				if expose {
					want = 200
				}
				if host == "localhost:80@evil" && expose {
					continue // no host at all: what the gateway makes of it is its own matter
				}
				if got, body := send(t, "GET", url, "/", host); got != want || (got == 421) != (body == foreign) {
					t.Errorf("Expose %t, Host %q: status %d, body %q; want %d", expose, host, got, body, want)
				}
			}
		})
		line := `GET "/" - 421 local: the host is not this machine T`
		if got := strings.Contains(output, line); got == expose {
			t.Errorf("Expose %t: output has %q: %t", expose, line, got)
		}
	}
}
