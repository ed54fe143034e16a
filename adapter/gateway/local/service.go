package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local/internal/console"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/cors"
)

const (
	headerTimeout = 10 * time.Second // for a client to send its headers
	shutdownTime  = 3 * time.Second  // for requests in flight when the service stops
)

// service is a handler behind its gateway, ready to be served.
type service struct {
	*Options
	gateway  *gateway.Gateway
	routes   []gateway.Route
	plan     *apigateway.Plan // nil: there is no Policy, or no front for its routes
	console  *console.Console // nil: there is none
	verdicts verdicts
	lines    *log.Logger // one whole line at a time, whoever else writes
}

// newService returns a service whose Options are there even with an error, which
// names every problem but those of addresses. It has a console if the first issuer
// is served here.
func newService(h http.Handler, opts *Options, servesIssuer bool) (*service, error) {
	s := &service{Options: cmp.Or(opts, &Options{})}
	s.routes = s.Routes
	s.lines = log.New(s.output(), "", 0)
	err := errors.Join(checkNotInLambda(), s.check(), s.planRoutes())
	if h == nil {
		return s, errors.Join(err, errors.New("local: no handler"))
	}
	if err == nil && servesIssuer {
		s.console = s.newConsole()
	}
	config := gateway.Config{
		Function:  adapter.New(h, s.told(s.adapterOptions())),
		Format:    s.format(),
		Stage:     s.stage(),
		BasePath:  s.BasePath,
		Routes:    s.routes,
		Streaming: s.Streaming,
		Timeout:   s.timeout(),
		Observe: func(r *http.Request, record gateway.Record) {
			s.lines.Print(requestLine(r, record, s.verdicts.take(record.InvocationID)))
		},
	}
	if s.CORS != nil && s.CORS.Owner == cors.OwnerGateway {
		config.CORS = s.CORS
	}
	s.authorizers(&config)
	if s.Configure != nil {
		s.Configure(&config)
	}
	// New knows the kinds of authorizers that a front can have, so that it has to
	// see them before the console stands around them.
	var problems error
	s.gateway, problems = gateway.New(config)
	if problems == nil && s.console != nil {
		s.watched(&config)
		s.gateway, problems = gateway.New(config)
	}
	return s, errors.Join(err, problems)
}

// serve serves the API, and the issuers that have a listener, until ctx is done
// or one of them fails.
func (s *service) serve(ctx context.Context, api net.Listener, issuers []net.Listener) error {
	if err := s.openState(); err != nil {
		return errors.Join(err, closeAll(append(issuers, api)))
	}
	failed := make(chan error, 1+len(issuers))
	running := []*http.Server{start(api, s.apiHandler(), failed)}
	for n, l := range issuers {
		if l != nil {
			running = append(running, start(l, s.issuerHandler(n), failed))
		}
	}
	url := s.url(api.Addr())
	if s.console != nil {
		s.console.SetAPI(url)
	}
	err := s.announce(url)
	if err == nil {
		select {
		case err = <-failed:
		case <-ctx.Done():
		}
	}
	if s.console != nil {
		s.console.Close()
	}
	s.gateway.Close()
	shutdown(context.WithoutCancel(ctx), running)
	if err != nil {
		return fmt.Errorf("local: %w", err)
	}
	return nil
}

// openState lets the issuers continue where an earlier run ended.
func (o *Options) openState() error {
	if o.State == "" {
		return nil
	}
	var problems []error
	for _, i := range o.Issuers {
		file, err := openState(o.State, i.url)
		if err == nil {
			err = i.store.restore(file)
		}
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

func start(l net.Listener, h http.Handler, failed chan<- error) *http.Server {
	server := &http.Server{Handler: h, ReadHeaderTimeout: headerTimeout}
	go func() { failed <- server.Serve(l) }()
	return server
}

// shutdown lets requests end, and after a while ends them. An error about a slow
// client would not help whoever stops the service.
func shutdown(ctx context.Context, running []*http.Server) {
	ctx, cancel := context.WithTimeout(ctx, shutdownTime)
	defer cancel()
	for _, server := range running {
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
	}
}

func closeAll(listeners []net.Listener) error {
	var err error
	for _, l := range listeners {
		if l != nil {
			err = errors.Join(err, l.Close())
		}
	}
	return err
}
