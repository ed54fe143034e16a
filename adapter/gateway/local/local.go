// Package local runs an ordinary http.Handler on a developer's machine behind
// something that behaves like API Gateway in front of Lambda:
//
//	client → Host check → gateway.Gateway → adapter.Handler → the handler
//
// so that the handler sees what it will see when deployed: the event's path
// rules, the gateway's limits and answers and, with an [Issuer], identities
// that a JWT authorizer vouched for. One line is printed per request:
//
//	POST "/notes" ANY /{proxy+} 403 function: needs notes-api/write 1.2ms
//
// method, path, route, status, who refused it and why, and how long it took;
// never a query, header, token or claim.
//
// # It stays on the machine
//
// A gateway that lets anybody sign in is no server for a network. [NewIssuer],
// [ListenAndServe] and [Serve] refuse to run inside AWS Lambda; listeners are
// on loopback and requests for another host name get 421 Misdirected Request
// unless Options.Expose says otherwise. The second rule is against DNS
// rebinding, which makes a page of any site the same origin as a server on
// loopback.
//
// # http outside, https inside
//
// The listener speaks plain HTTP, and yet X-Forwarded-Proto says https, so
// r.TLS is set in the handler, as behind API Gateway, which has no plain HTTP.
// The other way round, middleware that redirects to https would send every
// client to a port where nobody speaks TLS, and cookies would lose the Secure
// that they have in production; browsers take Secure cookies from localhost,
// Safari excepted. Links the handler makes with r.TLS begin with https, wrongly
// here; Options.Configure can set gateway.Config.Scheme to "http".
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
// Nil opts are the defaults: an HTTP API with payload format 2.0 and the routes
// ANY /{proxy+} and ANY /. A setting that cannot work is an error, all of them
// reported at once, before anything listens; impossible opts.Adapter panics as
// adapter.New does.
func ListenAndServe(addr string, h http.Handler, opts *Options) error {
	s, err := newService(h, opts)
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
	s, err := newService(h, opts)
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
