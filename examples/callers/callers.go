// Package callers has one small API in five configurations, for the five kinds of
// callers that have no login: anybody, a website's own backend, a service in AWS,
// what is in a private network, and an app's guest. docs/callers.md says which to
// choose.
package callers

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Scope is what tokens need.
const Scope = "prices/read"

// GuestLifetime is how long a guest's token may be valid. It cannot be taken back, and
// whoever copies it out of the app is the guest.
const GuestLifetime = 15 * time.Minute

// Settings are what a deployment knows.
type Settings struct {
	Issuer  string // of backends' tokens
	Backend string // the client ID of the website's backend
	Guests  string // the issuer of guests' tokens: the app's own backend
	API     string // the ID of the API
	Account string // the AWS account of the services
}

// A Pattern is who may call, and how that is proved.
type Pattern struct {
	// Settings names the fields of Settings that the pattern needs.
	Needs []string
	// Config says whose word counts. Nil: nobody's, because nobody is asked.
	Config func(Settings) claims.Config
	// Requirement is that of GET /price.
	Requirement func(Settings) authz.Requirement
}

// Patterns are the five, by name.
var Patterns = map[string]Pattern{
	// Whatever a browser sends, everybody can send: so it is public, and says so.
	"public": {
		Requirement: func(Settings) authz.Requirement { return authz.Public() },
	},
	// Only our website: its backend calls, with client credentials of its own.
	"backend": {
		Needs:  []string{"Issuer", "Backend"},
		Config: func(s Settings) claims.Config { return claims.Config{Issuers: []string{s.Issuer}} },
		Requirement: func(s Settings) authz.Requirement {
			return authz.All(authz.AccessToken(), authz.Scope(Scope), authz.Claim("client_id", s.Backend))
		},
	},
	// A service in AWS signs with its role.
	"service": {Needs: []string{"API", "Account"}, Config: signed, Requirement: account},
	// A private REST API: the endpoint policy says which networks, IAM says who. That a
	// request came through the network proves nobody.
	"network": {Needs: []string{"API", "Account"}, Config: signed, Requirement: account},
	// An app without a login: its own backend gives it a token for a few minutes, after
	// attestation.
	"guest": {
		Needs: []string{"Guests"},
		Config: func(s Settings) claims.Config {
			return claims.Config{Issuers: []string{s.Guests}, Audiences: []string{"prices"}, AccessTokenIssuers: []string{s.Guests}}
		},
		Requirement: func(Settings) authz.Requirement {
			return authz.All(authz.AccessToken(), authz.Scope(Scope), short)
		},
	},
}

func signed(s Settings) claims.Config {
	return claims.Config{Sources: []claims.Source{claims.SigV4}, APIs: []string{s.API}}
}

func account(s Settings) authz.Requirement {
	return authz.Func("an account of ours", func(_ *http.Request, id *claims.Identity) error {
		if s.Account == "" || id.IAM == nil || id.IAM.AccountID != s.Account {
			return errors.New("callers: another account")
		}
		return nil
	})
}

var short = authz.Func("a short life", func(_ *http.Request, id *claims.Identity) error {
	if id.IssuedAt.IsZero() || id.Expiry.IsZero() || id.Expiry.Sub(id.IssuedAt) > GuestLifetime {
		return errors.New("callers: a guest's token lives longer than GuestLifetime")
	}
	return nil
})

// Handler returns the API in a pattern, or an error that names every setting that is
// missing.
func Handler(pattern string, s Settings) (*authz.Mux, error) {
	p, ok := Patterns[pattern]
	if !ok {
		return nil, fmt.Errorf("callers: %q is none of public, backend, service, network, guest", pattern)
	}
	values := map[string]string{"Issuer": s.Issuer, "Backend": s.Backend, "Guests": s.Guests, "API": s.API, "Account": s.Account}
	var problems []error
	for _, name := range p.Needs {
		if values[name] == "" {
			problems = append(problems, fmt.Errorf("callers: %s needs Settings.%s", pattern, name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	guard := &authz.Guard{}
	if p.Config != nil {
		who, err := claims.New(p.Config(s))
		if err != nil {
			return nil, err
		}
		guard.Identifier = who
	}
	mux := authz.NewMux(guard)
	mux.HandleFunc("GET /price", p.Requirement(s), func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("4.20\n"))
	})
	return mux, nil
}
