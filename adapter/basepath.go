package adapter

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// BasePath returns what stands before the handler's path in the URL that the
// client asked for, as far as the event tells: the stage in the URL of a REST
// API's own host, and whatever Options.StripStage and Options.BasePaths took
// off. It is "" if there is no such prefix, and never ends in a slash. A handler
// that refers to itself by path puts BasePath before it, unless
// Options.PrefixLocation does so already:
//
//	http.Redirect(w, r, event.BasePath()+"/notes", http.StatusSeeOther)
//
// The mapping key of an HTTP API's custom domain is not in an event of payload
// 2.0, and so not in BasePath.
func (e *Event) BasePath() string { return e.basePath.in(e.text) }

// BaseURL returns the URL under which clients reach the handler's path "/":
// https, the domain name that the front vouches for, which is never the Host
// header, and BasePath. The scheme is http if the front says so in
// X-Forwarded-Proto, as emulators do, and wss for WebSocket APIs. BaseURL
// returns nil if the event names no domain, and for load balancers and VPC
// Lattice, which vouch for none. Each call returns a URL of its own.
func (e *Event) BaseURL() *url.URL {
	host := e.domainName.in(e.text)
	if host == "" {
		return nil
	}
	u := &url.URL{Scheme: "https", Host: host}
	switch {
	case e.format == WebSocketAPI:
		u.Scheme = "wss"
	case e.plainHTTP:
		u.Scheme = "http"
	}
	base := e.BasePath()
	u.Path = base
	if path, err := url.PathUnescape(base); err == nil {
		u.Path = path
	}
	if u.EscapedPath() != base {
		u.RawPath = base
	}
	return u
}

// handlerPath returns the path without what Options take off, and writes what
// stands before it in the client's URL.
func (h *Handler) handlerPath(format Format, s *scratch, at *layout, src source) []byte {
	f := &s.fields
	if src.route != "" {
		if stage := f.context.stage.Bytes(f.data); len(stage) > 0 && f.onOwnHost() {
			at.base = s.appendRaw(append([]byte{'/'}, stage...))
		}
		return []byte(src.route)
	}
	path := src.path.Bytes(f.data)
	stage, both := h.stripped(f, path)
	if base := f.outside(format, path, stage, both); len(base) > 0 && !namesHost(base) { // or redirects would lead there
		at.base = s.appendRaw(base)
	}
	if both > 0 && both == len(path) {
		return []byte("/")
	}
	return path[both:]
}

// stripped returns how much of a path is the stage, and how much the stage and
// the base path together. Each is taken off once, and only whole segments. The
// stage stands before the base path, but behind it on a REST API's custom domain
// whose mapping names no stage.
func (h *Handler) stripped(f *fields, path []byte) (stage, both int) {
	name := h.stage(f, path)
	stage = prefix(path, name)
	for _, base := range h.options.BasePaths {
		if n := prefix(path[stage:], base); n > 0 {
			if stage == 0 {
				n += prefix(path[n:], name)
			}
			return stage, stage + n
		}
	}
	return stage, stage
}

// stage returns the stage that may stand in the path, with its slash, or "".
// HTTP APIs have it there unless it is $default. REST APIs do only behind a
// custom domain; on their own domain it is in requestContext's path alone.
func (h *Handler) stage(f *fields, path []byte) string {
	if !h.options.StripStage {
		return ""
	}
	stage := "/" + string(f.context.stage.Bytes(f.data))
	if stage == "/" || stage == "/$default" {
		return ""
	}
	rest, ok := bytes.CutPrefix(f.context.path.Bytes(f.data), []byte(stage))
	if ok && bytes.Equal(bytes.TrimLeft(rest, "/"), bytes.TrimLeft(path, "/")) {
		return ""
	}
	return stage
}

// outside returns what stands before the handler's path in the client's URL.
// Stage and both are how much of path was stripped.
func (f *fields) outside(format Format, path []byte, stage, both int) []byte {
	switch {
	case format == RESTAPI:
		if base, ok := before(f.context.path.Bytes(f.data), path[both:]); ok {
			return base
		}
	case format == HTTPAPIV2 && !f.onOwnHost():
		return path[stage:both] // the event has the stage, the client's URL does not
	}
	return path[:both]
}

// before returns what a REST API's requestContext.path has before the rest of
// the path, which is the handler's. The gateway merges slashes between the two.
func before(whole, rest []byte) ([]byte, bool) {
	if len(rest) == 0 {
		rest = []byte("/")
	}
	base, ok := bytes.CutSuffix(whole, rest)
	if !ok && string(rest) == "/" {
		base, ok = whole, len(whole) > 0
	}
	base = bytes.TrimRight(base, "/")
	return base, ok && (len(base) == 0 || base[0] == '/')
}

// onOwnHost reports whether an API was called by its own host name, whose paths
// begin with the stage, rather than by a custom domain, whose mapping names the
// stage. Emulators have their own hosts on the local machine.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func (f *fields) onOwnHost() bool {
	host := f.context.domainName.Bytes(f.data)
	if !bytes.ContainsRune(host, '.') || bytes.Contains(host, []byte(".execute-api.")) || bytes.ContainsRune(host, ':') {
		return true
	}
	_, err := netip.ParseAddr(string(host))
	return err == nil
}

// prefix returns the length of whole segments at the start of a path, 0 if they
// do not stand there.
func prefix[T string | []byte](path T, segments string) int {
	if !hasSegments(path, segments) {
		return 0
	}
	return len(segments)
}

func hasSegments[T string | []byte](path T, prefix string) bool {
	return len(path) >= len(prefix) && string(path[:len(prefix)]) == prefix &&
		(len(path) == len(prefix) || path[len(prefix)] == '/')
}

// prefixLocation returns a Location with the base path before it. It leaves one
// that starts with two slashes, or what browsers take for them, since that names
// a host, and one that has the base path already.
func prefixLocation(location, base string) string {
	if base == "" || !strings.HasPrefix(location, "/") || namesHost(location) {
		return location
	}
	path := location
	if end := strings.IndexAny(path, "?#"); end >= 0 {
		path = path[:end]
	}
	if hasSegments(path, base) {
		return location
	}
	return base + location
}

// namesHost reports whether browsers take what begins with a slash for a host
// with its path (https://url.spec.whatwg.org/#relative-slash-state).
func namesHost[T string | []byte](path T) bool {
	return len(path) > 1 && (path[1] == '/' || path[1] == '\\')
}

// configureBasePaths has the longest match first.
func (h *Handler) configureBasePaths() error {
	var problems []error
	for _, base := range h.options.BasePaths {
		if len(base) < 2 || !isPlainPath([]byte(base)) || strings.Contains(base, "//") || strings.HasSuffix(base, "/") {
			problems = append(problems, fmt.Errorf(`adapter: Options.BasePaths: %q is not of the form "/orders" or "/orders/v1"`, base))
		}
	}
	h.options.BasePaths = slices.SortedFunc(slices.Values(h.options.BasePaths), func(a, b string) int { return len(b) - len(a) })
	return errors.Join(problems...)
}
