package revocation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A Source returns the List in JSON. It ends when its context does.
type Source func(context.Context) ([]byte, error)

// File is the Source of a laptop.
func File(name string) Source {
	return func(context.Context) ([]byte, error) { return os.ReadFile(name) }
}

// URL is the Source that reads a URL, such as that of the AWS AppConfig extension
// in the function's own environment.
func URL(url string) Source {
	return func(ctx context.Context) ([]byte, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		content, err := io.ReadAll(io.LimitReader(resp.Body, maxList+1))
		switch {
		case err != nil:
			return nil, err
		case resp.StatusCode != http.StatusOK:
			return nil, fmt.Errorf("revocation: the list's source answered %s", resp.Status)
		case len(content) > maxList:
			return nil, fmt.Errorf("revocation: the list is larger than %d bytes", maxList)
		}
		return content, nil
	}
}

const maxList = 1 << 20

// Config says how old a List may be.
type Config struct {
	Source Source

	// MaxAge is how long a List is used before it is read again, by the first
	// request after that: nothing runs between the invocations of a Lambda
	// function. It is also how long a revocation takes at most, once Source
	// returns it. 0: 10 s.
	MaxAge time.Duration
	// MaxStale is how old the last good List may be while Source fails. After
	// that known callers get 503. 0: five minutes.
	MaxStale time.Duration
	// Timeout is how long reading may take. 0: 1 s.
	Timeout time.Duration
}

// retry is how long a failing Source is left alone.
const retry = time.Second

// A Checker is the requirement that a caller's token was not revoked. It is safe for
// concurrent use.
type Checker struct {
	config Config
	turn   chan struct{} // held by who reads list and times, or the Source

	list   *List
	read   time.Time // when list was
	failed time.Time // when Source failed last
}

// NewChecker returns a Checker, or an error if c has no Source or a negative time.
func NewChecker(c Config) (*Checker, error) {
	if c.Source == nil {
		return nil, errors.New("revocation: Config.Source is missing")
	}
	for _, d := range []struct {
		name    string
		value   *time.Duration
		without time.Duration
	}{
		{"MaxAge", &c.MaxAge, 10 * time.Second},
		{"MaxStale", &c.MaxStale, 5 * time.Minute},
		{"Timeout", &c.Timeout, time.Second},
	} {
		if *d.value < 0 {
			return nil, fmt.Errorf("revocation: Config.%s is negative", d.name)
		}
		if *d.value == 0 {
			*d.value = d.without
		}
	}
	return &Checker{config: c, turn: make(chan struct{}, 1)}, nil
}

// String says in a policy what is required.
func (c *Checker) String() string { return "not revoked" }

// Check refuses a revoked token with 401, so that a client gets itself a new one,
// and everybody with 503 while there is no List that is recent enough.
func (c *Checker) Check(r *http.Request, id *claims.Identity) error {
	list, err := c.current(r.Context())
	switch {
	case err != nil:
		return &authz.Error{Status: http.StatusServiceUnavailable, Code: authz.CodeTemporarilyUnavailable, RetryAfter: retry, Err: err}
	case list.has(id):
		return &authz.Error{Status: http.StatusUnauthorized, Code: authz.CodeInvalidToken, Err: errRevoked}
	}
	return nil
}

var errRevoked = errors.New("revocation: the token was revoked")

// current returns a List that is recent enough. If that means reading it, others
// wait: one request reads for all.
func (c *Checker) current(ctx context.Context) (*List, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	now := time.Now()
	if c.list != nil && now.Sub(c.read) < c.config.MaxAge {
		return c.list, nil
	}
	var err error
	if c.failed.IsZero() || now.Sub(c.failed) >= retry {
		if err = c.reread(ctx); err == nil {
			return c.list, nil
		}
		c.failed = time.Now()
	}
	if c.list != nil && time.Since(c.read) < c.config.MaxStale {
		return c.list, nil
	}
	return nil, errors.Join(errors.New("revocation: no list that is recent enough"), err)
}

func (c *Checker) reread(ctx context.Context) error {
	// One request reads for all: that its client goes says nothing about the Source.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.config.Timeout)
	defer cancel()
	asked := time.Now() // a revocation after this may not be in it
	content, err := c.config.Source(ctx)
	if err != nil {
		return err
	}
	list, err := ParseList(content)
	if err != nil {
		return err
	}
	c.list, c.read, c.failed = list, asked, time.Time{}
	return nil
}
