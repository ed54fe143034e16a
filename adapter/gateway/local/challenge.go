package local

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/gatehouse-go/gatehouse/internal/bearer"
)

// parameter is one auth-param with a quoted value (RFC 9110 section 11.2):
// RFC 6750 section 3 quotes all its values. A value with a backslash is not
// taken: no scope and no error code may hold one.
var parameter = regexp.MustCompile(`(?i)(?:^|[\s,])(error|scope)="([^"\\]*)"`)

// challengeNames: a REST API sends the challenge on under the second name
// ("Amazon API Gateway important notes").
func challengeNames() []string {
	return []string{"WWW-Authenticate", "X-Amzn-Remapped-Www-Authenticate"}
}

// challengeReason is what the Bearer challenge of a function's own 401 or 403
// says of the reason (RFC 6750 section 3.1): the scopes it needs, else the
// error code. Error codes and scopes are names from the program's source, so
// printing them tells nothing of the caller.
func challengeReason(h http.Header) string {
	for _, name := range challengeNames() {
		for _, challenge := range h.Values(name) {
			scheme, rest, _ := strings.Cut(challenge, " ")
			if strings.EqualFold(scheme, "Bearer") {
				return bearerReason(rest)
			}
		}
	}
	return ""
}

func bearerReason(parameters string) string {
	found := map[string]string{}
	for _, match := range parameter.FindAllStringSubmatch(parameters, -1) {
		found[strings.ToLower(match[1])] = match[2]
	}
	switch {
	case found["error"] == "":
		return "needs a token"
	case found["error"] == "insufficient_scope" && isScope(found["scope"]):
		return "needs " + found["scope"]
	case isScope(found["error"]): // of the same characters
		return found["error"]
	}
	return ""
}

func isScope(s string) bool {
	for token := range strings.SplitSeq(s, " ") {
		if !bearer.IsScopeToken(token) {
			return false
		}
	}
	return true
}
