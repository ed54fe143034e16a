package before

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	errNoSubject = errors.New("claims: no subject in the authorizer data")
	errNoText    = errors.New("claims: subject or issuer is not valid text")
)

// newToken builds the Identity of a source that hands on a token's claims.
func newToken(st *statement, r *rules) (*Identity, error) {
	set := st.claims
	id := &Identity{
		Source:   st.source,
		Subject:  set.str(r.subject),
		Issuer:   set.str("iss"),
		ClientID: set.either("client_id", "azp"),
		Username: set.either("username", "cognito:username"),
		TokenUse: set.str("token_use"),
		ID:       set.str("jti"),
		claims:   set,
		rules:    r,
	}
	if id.Subject == "" {
		return nil, errors.New("claims: no subject: claim " + strconv.Quote(r.subject) + " is no text or empty")
	}
	if _, ok := set.find("iss"); ok && id.Issuer == "" {
		return nil, errors.New(`claims: claim "iss" is no text or empty`)
	}
	if err := id.complete(); err != nil {
		return nil, err
	}
	return named(id)
}

// named refuses an Identity that does not name one caller. Two sets of data that
// differ in bytes which are no text must not be one.
func named(id *Identity) (*Identity, error) {
	switch {
	case id.Subject == "":
		return nil, errNoSubject
	case strings.Contains(id.Subject, "\uFFFD") || strings.Contains(id.Issuer, "\uFFFD"):
		return nil, errNoText
	}
	return id, nil
}

// complete fills what may be missing but not malformed.
func (id *Identity) complete() (err error) {
	// Several audiences without brackets known to be a list stay unread: only
	// the gateway compares audiences, and it has done so.
	id.Audience, _ = id.List("aud")
	if err := id.readDates(); err != nil {
		return err
	}
	id.Scopes, err = id.readScopes()
	return err
}

func (id *Identity) readDates() error {
	for _, date := range [...]struct {
		name string
		at   *time.Time
	}{{"exp", &id.Expiry}, {"iat", &id.IssuedAt}, {"auth_time", &id.AuthTime}} {
		c, ok := id.claims.find(date.name)
		if !ok {
			continue
		}
		if *date.at, ok = dialects[id.Source].dateOf(c); !ok {
			return errors.New("claims: claim " + strconv.Quote(date.name) + " is no date")
		}
	}
	return nil
}

// wrongAudience says why the token is for none of Config.Audiences, and what
// would help where its aud may only have been unreadable.
func (id *Identity) wrongAudience() error {
	_, err := id.List("aud")
	switch {
	case !errors.Is(err, ErrAmbiguous):
		return errAudience
	case id.Source.joinsByComma():
		return errAudienceCommas
	}
	return errAudienceList
}

// isFor reports whether one of these audiences is the token's. An aud that the
// front has rendered so that it cannot be read is none of them.
func (id *Identity) isFor(audiences []string) bool {
	if _, ok := id.claims.find("aud"); ok {
		return slices.ContainsFunc(id.Audience, func(aud string) bool { return slices.Contains(audiences, aud) })
	}
	client, ok := id.claims.find("client_id")
	return ok && client.kind == '"' && slices.Contains(audiences, client.text)
}
