package gateway

import (
	"net/http"
	"net/url"
	"strings"
)

// place holds one request's path in the forms that events and routing use.
type place struct {
	path    string // the event's path or rawPath
	context string // requestContext.path or requestContext.http.path
	route   string // what routes are compared with: percent-encoded, without stage and base path
}

// target returns the path as the client wrote it, percent-encoding, double
// slashes and dot segments included. RequestURI has it, but a handler in front
// of the gateway may have changed URL since (http.StripPrefix).
func target(r *http.Request) string {
	raw, _, _ := strings.Cut(r.RequestURI, "?")
	if i := strings.Index(raw, "://"); i > 0 && !strings.HasPrefix(raw, "/") {
		_, path, _ := strings.Cut(raw[i+3:], "/") // absolute-form, RFC 9112 section 3.2.2
		raw = "/" + path
	}
	if plain, err := url.PathUnescape(raw); err != nil || plain != r.URL.Path {
		raw = r.URL.EscapedPath()
	}
	if !strings.HasPrefix(raw, "/") {
		return "/" + raw
	}
	return raw
}

// cutPath removes prefix ("v1", "orders/v1") from the beginning of path where
// it ends at a segment's end.
func cutPath(path, prefix string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, "/"+prefix)
	return rest, ok && (rest == "" || rest[0] == '/')
}

// oneSlash leaves one slash at the beginning, as REST APIs do; inner ones stay.
func oneSlash(path string) string {
	return "/" + strings.TrimLeft(path, "/")
}

// atDomain is the part of path below the custom domain's mapping key.
func (g *Gateway) atDomain(path string) (rest string, ok bool) {
	key := strings.Trim(g.config.BasePath, "/")
	if key == "" {
		return path, true
	}
	return cutPath(path, key)
}

// locateREST: on the API's own host, requestContext.path begins with the stage and
// path does not. On a custom domain both are the client's path, and the base path
// is removed for the routes alone.
func locateREST(g *Gateway, target string) (place, bool) {
	target = oneSlash(target)
	if g.config.BasePath != "" {
		rest, ok := g.atDomain(target)
		return place{path: target, context: target, route: oneSlash(rest)}, ok
	}
	rest, ok := cutPath(target, g.config.Stage)
	return place{path: oneSlash(rest), context: target, route: oneSlash(rest)}, ok
}

// locateHTTPAPIV2: the path begins with a named stage, never with a mapping key, and
// is decoded. A decoded question mark is said to end it (unconfirmed); here it
// stays.
func locateHTTPAPIV2(g *Gateway, target string) (place, bool) {
	rest, ok := g.withinStage(target)
	path := decoded(rest)
	if path == "" {
		path = "/"
	}
	if g.config.Stage != defaultStage {
		path = "/" + g.config.Stage + decoded(rest)
	}
	return place{path: path, context: path, route: oneOr(rest)}, ok
}

// locateHTTPAPIV1: path is what the client sent, encoded and with the mapping key.
// requestContext.path is decoded and begins with a named stage instead of the
// mapping key (unconfirmed).
func locateHTTPAPIV1(g *Gateway, target string) (place, bool) {
	at, ok := locateHTTPAPIV2(g, target)
	return place{path: target, context: at.context, route: at.route}, ok
}

// locateVerbatim: the path is the client's, in a Function URL's context
// decoded.
func locateVerbatim(_ *Gateway, target string) (place, bool) {
	return place{path: target, context: decoded(target), route: target}, true
}

// withinStage removes what stands before an HTTP API's routes: a custom
// domain's mapping key or a named stage.
func (g *Gateway) withinStage(target string) (rest string, ok bool) {
	switch {
	case g.config.BasePath != "":
		return g.atDomain(target)
	case g.config.Stage != defaultStage:
		return cutPath(target, g.config.Stage)
	}
	return target, true
}

func oneOr(rest string) string {
	if rest == "" {
		return "/"
	}
	return rest
}
