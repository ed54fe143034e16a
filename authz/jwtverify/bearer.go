package jwtverify

import (
	"net/http"
	"strings"
)

// bearer returns the token that a request offers, "" for none. Another scheme
// than Bearer offers none (RFC 6750 section 3.1); a word without a scheme is a
// token, as HTTP APIs take it
// (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html).
//
// Some fronts join the lines of a header with commas. No bearer token contains
// one (RFC 6750 section 2.1), so a comma beside a token means several.
func bearer(h http.Header) (string, error) {
	values := h["Authorization"]
	switch len(values) {
	case 0:
		return "", nil
	case 1:
	default:
		return "", errSeveral
	}
	first, rest, several := strings.Cut(values[0], ",")
	token := credential(first)
	if !several {
		return token, nil
	}
	for part := range strings.SplitSeq(rest, ",") {
		if scheme, _, ok := strings.Cut(strings.TrimSpace(part), " "); ok && isBearer(scheme) {
			return "", errSeveral
		}
	}
	if token != "" {
		return "", errSeveral
	}
	return "", nil
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

func isBearer(scheme string) bool { return strings.EqualFold(scheme, "Bearer") }
