package jwtverify

import (
	"crypto/sha256"
	"sync"
)

// digest stands for a token, so that the cache holds no token that could be stolen
// from memory and used.
type digest [sha256.Size]byte

// usualToken is longer than most tokens, which are hashed on the stack.
const usualToken = 2 << 10

func hash(token string) digest {
	if len(token) > usualToken {
		return sha256.Sum256([]byte(token))
	}
	var buffer [usualToken]byte
	return sha256.Sum256(buffer[:copy(buffer[:], token)])
}

// A tokenCache remembers the tokens that were verified last. It keeps them in
// two halves and drops the older half when the newer one is full.
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
