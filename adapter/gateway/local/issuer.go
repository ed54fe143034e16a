package local

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
)

// Issuer issues tokens of the shape that an Amazon Cognito user pool gives
// them, over the same endpoints:
//
//	GET  /.well-known/openid-configuration
//	GET  /.well-known/jwks.json
//	POST /oauth2/token         client_credentials, authorization_code with PKCE, refresh_token
//	GET  /oauth2/authorize     the sign-in page; the form is posted back to it
//	GET  /oauth2/userInfo      who the user of an access token is; POST does the same
//	POST /oauth2/revoke        ends the session of a refresh token
//	GET  /logout               sends the browser to one of the client's LogoutURIs
//
// Refresh tokens rotate: each can be used once, within thirty days of the
// sign-in, and using one again ends its session. The parameter resource (RFC 8707)
// becomes the aud of access tokens.
//
// Issuer is an http.Handler and safe for concurrent use. It forgets its key and
// its sessions when the process ends, unless Options.State names a folder for
// them. It is meant for development and tests: passwords and secrets are in its
// configuration, and nothing slows down somebody who guesses them.
type Issuer struct {
	name     string
	url      string
	lifetime time.Duration
	clients  map[string]Client
	users    map[string]User
	origins  []string
	store    *store
	console  atomic.Bool // a console is served beside it, and may sign users in
	mux      *http.ServeMux
	now      func() time.Time
}

// NewIssuer returns the issuer that config describes. It makes an RSA key when
// the first one is needed. The error names every problem of config, or says
// that the program runs inside AWS Lambda.
func NewIssuer(config IssuerConfig) (*Issuer, error) {
	if err := checkNotInLambda(); err != nil {
		return nil, err
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	i := &Issuer{
		name:     config.Name,
		url:      config.URL,
		lifetime: cmp.Or(config.Lifetime, time.Hour),
		clients:  byID(config.Clients),
		users:    byUsername(config.Users),
		origins:  originsOf(config.Clients),
		store:    newStore(),
		now:      time.Now,
	}
	i.mux = i.routes()
	return i, nil
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

func (i *Issuer) clientIDs() []string { return slices.Sorted(maps.Keys(i.clients)) }

func (i *Issuer) sortedUsers() []User {
	var users []User
	for _, name := range slices.Sorted(maps.Keys(i.users)) {
		users = append(users, i.users[name])
	}
	return users
}

func (i *Issuer) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.serveConfiguration)
	mux.HandleFunc("GET /.well-known/jwks.json", i.serveKeys)
	mux.HandleFunc("POST /oauth2/token", i.serveToken)
	mux.HandleFunc("POST /oauth2/revoke", i.serveRevoke)
	mux.HandleFunc("GET /oauth2/userInfo", i.serveUserInfo)
	mux.HandleFunc("POST /oauth2/userInfo", i.serveUserInfo)
	for _, path := range []string{"/oauth2/token", "/oauth2/revoke", "/oauth2/userInfo"} {
		mux.HandleFunc("OPTIONS "+path, servePreflight)
	}
	mux.HandleFunc("GET /logout", i.serveLogout)
	mux.HandleFunc("GET /oauth2/authorize", i.serveSignIn)
	// A form on another site must not sign its visitor in as somebody else.
	mux.Handle("POST /oauth2/authorize", http.NewCrossOriginProtection().Handler(http.HandlerFunc(i.serveSignIn)))
	return mux
}

// ServeHTTP serves the endpoints. It does not check the Host header, which
// [ListenAndServe] and [Serve] have done before.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store") // RFC 6749 section 5.1
	i.allowOrigin(w.Header(), r)
	i.mux.ServeHTTP(w, r)
}

// allowOrigin lets a page read answers if some client's users are sent back to its
// origin: an application in the browser fetches its own tokens. All other origins
// are locked out, since everybody knows the secrets of demo clients.
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
