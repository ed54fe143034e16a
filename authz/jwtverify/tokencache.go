package jwtverify

import (
	"crypto/sha256"
	"sync"
)

// digest stands for a token, so that the cache holds none that could be stolen
// from memory and used.
type digest [sha256.Size]byte

func hash(token string) digest { return sha256.Sum256([]byte(token)) }

// A tokenCache remembers verified tokens, those used lately at least: in two
// halves, of which the older is dropped when the newer is full.
type tokenCache struct {
	mu         sync.Mutex
	half       int
	newer, old map[digest]*verified
}

// newTokenCache returns a cache for at most size tokens, nil for none.
func newTokenCache(size int) *tokenCache {
	if size == 0 {
		return nil
	}
	return &tokenCache{half: (size + 1) / 2, newer: map[digest]*verified{}}
}

func (c *tokenCache) get(d digest) *verified {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v := c.newer[d]; v != nil {
		return v
	}
	v := c.old[d]
	if v != nil {
		c.add(d, v)
	}
	return v
}

func (c *tokenCache) put(d digest, v *verified) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(d, v)
}

func (c *tokenCache) add(d digest, v *verified) {
	if len(c.newer) == c.half && c.newer[d] == nil {
		c.newer, c.old = map[digest]*verified{}, c.newer
	}
	c.newer[d] = v
}
