package claims

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/cause"
)

const (
	errNoSubject = cause.Text("claims: no subject in the authorizer data")
	errNoText    = cause.Text("claims: subject or issuer is not valid text")
)

// newToken builds the Identity of a source that hands on a token's claims. HTTP
// APIs write them as text, with payload format 1.0 without the level of "jwt":
//
//	"authorizer":{"jwt":{"claims":{"sub":"…","exp":"1718722804","cognito:groups":"[admin poweruser]"},"scopes":null}}
//	"authorizer":{"claims":{"sub":"…","exp":"1718722804"},"scopes":null}
//
// See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
// and tellREST for REST APIs.
func newToken(st *statement, r *rules, src *source) (*Identity, error) {
	return fromClaims(st.source, st.claims, r, src)
}

// tokenClaims are the values of the claims that an Identity has fields for.
type tokenClaims struct {
	subject, scopes value // by the rules
	iss, clientID, azp, username, cognitoUsername, tokenUse, jti, aud,
	exp, iat, authTime, scp, scope value
}

// collect looks at every claim once.
func (t *tokenClaims) collect(set claimSet, r *rules) {
	for i := range set.size() {
		name, v := set.at(i)
		if !v.present() {
			continue
		}
		if name == r.subject {
			t.subject = v
		}
		if name == r.scope && name != "" {
			t.scopes = v
		}
		t.put(name, v)
	}
}

func (t *tokenClaims) put(name string, v value) {
	switch name {
	case "iss":
		t.iss = v
	case "client_id":
		t.clientID = v
	case "azp":
		t.azp = v
	case "username":
		t.username = v
	case "cognito:username":
		t.cognitoUsername = v
	case "token_use":
		t.tokenUse = v
	case "jti":
		t.jti = v
	case "aud":
		t.aud = v
	case "exp":
		t.exp = v
	case "iat":
		t.iat = v
	case "auth_time":
		t.authTime = v
	case "scp":
		t.scp = v
	case "scope":
		t.scope = v
	}
}

// fromClaims builds the Identity of a token's claims, or of others that have
// their names.
func fromClaims(s Source, set claimSet, r *rules, src *source) (*Identity, error) {
	var t tokenClaims
	t.collect(set, r)
	text := set.members.text
	id := &Identity{
		Source:   s,
		Subject:  t.subject.str(text),
		Issuer:   t.iss.str(text),
		ClientID: either(t.clientID.str(text), t.azp, text),
		Username: either(t.username.str(text), t.cognitoUsername, text),
		TokenUse: t.tokenUse.str(text),
		ID:       t.jti.str(text),
		claims:   set,
		rules:    r,
		src:      src,
	}
	if id.Subject == "" {
		return nil, cause.Text("claims: no subject: claim " + strconv.Quote(r.subject) + " is empty or not text")
	}
	if t.iss.present() && id.Issuer == "" {
		return nil, cause.Text(`claims: claim "iss" is empty or not text`)
	}
	// Several audiences without brackets known to be a list stay unread.
	id.Audience, _ = id.list("aud", t.aud.claim(text))
	if err := id.readDates(&t, text); err != nil {
		return nil, err
	}
	name, scopes := t.scopeClaim(r)
	var err error
	if id.Scopes, err = id.readScopes(name, scopes.claim(text)); err != nil {
		return nil, err
	}
	return named(id)
}

func either(one string, other value, text string) string {
	if one != "" {
		return one
	}
	return other.str(text)
}

// named refuses an Identity that does not name one caller. Two sets of data that
// differ in bytes which are not text must not be one.
func named(id *Identity) (*Identity, error) {
	switch {
	case id.Subject == "":
		return nil, errNoSubject
	case strings.Contains(id.Subject, "\uFFFD") || strings.Contains(id.Issuer, "\uFFFD"):
		return nil, errNoText
	}
	return id, nil
}

// readDates reads what may be missing but not malformed.
func (id *Identity) readDates(t *tokenClaims, text string) error {
	for _, date := range [...]struct {
		name  string
		value value
		at    *time.Time
	}{{"exp", t.exp, &id.Expiry}, {"iat", t.iat, &id.IssuedAt}, {"auth_time", t.authTime, &id.AuthTime}} {
		if !date.value.present() {
			continue
		}
		var ok bool
		if *date.at, ok = id.rendering().dateOf(date.value.claim(text)); !ok {
			return cause.Text("claims: claim " + strconv.Quote(date.name) + " is not a date")
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
	case id.rendering().commas:
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
