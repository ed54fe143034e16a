// Package bearer reads what RFC 6750 lets a client send as its credentials, so
// that whoever counts them and whoever verifies them agree on each request.
package bearer

import "strings"

// Token returns the bearer token in the values of a request's Authorization
// header, "" for none, and whether there is more than one credential, which
// leaves open which of them counts.
//
// Another scheme than Bearer offers no token (RFC 6750 section 3.1). A word
// without a scheme is a token, as HTTP APIs take it
// (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html).
//
// Some fronts join the lines of a header with commas. No bearer token contains
// one (RFC 6750 section 2.1), so a comma beside a token means several.
func Token(values []string) (token string, several bool) {
	switch len(values) {
	case 0:
		return "", false
	case 1:
	default:
		return "", true
	}
	first, rest, joined := strings.Cut(values[0], ",")
	token = credential(first)
	if !joined {
		return token, false
	}
	if token != "" || offers(rest) {
		return "", true
	}
	return "", false
}

func credential(value string) string {
	value = strings.TrimSpace(value)
	scheme, token, ok := strings.Cut(value, " ")
	switch {
	case !ok:
		return value
	case isBearer(scheme):
		return strings.TrimSpace(token)
	}
	return ""
}

// offers reports whether a token follows the first comma. A word alone is not
// one there: it may be a parameter of another scheme.
func offers(rest string) bool {
	for part := range strings.SplitSeq(rest, ",") {
		if scheme, _, ok := strings.Cut(strings.TrimSpace(part), " "); ok && isBearer(scheme) {
			return true
		}
	}
	return false
}

func isBearer(scheme string) bool { return strings.EqualFold(scheme, "Bearer") }

// IsScopeToken reports whether s is the name of one scope: scope-token of RFC
// 6749 section 3.3, 1*( %x21 / %x23-5B / %x5D-7E ).
func IsScopeToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return s != ""
}
