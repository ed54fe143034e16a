package local

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
)

// Issuer issues tokens of the shape that an Amazon Cognito user pool gives
// them, over the same endpoints:
//
//	GET  /.well-known/openid-configuration
//	GET  /.well-known/jwks.json
//	POST /oauth2/token         client_credentials, and authorization_code with PKCE
//	GET  /oauth2/authorize     the sign-in page; the form is posted back to it
//
// It is an http.Handler, safe for concurrent use, and forgets its key and the
// codes it gave when the process ends. There are no refresh tokens, no
// /oauth2/userInfo and no sign-out. It serves development and tests: passwords
// and secrets stand in its configuration, and nothing slows down a guesser.
type Issuer struct {
	url      string
	lifetime time.Duration
	clients  map[string]Client
	users    map[string]User
	origins  []string
	key      jwk.Key
	keys     jwk.Set
	codes    codes
	mux      *http.ServeMux
	now      func() time.Time
}

// NewIssuer returns the issuer of config, with an RSA key of its own that it
// makes now. The error names every problem of config; another one is to run
// inside AWS Lambda.
func NewIssuer(config IssuerConfig) (*Issuer, error) {
	if err := checkNotInLambda(); err != nil {
		return nil, err
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	key, err := newKey()
	if err != nil {
		return nil, fmt.Errorf("local: making the issuer's key: %w", err)
	}
	public, err := jwk.PublicKeyOf(key)
	if err != nil {
		return nil, fmt.Errorf("local: making the issuer's key: %w", err)
	}
	i := &Issuer{
		url:      config.URL,
		lifetime: cmp.Or(config.Lifetime, time.Hour),
		clients:  byID(config.Clients),
		users:    byUsername(config.Users),
		origins:  originsOf(config.Clients),
		key:      key,
		keys:     jwk.NewSet(),
		now:      time.Now,
	}
	i.mux = i.routes()
	return i, i.keys.AddKey(public)
}

// newKey is an RSA key because an HTTP API verifies no other
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html).
func newKey() (jwk.Key, error) {
	raw, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	key, err := jwk.Import(raw)
	if err != nil {
		return nil, err
	}
	if err := jwk.AssignKeyID(key); err != nil {
		return nil, err
	}
	if err := key.Set(jwk.AlgorithmKey, jwa.RS256()); err != nil {
		return nil, err
	}
	return key, key.Set(jwk.KeyUsageKey, jwk.ForSignature)
}

func byID(clients []Client) map[string]Client {
	m := make(map[string]Client, len(clients))
	for _, c := range clients {
		m[c.ID] = c
	}
	return m
}

func byUsername(users []User) map[string]User {
	m := make(map[string]User, len(users))
	for _, u := range users {
		if u.Sub == "" {
			u.Sub = stableUUID(u.Username)
		}
		m[u.Username] = u
	}
	return m
}

// URL returns the issuer's URL, which is the iss of its tokens: what
// claims.Config.Issuers pins.
func (i *Issuer) URL() string { return i.url }

func (i *Issuer) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.serveConfiguration)
	mux.HandleFunc("GET /.well-known/jwks.json", i.serveKeys)
	mux.HandleFunc("POST /oauth2/token", i.serveToken)
	mux.HandleFunc("OPTIONS /oauth2/token", servePreflight)
	mux.HandleFunc("GET /oauth2/authorize", i.serveSignIn)
	// A form on another site must not sign its visitor in as somebody else.
	mux.Handle("POST /oauth2/authorize", http.NewCrossOriginProtection().Handler(http.HandlerFunc(i.serveSignIn)))
	return mux
}

// ServeHTTP serves the endpoints. It does not look at the Host header: behind
// [ListenAndServe] and [Serve] that has been done.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store") // RFC 6749 section 5.1
	i.allowOrigin(w.Header(), r)
	i.mux.ServeHTTP(w, r)
}

// allowOrigin lets pages read tokens and keys that live where some client's
// users are sent back to: an application in the browser fetches its own. All
// other sites stay locked out, for the secrets of demo clients are no secrets.
func (i *Issuer) allowOrigin(h http.Header, r *http.Request) {
	h.Add("Vary", "Origin")
	if origin := r.Header.Get("Origin"); slices.Contains(i.origins, origin) {
		h.Set("Access-Control-Allow-Origin", origin)
	}
}

func originsOf(clients []Client) []string {
	var origins []string
	for _, client := range clients {
		for _, uri := range client.RedirectURIs {
			if u, err := url.Parse(uri); err == nil {
				origins = append(origins, u.Scheme+"://"+u.Host)
			}
		}
	}
	return origins
}

// servePreflight is asked by applications that authenticate with HTTP Basic.
func servePreflight(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	w.WriteHeader(http.StatusNoContent)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone: nobody is left to tell
}
