package cors

import (
	"slices"
	"strings"
)

// authorization is the one header name that a browser does not let "*" cover
// (Fetch, "CORS non-wildcard request-header name").
const authorization = "Authorization"

// safelistedMethods need no permission (Fetch, "CORS-safelisted method").
var safelistedMethods = []string{"GET", "HEAD", "POST"}

// safelistedResponseHeaders need not be exposed (Fetch, "CORS-safelisted
// response-header name").
var safelistedResponseHeaders = []string{
	"Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires",
	"Last-Modified", "Pragma",
}

// forbiddenMethods are the methods that fetch and XMLHttpRequest refuse (Fetch,
// "forbidden method").
var forbiddenMethods = []string{"CONNECT", "TRACE", "TRACK"}

// normalMethods are names that are methods in upper case only: browsers send
// most of them in upper case (Fetch, "normalize a method"), and handlers are
// registered for them in upper case.
var normalMethods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

func methodProblem(s string) string {
	upper := strings.ToUpper(s)
	switch {
	case !isToken(s):
		return "not a method: RFC 9110, section 5.6.2, token"
	case len(s) > 64:
		return "longer than 64 bytes"
	case slices.Contains(forbiddenMethods, upper):
		return "browsers never send this method"
	case s != upper && slices.Contains(normalMethods, upper):
		return "methods are case-sensitive, and this one is upper case"
	}
	return ""
}

// forbiddenRequestHeaders are the names that pages cannot set (Fetch,
// "forbidden request-header"), in lower case.
var forbiddenRequestHeaders = []string{
	"accept-charset", "accept-encoding", "access-control-request-headers",
	"access-control-request-method", "connection", "content-length", "cookie", "cookie2",
	"date", "dnt", "expect", "host", "keep-alive", "origin", "referer", "set-cookie", "te",
	"trailer", "transfer-encoding", "upgrade", "via",
}

func requestHeaderProblem(s string) string {
	lower := strings.ToLower(s)
	switch {
	case !isToken(s):
		return "not a header name: RFC 9110, section 5.6.2, token"
	case slices.Contains(forbiddenRequestHeaders, lower),
		strings.HasPrefix(lower, "proxy-"), strings.HasPrefix(lower, "sec-"):
		return "browsers do not let pages set this header"
	}
	return ""
}

func responseHeaderProblem(s string) string {
	lower := strings.ToLower(s)
	switch {
	case !isToken(s):
		return "not a header name: RFC 9110, section 5.6.2, token"
	case lower == "set-cookie", lower == "set-cookie2": // Fetch, "forbidden response-header name"
		return "browsers do not let pages read this header"
	}
	return ""
}

func isToken(s string) bool {
	for _, c := range []byte(s) {
		alphanumeric := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !alphanumeric && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}
