package local

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
)

//go:embed signin.html
var signInHTML string

var signInPage = template.Must(template.New("signin").Parse(signInHTML))

// signIn is one authorization request (RFC 6749 section 4.1.1). It lives in
// the page's own URL, to which the form is posted, so that it is checked anew
// with the password and the issuer keeps nothing of those who never come back.
type signIn struct {
	client      Client
	redirectURI string
	query       url.Values
}

func (i *Issuer) serveSignIn(w http.ResponseWriter, r *http.Request) {
	s, ok := i.readSignIn(r.URL.Query())
	if !ok {
		// Without a redirect URI of a known client there is nowhere to send
		// the user's browser to (RFC 6749 section 4.1.2.1).
		http.Error(w, "unknown client_id, or a redirect_uri that is not registered for it", http.StatusBadRequest)
		return
	}
	scopes, resource, err := s.check()
	if err != nil {
		s.redirect(w, r, url.Values{"error": {err.Error()}})
		return
	}
	if r.Method != http.MethodPost {
		s.page(w, http.StatusOK, "")
		return
	}
	user, ok := i.signedIn(w, r)
	if !ok {
		s.page(w, http.StatusForbidden, "Incorrect username or password.")
		return
	}
	code, err := i.store.issueCode(s.grant(user, scopes, resource), i.now())
	if err != nil {
		s.redirect(w, r, url.Values{"error": {"server_error"}})
		return
	}
	s.redirect(w, r, url.Values{"code": {code}})
}

func (i *Issuer) readSignIn(query url.Values) (signIn, bool) {
	client, known := i.clients[query.Get("client_id")]
	uri := query.Get("redirect_uri")
	known = known && i.redirects(client, uri) && len(query["client_id"]) == 1 && len(query["redirect_uri"]) == 1
	return signIn{client, uri, query}, known
}

// check returns the scopes and the resource to grant. PKCE is not optional
// here, and "plain" is not accepted as a method (RFC 9700 section 2.1.1).
func (s signIn) check() (scopes []string, resource string, err error) {
	switch {
	case repeated(s.query):
		return nil, "", invalidRequest
	case s.query.Get("response_type") != "code":
		return nil, "", unsupportedResponseType
	case s.query.Get("code_challenge_method") != "S256" || !isChallenge(s.query.Get("code_challenge")):
		return nil, "", invalidRequest
	}
	if resource, err = s.client.target(s.query.Get("resource")); err != nil {
		return nil, "", err
	}
	scopes, err = choose(s.query.Get("scope"), s.client.signInScopes())
	return scopes, resource, err
}

func (i *Issuer) signedIn(w http.ResponseWriter, r *http.Request) (User, bool) {
	form, err := readForm(w, r)
	if err != nil {
		return User{}, false
	}
	user, known := i.users[form.Get("username")]
	return user, known && equal(form.Get("password"), user.Password)
}

func (s signIn) grant(user User, scopes []string, resource string) grant {
	return grant{
		Client:      s.client.ID,
		RedirectURI: s.redirectURI,
		Challenge:   s.query.Get("code_challenge"),
		Nonce:       s.query.Get("nonce"),
		Scopes:      scopes,
		Resource:    resource,
		Username:    user.Username,
	}
}

// redirect answers 303, which makes the browser forget the posted password
// (RFC 9700 section 4.12).
func (s signIn) redirect(w http.ResponseWriter, r *http.Request, answer url.Values) {
	if s.query.Has("state") {
		answer.Set("state", s.query.Get("state"))
	}
	target, err := url.Parse(s.redirectURI)
	if err != nil {
		http.Error(w, "redirect_uri is not a URL", http.StatusBadRequest)
		return
	}
	if target.RawQuery != "" {
		target.RawQuery += "&"
	}
	target.RawQuery += answer.Encode()
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}

func (s signIn) page(w http.ResponseWriter, status int, message string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = signInPage.Execute(w, struct{ Client, Message string }{s.client.ID, message}) // the client has gone
}
