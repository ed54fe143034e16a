// Package mcp is a server of the Model Context Protocol behind one function: each
// tool has a scope, and a call without it is refused before anything is streamed.
//
//	list_tasks  tasks/read
//	add_task    tasks/write
//
// Clients find out whose tokens the server accepts by OAuth discovery (RFC 9728),
// as the protocol asks
// (https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization).
// The protocol itself is the work of github.com/modelcontextprotocol/go-sdk, without
// sessions, since the next request may reach another execution environment.
//
// lambda/main.go deploys it; local/main.go runs it on a laptop, with a gateway and a
// token issuer.
package mcp

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/cors"
)

// The scopes of the server. BaseScope is what clients are told to ask for first;
// for the other they ask when a call needs it.
const (
	ReadScope  = "tasks/read"
	WriteScope = "tasks/write"
	BaseScope  = ReadScope
)

// Config says which server this is and whom it serves.
type Config struct {
	// Resource is the URL that clients call, to the letter, and the aud of their
	// tokens. authz.Resource says which URLs are possible.
	Resource string

	// Identifier says who is calling. It must know its issuers, and accept only
	// tokens for Resource.
	Identifier authz.Identifier

	// Origins are those whose pages may call the server, such as
	// "https://app.example.com". Nil: none; clients that are no pages send no Origin.
	Origins []string

	// Tasks are where the tools' data are.
	Tasks Tasks
}

// Handler returns the whole chain, cors outside, and the Mux in it, which has the
// policy. It panics if c is impossible, and names every problem.
func Handler(c Config) (http.Handler, *authz.Mux) {
	if c.Tasks == nil {
		panic("mcp: Config without Tasks")
	}
	server, scopes := newServer(c.Tasks)
	transport := sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return server }, &sdk.StreamableHTTPOptions{
		Stateless:           true,
		MaxRequestBodyBytes: maxMessage,
	})
	guard := &authz.Guard{
		Realm:      "mcp",
		Identifier: c.Identifier,
		Resource:   &authz.Resource{URL: c.Resource, ScopesSupported: []string{BaseScope}},
		// Some issuers leave aud out of access tokens, and an Identifier may then look
		// at client_id instead, as an HTTP API does.
		Every: authz.Claim("aud", c.Resource),
	}
	mux := authz.NewMux(guard)
	mux.Handle("POST "+pattern(c.Resource), authz.All(fromOrigin(c.Origins), scopes.requirement()), withoutToken(transport))
	return &chain{guard.Resource.MetadataPaths(), mux, allow(c.Origins).Wrap(mux)}, mux
}

// pattern is the Mux's for the path of a URL that NewMux has found possible.
func pattern(resource string) string {
	u, _ := url.Parse(resource)
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if strings.HasSuffix(path, "/") {
		path += "{$}"
	}
	return path
}

// allow lets the pages of some origins call the server, and read the challenges.
func allow(origins []string) *cors.Middleware {
	if len(origins) == 0 {
		return new(cors.Middleware)
	}
	return cors.MustNew(cors.Config{
		AllowOrigins:  origins,
		AllowHeaders:  []string{"Authorization", "Content-Type", "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"},
		ExposeHeaders: []string{"WWW-Authenticate"},
	})
}

// chain serves the metadata outside of cors, which would replace the header that
// lets the pages of every origin read them, and answer their preflights.
type chain struct {
	metadata []string
	mux      *authz.Mux
	rest     http.Handler
}

func (c *chain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if slices.Contains(c.metadata, r.URL.EscapedPath()) {
		c.mux.ServeHTTP(w, r)
		return
	}
	c.rest.ServeHTTP(w, r)
}

// withoutToken keeps the caller's credentials from the tools, which are given the
// request's header: a token for this server must not be sent on to another.
func withoutToken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.Header.Del("Authorization")
		r.Header.Del("Cookie")
		next.ServeHTTP(w, r)
	})
}
