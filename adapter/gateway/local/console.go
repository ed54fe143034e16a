package local

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local/internal/console"
)

// newConsole returns the console for the first issuer's port. It returns nil if
// there is no issuer, and if others than this machine are admitted: whoever sees
// the console sees every request and can make any token.
func (s *service) newConsole() *console.Console {
	i := s.issuer()
	if i == nil || s.Expose || !strings.HasPrefix(i.url, "http://") || s.checkAddr(i.host()) != nil {
		return nil
	}
	config := console.Config{URL: i.url, Format: s.format(), Prefix: s.prefix(), Minter: i, Policy: s.policyView()}
	for _, id := range i.clientIDs() {
		client := i.clients[id]
		config.Clients = append(config.Clients, console.Client{
			ID: id, Scopes: client.ownScopes(), Audience: s.resource(client), SignIn: client.Secret == "" && len(client.RedirectURIs) > 0,
		})
	}
	for _, user := range i.sortedUsers() {
		config.Users = append(config.Users, console.User{Name: user.Username, Groups: user.Groups, Sub: user.Sub, Email: user.Email})
	}
	for _, try := range s.tries() {
		config.Tries = append(config.Tries, console.Try{
			Method: try.method(), Path: try.Path, Client: try.Client, User: try.User, Body: try.body(), Want: try.Want,
		})
	}
	i.console.Store(true)
	return console.New(config)
}

// watched connects the console to all that it listens to.
func (s *service) watched(config *gateway.Config) {
	if config.Authorizer != nil {
		config.Authorizer = s.console.Authorizer("default", config.Authorizer)
	}
	for name, a := range config.Authorizers {
		if a != nil {
			config.Authorizers[name] = s.console.Authorizer(name, a)
		}
	}
	observe := config.Observe
	config.Observe = func(r *http.Request, record gateway.Record) {
		s.console.Observe(r, record)
		if observe != nil {
			observe(r, record)
		}
	}
}

// told returns options whose Done also tells the request lines and the console how
// invocations end.
func (s *service) told(options *adapter.Options) *adapter.Options {
	var told adapter.Options
	if options != nil {
		told = *options
	}
	if told.Logger == nil {
		told.Logger = slog.New(withoutRefusals{slog.Default().Handler()})
	}
	done := told.Done
	told.Done = func(ctx context.Context, o *adapter.Outcome) {
		s.verdicts.put(ctx, o)
		if s.console != nil {
			s.console.Done(ctx, o)
		}
		if done != nil {
			done(ctx, o)
		}
	}
	return &told
}

// apiHandler is what listens for the API.
func (s *service) apiHandler() http.Handler {
	if s.console == nil {
		return s.hostCheck(s.gateway)
	}
	return s.hostCheck(s.console.Watch(s.gateway))
}

// issuerHandler is what listens for the n-th issuer. The console is not part of the
// issuer's handler and so does not get its CORS headers.
func (s *service) issuerHandler(n int) http.Handler {
	issuer := s.hostCheck(s.Issuers[n])
	if s.console == nil || n > 0 {
		return issuer
	}
	console := s.hostCheck(s.console)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.console.Serves(r.URL.Path) {
			console.ServeHTTP(w, r)
			return
		}
		issuer.ServeHTTP(w, r)
	})
}

// redirects reports whether users of client may be sent back to uri: one of its
// own, or the console's, which is the issuer's own origin.
func (i *Issuer) redirects(client Client, uri string) bool {
	if slices.Contains(client.RedirectURIs, uri) {
		return true
	}
	return i.console.Load() && len(client.RedirectURIs) > 0 && uri == i.url+console.CallbackPath
}
