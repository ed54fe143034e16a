package local_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

func hello(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, "Hello from "+r.URL.Path)
}

// A program of one's own, with a token issuer beside it: two clients and two
// requests to paste.
func ExampleListenAndServe() {
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL: "http://localhost:8081",
		Clients: []local.Client{
			{ID: "reader", Secret: "reader-secret", Scopes: []string{"notes-api/read"}},
			{ID: "page", Scopes: []string{"notes-api/read"}, RedirectURIs: []string{"http://localhost:3000/callback"}},
		},
		Users: []local.User{{Username: "demo", Password: "demo", Email: "demo@example.com", Groups: []string{"admin"}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	err = local.ListenAndServe("localhost:8080", http.HandlerFunc(hello), &local.Options{
		Issuers: []*local.Issuer{issuer},
		Routes:  []gateway.Route{{Key: "GET /hello", Open: true}, {Key: "ANY /{proxy+}"}},
		Try: []local.Try{
			{Path: "/hello", Want: 200},
			{Path: "/profile", Want: 401},
			{Path: "/profile", Client: "reader", Want: 200},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleServe() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	err = local.Serve(ctx, listener, nil, http.HandlerFunc(hello), &local.Options{
		Output: io.Discard,
		Ready: func(url string) {
			defer stop()
			response, err := http.Get(url + "/world")
			if err != nil {
				log.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			fmt.Println(response.StatusCode, string(body), err)
		},
	})
	fmt.Println("stopped:", err)
	// Output:
	// 200 Hello from /world <nil>
	// stopped: <nil>
}

// A token that has expired, and one that another issuer's key signed.
func ExampleIssuer_Token() {
	config := local.IssuerConfig{URL: "http://localhost:8081", Clients: []local.Client{{ID: "reader", Secret: "reader-secret"}}}
	issuer, err := local.NewIssuer(config)
	if err != nil {
		log.Fatal(err)
	}
	other, err := local.NewIssuer(config)
	if err != nil {
		log.Fatal(err)
	}
	expired, err := issuer.Token(map[string]any{"sub": "reader", "client_id": "reader", "exp": time.Now().Add(-time.Hour).Unix()})
	if err != nil {
		log.Fatal(err)
	}
	foreign, err := other.Token(map[string]any{"sub": "reader", "client_id": "reader"})
	if err != nil {
		log.Fatal(err)
	}
	for _, token := range []string{expired, foreign} {
		_, err := issuer.Verify(context.Background(), token)
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// local: not a token this issuer signed
}
