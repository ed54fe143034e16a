package local

import (
	"crypto/subtle"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxForm bounds the body of a form, in bytes.
const maxForm = 64 << 10

// oauthError is an error code of RFC 6749 sections 4.1.2.1 and 5.2.
type oauthError string

func (e oauthError) Error() string { return string(e) }

const (
	invalidRequest          oauthError = "invalid_request"
	invalidClient           oauthError = "invalid_client"
	invalidGrant            oauthError = "invalid_grant"
	invalidScope            oauthError = "invalid_scope"
	unauthorizedClient      oauthError = "unauthorized_client"
	unsupportedGrantType    oauthError = "unsupported_grant_type"
	unsupportedResponseType oauthError = "unsupported_response_type"
	invalidTarget           oauthError = "invalid_target"         // RFC 8707 section 2
	invalidToken            oauthError = "invalid_token"          // RFC 6750 section 3.1
	unsupportedTokenType    oauthError = "unsupported_token_type" // RFC 7009 section 2.2.1
)

// serverError is all that a client learns of the issuer's own troubles.
var serverError = map[string]string{"error": "server_error"}

type tokenReply struct {
	IDToken      string `json:"id_token,omitempty"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	ExpiresIn    int    `json:"expires_in"`
	TokenType    string `json:"token_type"`
}

// serveToken answers every refusal with 400 and the bare code, as Cognito
// does, where RFC 6749 section 5.2 would have 401 for HTTP Basic
// (https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html).
func (i *Issuer) serveToken(w http.ResponseWriter, r *http.Request) {
	reply, err := i.exchange(w, r)
	if err != nil {
		refuse(w, err)
		return
	}
	writeJSON(w, http.StatusOK, reply)
}

func refuse(w http.ResponseWriter, err error) {
	var code oauthError
	if errors.As(err, &code) {
		writeJSON(w, http.StatusBadRequest, map[string]oauthError{"error": code})
		return
	}
	writeJSON(w, http.StatusInternalServerError, serverError)
}

func (i *Issuer) exchange(w http.ResponseWriter, r *http.Request) (tokenReply, error) {
	form, err := readForm(w, r)
	if err != nil {
		return tokenReply{}, err
	}
	client, err := i.authenticate(r, form)
	if err != nil {
		return tokenReply{}, err
	}
	switch form.Get("grant_type") {
	case "client_credentials":
		return i.clientCredentials(client, form)
	case "authorization_code":
		return i.authorizationCode(client, form)
	case "refresh_token":
		return i.refresh(client, form)
	case "":
		return tokenReply{}, invalidRequest
	}
	return tokenReply{}, unsupportedGrantType
}

// readForm reads the body alone: a secret in the query would end up in logs.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/x-www-form-urlencoded" {
		return nil, invalidRequest
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil || repeated(r.PostForm) {
		return nil, invalidRequest
	}
	return r.PostForm, nil
}

// repeated reports whether a parameter is there twice, which RFC 6749 sections
// 3.1 and 3.2 forbid: two readers could see two values.
func repeated(v url.Values) bool {
	for _, values := range v {
		if len(values) > 1 {
			return true
		}
	}
	return false
}

// authenticate takes the client's secret from HTTP Basic or from the form, not
// from both (RFC 6749 section 2.3).
func (i *Issuer) authenticate(r *http.Request, form url.Values) (Client, error) {
	id, secret, basic := r.BasicAuth()
	if basic && form.Has("client_secret") {
		return Client{}, invalidRequest
	}
	if !basic {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	}
	client, known := i.clients[id]
	if !known || !equal(secret, client.Secret) || basic && form.Has("client_id") && form.Get("client_id") != id {
		return Client{}, invalidClient
	}
	return client, nil
}

func (i *Issuer) clientCredentials(c Client, form url.Values) (tokenReply, error) {
	if c.Secret == "" {
		return tokenReply{}, unauthorizedClient
	}
	scopes, err := choose(form.Get("scope"), c.ownScopes())
	if err != nil {
		return tokenReply{}, err
	}
	resource, err := c.target(form.Get("resource"))
	if err != nil {
		return tokenReply{}, err
	}
	token, err := i.clientToken(c, scopes, resource)
	return i.reply(token), err
}

func (i *Issuer) authorizationCode(c Client, form url.Values) (tokenReply, error) {
	s, err := i.store.redeem(form.Get("code"), i.now(), refreshLifetime, func(g grant) bool {
		return g.Client == c.ID && g.RedirectURI == form.Get("redirect_uri") && g.proves(form.Get("code_verifier")) &&
			i.knows(g.Username) && sameTarget(form, g.Resource)
	})
	if err != nil {
		return tokenReply{}, err
	}
	return i.sessionReply(s, s.Scopes)
}

// sessionReply is a set of tokens for a signed-in user.
func (i *Issuer) sessionReply(s session, scopes []string) (tokenReply, error) {
	next := i.store.refreshToken(s)
	s.Scopes = scopes
	access, err := i.userToken(s)
	if err != nil {
		return tokenReply{}, err
	}
	reply := i.reply(access)
	reply.RefreshToken = next
	if slices.Contains(s.Scopes, "openid") {
		reply.IDToken, err = i.idToken(s)
	}
	return reply, err
}

func (i *Issuer) reply(access string) tokenReply {
	return tokenReply{AccessToken: access, ExpiresIn: int(i.lifetime.Seconds()), TokenType: "Bearer"}
}

// knows reports whether there is such a user: one whom an older configuration
// had gets no more tokens.
func (i *Issuer) knows(username string) bool {
	_, ok := i.users[username]
	return ok
}

// target is the resource that a client binds a token to, "" for none.
func (c Client) target(resource string) (string, error) {
	if resource != "" && !slices.Contains(c.Resources, resource) {
		return "", invalidTarget
	}
	return resource, nil
}

// sameTarget reports whether a token request repeats the resource of its grant
// or names none (RFC 8707 section 2.2).
func sameTarget(form url.Values, resource string) bool {
	return !form.Has("resource") || form.Get("resource") == resource
}

// choose returns the scopes asked for, all allowed ones if there is none.
func choose(asked string, allowed []string) ([]string, error) {
	if asked == "" {
		return allowed, nil
	}
	scopes := strings.Split(asked, " ")
	for _, scope := range scopes {
		if !slices.Contains(allowed, scope) {
			return nil, invalidScope
		}
	}
	return scopes, nil
}

// identityScopes speak of a person, so no client gets them for itself, while
// every one may ask for them when it signs somebody in.
func identityScopes() []string { return []string{"openid", "email", "profile"} }

func (c Client) ownScopes() []string {
	return slices.DeleteFunc(slices.Clone(c.Scopes), func(s string) bool { return slices.Contains(identityScopes(), s) })
}

func (c Client) signInScopes() []string { return append(identityScopes(), c.ownScopes()...) }

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
