package authz

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/bearer"
)

// Challenge sets in h what every answer to e must carry: Cache-Control, a
// challenge where e is about the caller's credentials (RFC 6750 section 3), and
// Retry-After. It is for code that calls Check and answers refused requests
// itself; Allow and Require set these headers without it.
func (g *Guard) Challenge(h http.Header, e *Error) {
	maps.Copy(h, g.header(e))
}

// header returns what every answer to e must carry.
func (g *Guard) header(e *Error) http.Header {
	h := http.Header{"Cache-Control": {"no-store"}}
	if e.challenges() {
		h.Set("WWW-Authenticate", g.challenge(e))
	}
	if wait := e.retryAfter(); wait > 0 {
		h.Set("Retry-After", strconv.FormatInt(wait, 10))
	}
	return h
}

// challenges reports whether e is about the caller's credentials (RFC 6750
// section 3).
func (e *Error) challenges() bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	case http.StatusBadRequest:
		return e.Code == CodeInvalidRequest
	}
	return false
}

// challenge renders e for WWW-Authenticate (RFC 6750 section 3). The scheme
// must be followed by at least one parameter, so realm is always there. A Guard
// with a Resource adds where its metadata are (RFC 9728 section 5.1) and, to a
// 401, the scopes that it publishes: the same for every route, or strangers could
// tell which routes there are.
func (g *Guard) challenge(e *Error) string {
	var b strings.Builder
	b.WriteString(`Bearer realm="` + quotable(g.realm()) + `"`)
	if code := e.code(); code != "" {
		b.WriteString(`, error="` + code + `"`)
	}
	scopes := e.scopes()
	if g.Resource != nil && e.Status == http.StatusUnauthorized {
		scopes = g.Resource.ScopesSupported
	}
	if len(scopes) > 0 {
		b.WriteString(`, scope="` + strings.Join(scopes, " ") + `"`)
	}
	if g.Resource != nil {
		b.WriteString(`, resource_metadata="` + quotable(g.Resource.metadataURL()) + `"`)
	}
	return b.String()
}

// code returns the code as far as RFC 6750 section 3 lets it be quoted: its
// character set is that of a scope-token and the blank.
func (e *Error) code() string {
	if !bearer.IsScopeToken(strings.ReplaceAll(e.Code, " ", "")) {
		return ""
	}
	return e.Code
}

// scopes returns the scopes that may be quoted, and none with another code:
// only insufficient_scope says that asking for more scopes would help.
func (e *Error) scopes() []string {
	if e.Code != CodeInsufficientScope {
		return nil
	}
	var tokens []string
	for _, s := range e.Scopes {
		if bearer.IsScopeToken(s) {
			tokens = append(tokens, s)
		}
	}
	return tokens
}

func (e *Error) retryAfter() int64 {
	seconds := int64((e.RetryAfter + time.Second - 1) / time.Second)
	if e.Status == http.StatusServiceUnavailable {
		return max(seconds, 1)
	}
	return seconds
}

// quotable returns s as the inside of a quoted-string (RFC 9110 section 5.6.4).
func quotable(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c == 0x7f:
			b.WriteByte(' ')
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			fallthrough
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
