package jwtverify

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
)

// Config says which tokens a Verifier accepts.
type Config struct {
	// Issuers are those whose tokens are accepted, at least one.
	Issuers []Issuer

	// Claims says how the claims of verified tokens are read: its SubjectClaim,
	// ScopeClaim, Lists, IssuerNames and AccessTokenIssuers apply to them as they
	// do to the gateway's. An API that already has an Extractor and adds this package
	// sets Claims to that Extractor. The Extractor's pins apply to the claims from
	// the gateway, as far as Binding looks at them. Nil: the default rules, and no
	// pins.
	Claims *claims.Extractor

	// Leeway is how far the clocks of an issuer and of this program may differ.
	// Zero means one minute, which is also the maximum, since a Guard refuses
	// whatever expired earlier. A negative Leeway means none.
	Leeway time.Duration

	// MaxAge is how long a token is accepted after its iat, which is then required.
	// Zero means as long as its exp says.
	MaxAge time.Duration

	// Binding says whether the gateway must have said the same as the token. The
	// zero Binding requires it.
	Binding Binding

	// OnFinding is called when the gateway and the token disagree, before Identify
	// returns. It must be safe for concurrent use. Nil is not called.
	OnFinding func(*http.Request, Finding)

	// CacheSize is how many verified tokens are remembered, so that their
	// signatures are not verified with every request. A token is remembered by its
	// SHA-256, at the longest until its exp or until its issuer's keys change, and
	// takes a few times its own size. Each request still gets an Identity of its
	// own. Zero means that no token is remembered.
	CacheSize int
}

// maxLeeway is what a Guard allows an expired identity.
const maxLeeway = time.Minute

// New returns a Verifier, or an error that joins every problem of the Config.
// It fetches no keys: Preload does, or the first token.
func New(c Config) (*Verifier, error) { return newVerifier(c, wallClock, newClient()) }

// MustNew is like New but panics if New returns an error. It is for variables and
// for the start of a program.
func MustNew(c Config) *Verifier {
	v, err := New(c)
	if err != nil {
		panic(err)
	}
	return v
}

// wallClock leaves the monotonic reading out: whether that counts the time in
// which a Lambda environment is frozen is unconfirmed.
func wallClock() time.Time { return time.Now().Round(0) }

func newVerifier(c Config, now func() time.Time, fetch *client) (*Verifier, error) {
	if problems := c.check(); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	rules, err := c.rules()
	if err != nil {
		return nil, err
	}
	v := &Verifier{
		issuers:   make(map[string]*issuer, len(c.Issuers)),
		lifetime:  lifetime{c.leeway(), c.MaxAge},
		now:       now,
		claims:    rules,
		binding:   c.Binding,
		onFinding: c.OnFinding,
		known:     newTokenCache(c.CacheSize),
	}
	for _, i := range c.Issuers {
		if v.issuers[i.URL], err = i.compile(now, fetch); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// rules returns Claims. Its default needs no pin, since the gateway's issuer is
// compared with the verified token's.
func (c *Config) rules() (*claims.Extractor, error) {
	if c.Claims != nil {
		return c.Claims, nil
	}
	return claims.New(claims.Config{InsecureAnyIssuer: true})
}

func (c *Config) leeway() time.Duration {
	switch {
	case c.Leeway < 0:
		return 0
	case c.Leeway == 0:
		return maxLeeway
	}
	return c.Leeway
}

func (c *Config) check() problems {
	var found problems
	for _, p := range [...]struct {
		bad   bool
		field string
		value any
		text  string
	}{
		{len(c.Issuers) == 0, "Issuers", len(c.Issuers), "issuers accept no token"},
		{c.Leeway > maxLeeway, "Leeway", c.Leeway, "is more than a minute"},
		{c.MaxAge < 0, "MaxAge", c.MaxAge, "is negative"},
		{c.CacheSize < 0, "CacheSize", c.CacheSize, "is negative"},
		{c.Binding > BindingNone, "Binding", c.Binding, "is not one of the constants"},
	} {
		if p.bad {
			found.add(p.field, "%v %s", p.value, p.text)
		}
	}
	if pins := c.Claims.Trust(); c.Binding == BindingNone && len(pins.APIs)+len(pins.Accounts)+len(pins.Stages) > 0 {
		found.add("Claims", "pins APIs %q, Accounts %q and Stages %q, which BindingNone would not look at", pins.APIs, pins.Accounts, pins.Stages)
	}
	seen := map[string]bool{}
	for n, i := range c.Issuers {
		place := fmt.Sprintf("Issuers[%d].", n)
		i.check(place, &found)
		if seen[i.URL] {
			found.add(place+"URL", "%q is there twice", i.URL)
		}
		seen[i.URL] = true
	}
	return found
}

// problems are what is wrong with a Config.
type problems []error

func (p *problems) add(place, format string, args ...any) {
	*p = append(*p, fmt.Errorf("jwtverify: Config.%s: %s", place, fmt.Sprintf(format, args...)))
}
