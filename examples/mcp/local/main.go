// Command local runs the MCP server on a laptop, with a token issuer beside it. The
// gateway asks no authorizer, as a function URL would not: the function verifies the
// tokens, and its challenges reach the client.
package main

import (
	"flag"
	"log"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/examples/mcp"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "`address` of the server")
	issuer := flag.String("issuer", "localhost:8081", "`address` of the token issuer")
	callback := flag.String("callback", "http://localhost:3000/callback", "`URL` that the client named agent is sent back to")
	flag.Parse()
	h, opts, err := setUp(*addr, *issuer, *callback)
	if err == nil {
		err = local.ListenAndServe(*addr, h, opts)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// setUp makes the server as lambda/main.go does, for the tokens of a local issuer
// that are bound to it.
func setUp(addr, issuerAddr, callback string) (http.Handler, *local.Options, error) {
	resource := "http://" + addr + "/mcp"
	scopes, resources := []string{mcp.ReadScope, mcp.WriteScope}, []string{resource}
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL: "http://" + issuerAddr,
		Clients: []local.Client{
			{ID: "agent", Scopes: scopes, RedirectURIs: []string{callback}, Resources: resources},
			{ID: "robot", Secret: "robot-secret", Scopes: scopes, Resources: resources},
		},
		Users: []local.User{{Username: "demo", Password: "demo"}},
	})
	if err != nil {
		return nil, nil, err
	}
	tokens, err := jwtverify.New(jwtverify.Config{
		Issuers: []jwtverify.Issuer{jwtverify.OIDC(issuer.URL(), resource)},
		Binding: jwtverify.BindingNone,
	})
	if err != nil {
		return nil, nil, err
	}
	h, mux := mcp.Handler(mcp.Config{Resource: resource, Identifier: tokens, Tasks: &mcp.Memory{}})
	return h, &local.Options{
		Policy:  mux,
		Issuers: []*local.Issuer{issuer},
		Routes:  []gateway.Route{{Key: "ANY /{proxy+}", Open: true}},
		Try: []local.Try{
			{Path: "/.well-known/oauth-protected-resource/mcp", Want: http.StatusOK},
			{Method: "POST", Path: "/mcp", Body: `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, Want: http.StatusUnauthorized},
			// Not bound to the server by the parameter resource (RFC 8707).
			{Method: "POST", Path: "/mcp", Client: "robot", Body: `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, Want: http.StatusUnauthorized},
		},
	}, nil
}
