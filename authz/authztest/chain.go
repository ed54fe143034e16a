package authztest

import (
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
)

// Options are the choices of Chain. Nil Options, like the zero Options, are the
// defaults.
type Options struct {
	// Front is the front to play. The zero Front is FrontOf the handler if that
	// has a method Policy, as an authz.Mux has, and else an HTTP API without
	// pins to meet.
	Front Front
	// Adapter are the function's own options; nil: the defaults.
	Adapter *adapter.Options
	// Configure may change the gateway before it is made: its routes, for
	// example, or its authorizer; nil: it stays as it is.
	Configure func(*gateway.Config)
}

// Chain returns the whole way to h and back, as a client of the deployed function
// sees it: a gateway, the adapter and h. Requests that As has made reach h as
// their caller's, all others as nobody's. Without Configure the gateway has a
// catch-all route and refuses nothing itself. Chain fails the test if such a
// gateway cannot be made.
func Chain(t testing.TB, h http.Handler, opts *Options) *gateway.Gateway {
	t.Helper()
	if opts == nil {
		opts = &Options{}
	}
	front := opts.Front
	if p, ok := h.(interface{ Policy() authz.Policy }); ok && front == (Front{}) {
		front = FrontOf(p)
	}
	config := front.config()
	config.Function = adapter.New(h, opts.Adapter)
	if opts.Configure != nil {
		opts.Configure(&config)
	}
	g, err := gateway.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return g
}
