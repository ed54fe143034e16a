package local

import (
	"context"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
)

// SetNow fixes what the issuer takes for the present.
func (i *Issuer) SetNow(now func() time.Time) { i.now = now }

// ChallengeReason is what the request line says of a function's refusal.
func ChallengeReason(h http.Header) string { return challengeReason(h) }

// Shell quotes words for a POSIX shell.
func Shell(words []string) string { return shell(words) }

// Session begins a session and returns its refresh token.
func (i *Issuer) Session(client, username string) string {
	i.store.mu.Lock()
	s := i.store.begin(grant{Client: client, Username: username}, i.now(), refreshLifetime)
	i.store.mu.Unlock()
	return i.store.refreshToken(s)
}

// Renews reports whether token is one of client's sessions, used or not.
func (i *Issuer) Renews(token, client string) bool {
	i.store.mu.Lock()
	defer i.store.mu.Unlock()
	_, _, err := i.store.find(token, client)
	return err == nil
}

// ParseState returns the kind of the key in a state file.
func ParseState(text []byte) (string, error) {
	_, ring, err := parseState(text)
	if err != nil {
		return "", err
	}
	return ring.signing.KeyType().String(), nil
}

// Prefix is what stands before the API's own paths.
func (o *Options) Prefix() string { return o.prefix() }

// Proves reports whether a gateway with this Verify takes the token.
func Proves(ctx context.Context, who authz.Identifier, token string) bool {
	p := &pool{who, adapter.HTTPAPIV2, who.Trust().Issuers, nil, false}
	_, err := p.prove(ctx, token)
	return err == nil
}

// Variable is the shell variable of a caller's token.
func Variable(caller string, taken map[string]bool) string { return variable(caller, taken) }

// Refusal is what the line of a GET says after the status.
func Refusal(record gateway.Record) string {
	return refusal(httptest.NewRequest(http.MethodGet, "/", nil), record, verdict{})
}
