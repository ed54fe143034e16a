package authorizer

import (
	"net/url"
	"strings"
)

// maxARN is the longest Resource that API Gateway takes in an authorizer's policy
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html).
const maxARN = 512

// flaw returns why no policy may name the ARN, "" for none. Its path is the
// client's: a * or ? in it would be a wildcard for other paths, ${ a variable, and
// there is no escape that is known to hold. Whether the path is decoded somewhere
// on the way is unconfirmed, so that escaped ones count too.
func (a methodARN) flaw() Reason {
	for text := a.text; ; {
		if strings.ContainsAny(text, "*?") || strings.Contains(text, "${") {
			return ReasonWildcard
		}
		plain := unescaped(text)
		if plain == text {
			break
		}
		text = plain
	}
	switch {
	case len(a.text) > maxARN:
		return ReasonLongARN
	case strings.ContainsFunc(a.text, outsidePolicy):
		return ReasonARN
	}
	return ""
}

// unescaped undoes percent-encoding once, wherever that can be done.
func unescaped(text string) string {
	parts := strings.Split(text, "%")
	for i := 1; i < len(parts); i++ {
		if len(parts[i]) >= 2 {
			if plain, err := url.PathUnescape("%" + parts[i][:2]); err == nil {
				parts[i] = plain + parts[i][2:]
				continue
			}
		}
		parts[i] = "%" + parts[i]
	}
	return strings.Join(parts, "")
}

// outsidePolicy follows the characters of a policy document
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html),
// of white space the blank alone.
func outsidePolicy(c rune) bool { return c < ' ' || c == 0x7f || c > 0xff }
