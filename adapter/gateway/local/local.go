// Package local runs an ordinary http.Handler on a developer's machine behind
// something that behaves like API Gateway in front of Lambda:
//
//	client → Host check → gateway.Gateway → adapter.Handler → the handler
//
// The handler sees what it will see when it is deployed: the event's path rules,
// the gateway's limits and answers and, with an [Issuer], identities that an
// authorizer vouched for. One line is printed for each request:
//
//	POST "/notes" ANY /{proxy+} 403 function: needs scope notes-api/write 1.2ms
//
// It holds the method, the path, the route, the status, who refused the request
// and why, and how long it took. It never holds a query, a header, a token or a
// claim.
//
// # The console
//
// The URL of the first issuer is also a page for people. It shows each request
// with the layer that it stopped at and what to change, and the policy of both
// layers; it makes tokens and sends requests. It is the only page that can: it
// answers to the host name of its own URL alone, other origins can neither read
// nor frame it, and its calls carry a secret that is new in each run. Secrets are
// removed from a request before it is remembered.
//
// # It stays on the machine
//
// A gateway at which anybody can sign in does not belong on a network.
// [NewIssuer], [ListenAndServe] and [Serve] refuse to run inside AWS Lambda.
// Unless Options.Expose says otherwise, listeners must be on loopback, and
// requests for another host name get 421 Misdirected Request. That is against DNS
// rebinding, by which a page of any site becomes the same origin as a server on
// loopback. With Expose there is no console.
//
// # http outside, https inside
//
// The listener speaks plain HTTP, but X-Forwarded-Proto says https, and so r.TLS
// is set in the handler. API Gateway has no plain HTTP. If r.TLS were nil,
// middleware that redirects to https would send every client to a port where
// nobody speaks TLS, and cookies would lose the Secure attribute that they have
// in production; browsers other than Safari accept Secure cookies from localhost.
// The price is that links which the handler makes by looking at r.TLS begin with
// https. Options.Configure can set gateway.Config.Scheme to "http".
package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

// ListenAndServe serves h on the TCP address addr ("localhost:8080"), and
// each of opts.Issuers on the host and port of its URL, until the process is
// told to stop (Ctrl-C, SIGTERM). Then requests in flight have three seconds to
// end, and it returns nil; a second Ctrl-C ends the process at once.
//
// Nil opts mean an HTTP API with payload format 2.0 and the routes ANY /{proxy+}
// and ANY /. Settings that cannot work are reported together, as one error, before
// anything listens. Impossible opts.Adapter panics as adapter.New does.
func ListenAndServe(addr string, h http.Handler, opts *Options) error {
	s, err := newService(h, opts, true)
	if err := errors.Join(err, s.checkAddr(addr), s.checkIssuerAddrs()); err != nil {
		return err
	}
	api, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("local: %w", err)
	}
	listeners, err := s.listenForIssuers()
	if err != nil {
		return errors.Join(err, api.Close())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the next signal is the system's again
	return s.serve(ctx, api, listeners)
}

// Serve is [ListenAndServe] without signals, for tests: it serves h on api and
// each of opts.Issuers on the listener of the same index until ctx is done, and
// closes all listeners. An issuer whose listener is nil, or that has none, is
// served elsewhere or not at all. The listeners' addresses are checked as
// ListenAndServe checks addr.
func Serve(ctx context.Context, api net.Listener, issuers []net.Listener, h http.Handler, opts *Options) error {
	s, err := newService(h, opts, len(issuers) > 0 && issuers[0] != nil)
	err = errors.Join(err, s.checkAddr(api.Addr().String()))
	for _, l := range issuers {
		if l != nil {
			err = errors.Join(err, s.checkAddr(l.Addr().String()))
		}
	}
	if len(issuers) > len(s.Issuers) {
		err = errors.Join(err, fmt.Errorf("local: %d listeners for issuers, and %d Issuers", len(issuers), len(s.Issuers)))
	}
	if err != nil {
		return errors.Join(err, closeAll(append(issuers, api)))
	}
	return s.serve(ctx, api, issuers)
}

// listenForIssuers returns a listener for each of the issuers.
func (o *Options) listenForIssuers() ([]net.Listener, error) {
	var listeners []net.Listener
	for _, i := range o.Issuers {
		l, err := net.Listen("tcp", i.host())
		if err != nil {
			return nil, errors.Join(fmt.Errorf("local: token issuer: %w", err), closeAll(listeners))
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}
