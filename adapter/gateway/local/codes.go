package local

import (
	"crypto/rand"
	"maps"
	"sync"
	"time"
)

// codeLifetime is how long an authorization code is good for, as in Cognito.
const codeLifetime = 5 * time.Minute

// grant is what an authorization code stands for.
type grant struct {
	client      string
	redirectURI string
	challenge   string
	nonce       string
	scopes      []string
	user        User
	signedIn    time.Time
}

// codes keeps the codes that wait to be exchanged. The zero value is empty; it
// is safe for concurrent use.
type codes struct {
	mu     sync.Mutex
	grants map[string]grant
}

func (c *codes) issue(g grant, now time.Time) string {
	g.signedIn = now
	code := rand.Text()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.grants == nil {
		c.grants = map[string]grant{}
	}
	maps.DeleteFunc(c.grants, func(_ string, old grant) bool { return old.expired(now) })
	c.grants[code] = g
	return code
}

// redeem forgets the code whatever comes of it: it is good for one attempt
// (RFC 6749 section 4.1.2).
func (c *codes) redeem(code string, now time.Time) (grant, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, ok := c.grants[code]
	delete(c.grants, code)
	return g, ok && !g.expired(now)
}

func (g grant) expired(now time.Time) bool { return now.Sub(g.signedIn) > codeLifetime }
