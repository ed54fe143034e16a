// Package laptop runs the examples' local programs in tests: a program's setUp is given
// the addresses of two listeners, and Serve serves what setUp returns on them.
//
//	api, issuer := laptop.Listen(t), laptop.Listen(t)
//	h, opts, err := setUp(issuer.Addr().String())
//	…
//	laptop.Serve(t, api, issuer, h, opts, func(url string) {
//		r := laptop.Request(t, "GET", url+"/report", laptop.Token(t, issuer, "robot", nil), "")
//		status, body := laptop.Do(t, r)
//		…
//	})
package laptop

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// Listen listens on a free port of the loopback interface. Serve closes the listener.
func Listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Serve serves h on api, and the first of opts.Issuers on issuer, while use runs. It
// calls use with the API's URL, on the test's own goroutine, so that use may end the test.
// When Serve returns, every line of the program is printed. Serve sets opts.Ready, and
// where opts.Output is nil it discards what is printed; see Output.
func Serve(t *testing.T, api, issuer net.Listener, h http.Handler, opts *local.Options, use func(url string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if opts.Output == nil {
		opts.Output = io.Discard
	}
	opts.Ready = func(url string) {
		defer cancel()
		use(url)
	}
	if err := local.Serve(ctx, api, []net.Listener{issuer}, h, opts); err != nil {
		t.Fatal(err)
	}
}
