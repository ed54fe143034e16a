package gateway

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// keyPart is a parsed CacheKey: where a part of the key comes from.
type keyPart struct {
	path bool   // a path parameter
	name string // of it
	source
}

const cachePath = "method.request.path."

// parseCacheKey parses an expression; the route must have the path parameter.
func parseCacheKey(expression string, p pattern) (keyPart, error) {
	if name, ok := strings.CutPrefix(expression, cachePath); ok {
		if !slices.ContainsFunc(p.segments, func(s segment) bool { return s.kind != literal && s.text == name }) {
			return keyPart{}, fmt.Errorf("CacheKey %q: the path has no such parameter", expression)
		}
		return keyPart{path: true, name: name}, nil
	}
	s, err := parseSource(adapter.RESTAPI, expression)
	if err != nil || s.kind != headerSource && s.kind != querySource {
		return keyPart{}, fmt.Errorf("CacheKey %q: not method.request.header.NAME, method.request.querystring.NAME or %sNAME", expression, cachePath)
	}
	return keyPart{source: s}, nil
}

// checkCache reports caches that the front cannot have.
func (g *Gateway) checkCache() error {
	var problems []error
	for i := range g.routes {
		p := &g.routes[i]
		problem := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("gateway: route %q: "+format, append([]any{p.Key}, args...)...))
		}
		switch {
		case p.CacheTTL == 0 && len(p.CacheKey) == 0:
			continue
		case g.config.Format != adapter.RESTAPI:
			problem("CacheTTL and CacheKey: only a REST API has a cache")
		case g.config.Streaming:
			problem("CacheTTL: no stream is cached")
		case p.CacheTTL <= 0 || p.CacheTTL > time.Hour:
			problem("CacheTTL %v: not above 0 and up to 1h", p.CacheTTL)
		}
		for _, expression := range p.CacheKey {
			key, err := parseCacheKey(expression, *p)
			if err != nil {
				problem("%w", err)
			}
			p.keyParts = append(p.keyParts, key)
		}
	}
	return errors.Join(problems...)
}

// cache keeps replies. Its zero value is ready for use.
type cache struct {
	mu      sync.Mutex
	replies map[string]cached
}

// cached is a reply and when it is forgotten.
type cached struct {
	reply   response
	expires time.Time
}

const (
	maxCached   = 1 << 20 // the largest reply that is kept ("Cache settings for REST APIs")
	maxReplies  = 1000    // bounds the cache of a laptop
	cacheMethod = http.MethodGet
)

// cacheKey is what the reply to the request is kept by, "" if it is not: the
// route and its CacheKey, and nothing else. Only GET is cached, as by default.
func (c *call) cacheKey() string {
	if c.route == nil || c.route.CacheTTL == 0 || c.method != cacheMethod {
		return ""
	}
	parts := []string{c.route.Key}
	for _, part := range c.route.keyParts {
		if part.path {
			parts = append(parts, c.params[part.name])
		} else {
			parts = append(parts, part.value(c))
		}
	}
	return fmt.Sprintf("%q", parts)
}

// cached is the reply that is kept for the request, nil if there is none.
func (c *call) cached(key string) *response {
	kept := &c.gateway.cache
	kept.mu.Lock()
	defer kept.mu.Unlock()
	if entry, ok := kept.replies[key]; ok && c.at.Before(entry.expires) {
		reply := entry.reply
		reply.header = reply.header.Clone()
		return &reply
	}
	return nil
}

// keep keeps a reply of the function's, whatever its status (unconfirmed).
func (c *call) keep(key string, reply *response) {
	if len(reply.body) > maxCached {
		return
	}
	kept := &c.gateway.cache
	kept.mu.Lock()
	defer kept.mu.Unlock()
	if len(kept.replies) >= maxReplies {
		maps.DeleteFunc(kept.replies, func(_ string, entry cached) bool { return !c.at.Before(entry.expires) })
	}
	if kept.replies == nil || len(kept.replies) >= maxReplies {
		kept.replies = map[string]cached{}
	}
	entry := cached{*reply, c.at.Add(c.route.CacheTTL)}
	entry.reply.header = reply.header.Clone()
	kept.replies[key] = entry
}
