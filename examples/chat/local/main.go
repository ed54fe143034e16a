// Command local runs the chat on a laptop: an HTTP API for tickets, a WebSocket API
// and a token issuer.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/chat"
	"github.com/gatehouse-go/gatehouse/examples/machines/caller"
)

const apiID = "a1b2c3d4e5"

func main() {
	addr := flag.String("addr", "localhost:8080", "`address` of the HTTP API")
	issuer := flag.String("issuer", "localhost:8081", "`address` of the token issuer")
	sockets := flag.String("sockets", "localhost:8082", "`address` of the WebSocket API")
	origin := flag.String("origin", "http://localhost:3000", "`origin` of the page")
	flag.Parse()
	program, err := setUp(*issuer, *sockets, *origin)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: *sockets, Handler: program.sockets, ReadHeaderTimeout: 10 * time.Second}
	go func() { log.Fatal(server.ListenAndServe()) }()
	log.Printf("the WebSocket API is ws://%s/prod", *sockets)
	if err := local.ListenAndServe(*addr, program.tickets, program.options); err != nil {
		log.Fatal(err)
	}
}

type program struct {
	tickets http.Handler
	options *local.Options
	sockets *gateway.Gateway
}

func setUp(issuerAddr, socketsAddr, origin string) (*program, error) {
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL: "http://" + issuerAddr,
		Clients: []local.Client{
			{ID: "ada", Secret: "ada-secret", Scopes: []string{chat.Scope}},
			{ID: "bob", Secret: "bob-secret", Scopes: []string{chat.Scope}},
			{ID: "eve", Secret: "eve-secret", Scopes: []string{chat.Scope}},
		},
	})
	if err != nil {
		return nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{issuer.URL()}})
	if err != nil {
		return nil, err
	}
	// The function's credentials, which open nothing else.
	client := caller.IAM(credentials.NewStaticCredentialsProvider("AKIDLAPTOP", "laptop", ""), "eu-central-1")
	keys := &gateway.SigV4{Keys: map[string]gateway.SigningKey{"AKIDLAPTOP": {Secret: "laptop"}}}
	sender, err := chat.NewManagement(client, "http://"+socketsAddr+"/prod")
	if err != nil {
		return nil, err
	}
	memory := &chat.Memory{}
	s := &chat.Service{
		Tickets: memory, Connections: memory, Sender: sender,
		Members: map[string][]string{"harbor": {"ada", "bob"}},
		Origins: []string{origin}, API: apiID,
	}
	mux := s.Handler(who)
	options := &adapter.Options{Fallback: s.Fallback()}
	sockets, err := gateway.New(gateway.Config{
		Function: adapter.New(mux, options), Format: adapter.WebSocketAPI, APIID: apiID, Scheme: "http",
		Management: &gateway.IAMAuthorizer{Verify: keys.Verify},
	})
	if err != nil {
		return nil, err
	}
	return &program{mux, &local.Options{
		Policy:  mux,
		Issuers: []*local.Issuer{issuer},
		Adapter: options,
		Try: []local.Try{
			{Method: "POST", Path: "/rooms/harbor/tickets", Client: "ada", Want: http.StatusCreated},
			{Method: "POST", Path: "/rooms/harbor/tickets", Client: "eve", Want: http.StatusNotFound},
			{Method: "POST", Path: "/rooms/harbor/tickets", Want: http.StatusUnauthorized},
		},
	}, sockets}, nil
}
