// Package mistakes is an API with one of the mistakes that newcomers make, for a
// test of what they then read. It runs on the local gateway and, as a compiled
// function, under the Runtime API.
package mistakes

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

// Page is the origin of a page that may use the API.
const Page = "https://app.example.com"

// Timeout is how long a handler may take.
const Timeout = 300 * time.Millisecond

// New returns the API with this mistake, "" for none, and the adapter's options for
// it. issuer is whose tokens the gateway admits, page the origin that may use it.
func New(mistake, issuer, page string) (http.Handler, *adapter.Options, error) {
	pins := claims.Config{Issuers: []string{issuer}}
	guard := &authz.Guard{}
	pages := cors.Config{AllowOrigins: []string{page}, AllowHeaders: []string{"Authorization"}}
	switch mistake {
	case "issuer":
		pins.Issuers = []string{"https://issuer.example.com"}
	case "audiences":
		pins.Audiences = []string{"another-api"}
	case "APIs":
		pins.APIs = []string{"z9y8x7w6v5"}
	case "stages":
		pins.Stages = []string{"prod"}
	case "access tokens only":
		guard.Every = authz.AccessToken()
	case "no AllowHeaders":
		pages.AllowHeaders = nil
	case "the gateway owns preflights":
		pages.Owner = cors.OwnerGatewayPreflight
	case "the gateway owns CORS":
		pages.Owner = cors.OwnerGateway
	}
	who, err := claims.New(pins)
	if err != nil {
		return nil, nil, err
	}
	guard.Identifier = who
	middleware, err := cors.New(pages)
	if err != nil {
		return nil, nil, err
	}
	options := &adapter.Options{Timeout: Timeout}
	switch mistake {
	case "no Identifier":
		guard.Identifier = nil
		return routes(guard), options, nil
	case "no cors":
		return routes(guard), options, nil
	case "behind echoauthz":
		return behindEcho(guard), options, nil
	}
	return middleware.Wrap(routes(guard)), options, nil
}

func routes(guard *authz.Guard) *authz.Mux {
	mux := authz.NewMux(guard)
	mux.HandleFunc("GET /notes/{id}", authz.Scope("notes-api/read"), hello)
	mux.HandleFunc("GET /admin", authz.Groups("admin"), hello)
	mux.HandleFunc("GET /hello", authz.Public(), hello)
	mux.HandleFunc("GET /lost", authz.Public(), http.NotFound)
	mux.HandleFunc("GET /slow", authz.Public(), func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("GET /large", authz.Public(), func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 7<<20))
	})
	mux.HandleFunc("POST /upload", authz.Public(), func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n)
	})
	mux.HandleFunc("GET /events", authz.Public(), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range 2 {
			_, _ = io.WriteString(w, "data: hello\n\n")
			_ = http.NewResponseController(w).Flush()
		}
	})
	return mux
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }

// behindEcho has a route that echoauthz does not know.
func behindEcho(guard *authz.Guard) http.Handler {
	e := echo.New()
	echoauthz.New(e, guard, nil)
	e.GET("/notes/:id", echo.WrapHandler(http.HandlerFunc(hello)))
	return e
}
