package authz

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/bearer"
)

// Resource describes an API as an OAuth 2.0 protected resource (RFC 9728), so that
// clients, such as those of MCP, can find out whose tokens it accepts. Each
// challenge of a Guard that has a Resource says where the metadata are. NewMux and
// New of echoauthz, ginauthz and chiauthz register public routes for them; with other
// routers, register Guard.Metadata at the paths of MetadataPaths, for GET and OPTIONS.
// The authorization servers are the issuers that the Guard's Identifier trusts.
// Nothing of a request enters the metadata.
//
// The pages of every origin may read the metadata. A cors.Middleware around the
// routes replaces that permission by its own, so that only the pages which may use
// the API can read them. Where all shall, the paths must be served outside of it;
// examples/mcp does so.
type Resource struct {
	// URL is the resource identifier, which clients name when they ask for a
	// token, and which should be the token's aud. It is an https URL with a host
	// and, if the API has them, a port and a path, including stage and base path.
	// It has no query, fragment, user or upper-case letters in scheme and host, and
	// escapes where the path needs them, since clients compare it byte for byte. http
	// is accepted for loopback hosts, for tests and laptops.
	URL string

	// ScopesSupported are published in the metadata and in the challenge of each
	// 401. Empty: none, so that strangers do not learn which scopes there are.
	ScopesSupported []string
}

// wellKnown is registered by RFC 9728 section 3.
const wellKnown = "/.well-known/oauth-protected-resource"

// MetadataPaths returns the paths at which the metadata must be served: the path
// that RFC 9728 section 3.1 makes of URL, and the one without URL's path, which
// some clients ask for. It returns nil for a nil Resource or a malformed URL.
func (r *Resource) MetadataPaths() []string {
	if r == nil {
		return nil
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil
	}
	path := u.EscapedPath()
	if path == "" || path == "/" {
		return []string{wellKnown}
	}
	return []string{wellKnown + path, wellKnown}
}

// metadataURL is where a challenge sends clients.
func (r *Resource) metadataURL() string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + r.MetadataPaths()[0]
}

// problems returns what is wrong with the Resource of a Guard that trusts t.
func (r *Resource) problems(t claims.Trust) (problems []error) {
	if reason := refuseResource(r.URL); reason != "" {
		problems = append(problems, fmt.Errorf("Guard.Resource.URL: %q %s", r.URL, reason))
	}
	for _, s := range r.ScopesSupported {
		if !bearer.IsScopeToken(s) {
			problems = append(problems, fmt.Errorf("Guard.Resource.ScopesSupported: %q is not a scope-token (RFC 6749 section 3.3)", s))
		}
	}
	switch {
	case t.AnyIssuer:
		problems = append(problems, errors.New("Guard.Resource: the Identifier accepts any issuer, and clients need to know which"))
	case len(authorizationServers(t)) == 0:
		problems = append(problems, errors.New("Guard.Resource: the Identifier names no issuer whose URL clients could use"))
	}
	return problems
}

func refuseResource(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "is not a URL"
	case u.Host == "" || u.Hostname() == "":
		return "is not absolute"
	case !isSecure(u):
		return "is not https"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(text, "#"):
		return "has a query or fragment"
	case u.User != nil:
		return "has a user"
	case u.Host != strings.ToLower(u.Host):
		return "has capitals in its host, which clients compare to the letter"
	case u.String() != text || strings.HasSuffix(u.Host, ":"):
		return "is not spelled as clients spell it, such as " + strconv.Quote(spelled(u))
	case strings.ContainsAny(u.Path, "{}") || strings.Contains(u.Path, "//") || hasDots(u.Path):
		return "has a path that is not clean"
	}
	return ""
}

// spelled returns u in lower case and with escapes, where it needs them.
func spelled(u *url.URL) string {
	clean := *u
	clean.Host = strings.TrimSuffix(u.Host, ":")
	return clean.String()
}

func hasDots(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// isSecure takes http on loopback only.
func isSecure(u *url.URL) bool {
	host := u.Hostname()
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// authorizationServers are the issuers with a URL. An identity pool's id is none.
func authorizationServers(t claims.Trust) []string {
	var servers []string
	for _, issuer := range t.Issuers {
		if u, err := url.Parse(issuer); err == nil && u.Host != "" && isSecure(u) {
			servers = append(servers, issuer)
		}
	}
	return servers
}

// metadata is the document of RFC 9728 section 2.
type metadata struct {
	Resource             string   `json:"resource"`
	AuthorizationServers []string `json:"authorization_servers"`
	ScopesSupported      []string `json:"scopes_supported,omitempty"`
	BearerMethods        []string `json:"bearer_methods_supported"`
}

// Metadata returns the handler that serves the metadata of the Guard's Resource
// at the paths of Resource.MetadataPaths. It answers any other path with 404.
// Pages of every origin may read the metadata, without credentials, since
// clients in a browser need them. Metadata panics if the Guard has no Resource
// or is invalid.
func (g *Guard) Metadata() http.Handler {
	g.mustBeValid()
	if g.Resource == nil {
		panic("authz: Metadata of a Guard without a Resource")
	}
	_, trust := describe(g.Identifier)
	body, err := json.Marshal(metadata{g.Resource.URL, authorizationServers(trust), g.Resource.ScopesSupported, []string{"header"}})
	if err != nil {
		panic(err) // of strings only
	}
	return &metadataHandler{g.Resource.MetadataPaths(), append(body, '\n')}
}

type metadataHandler struct {
	paths []string
	body  []byte
}

func (m *metadataHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path := r.URL.EscapedPath(); path != m.paths[0] && path != m.paths[len(m.paths)-1] {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Del("Access-Control-Allow-Credentials")
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "public, max-age=3600")
		_, _ = w.Write(m.body)
	case http.MethodOptions:
		h.Set("Allow", "GET, HEAD, OPTIONS")
		h.Set("Access-Control-Allow-Methods", "GET")
		h.Set("Access-Control-Allow-Headers", "*")
		h.Set("Access-Control-Max-Age", "3600")
		w.WriteHeader(http.StatusNoContent)
	default:
		h.Set("Allow", "GET, HEAD, OPTIONS")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}
