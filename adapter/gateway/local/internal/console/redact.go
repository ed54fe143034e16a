package console

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// What is kept of a request or an answer, in bytes.
const (
	pathKept    = 2 << 10
	bodyKept    = 4 << 10
	headersKept = 8 << 10
)

// gone stands where something was that nobody shall see.
const gone = "(not kept)"

// secretNames are parts of the names of headers, parameters and members whose
// values are not kept.
var secretNames = []string{
	"auth", "token", "secret", "passw", "pwd", "cookie", "credential", "session", "signature", "assertion",
	"apikey", "api-key", "api_key", "private", "jwt", "otp", "verifier", "challenge", "nonce",
}

// shortNames are whole names of the same kind.
var shortNames = []string{"code", "state", "sig", "key", "pin", "sid"}

func isSecretName(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(shortNames, name) ||
		slices.ContainsFunc(secretNames, func(part string) bool { return strings.Contains(name, part) })
}

var (
	// A member of JSON, the value of which may be cut off.
	jsonMember = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"(\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s",{}\[\]]+)`)
	// A parameter of a form, or of a URL in a text.
	parameter = regexp.MustCompile(`([\w.%-]+)=([^&\s"'<>]+)`)
	// The compact form of a signed or encrypted token, whole or cut off: eyJ is
	// how a JSON object begins in base64.
	compact = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+[A-Za-z0-9_.=-]*`)
	uuid    = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	scheme  = regexp.MustCompile(`(?i)^(bearer|basic|dpop|digest|negotiate|aws4-hmac-sha256)\b`)
)

// redact takes out of a text whatever looks like a secret.
func redact(text string) string {
	text = compact.ReplaceAllString(text, gone)
	if strings.Contains(text, ":") {
		text = replace(jsonMember, text, func(name, between, _ string) (string, bool) {
			return `"` + name + `"` + between + `"` + gone + `"`, isSecretMember(name)
		})
	}
	if strings.Contains(text, "=") {
		text = replace(parameter, text, func(name, _, _ string) (string, bool) {
			return name + "=" + gone, isSecretName(name) || strings.Contains(name, "%")
		})
	}
	return withoutRandom(text)
}

// replace asks with about each match, and its groups, whether it is to be
// replaced, and by what.
func replace(form *regexp.Regexp, text string, with func(a, b, c string) (string, bool)) string {
	return form.ReplaceAllStringFunc(text, func(match string) string {
		groups := append(form.FindStringSubmatch(match), "")
		if replaced, ok := with(groups[1], groups[2], groups[3]); ok {
			return replaced
		}
		return match
	})
}

// isSecretMember takes a name that has escapes for a secret one: nobody writes
// such names but to hide them.
func isSecretMember(name string) bool {
	return isSecretName(name) || strings.Contains(name, `\`)
}

// longest is how many letters may stand together that look random.
const longest = 31

// withoutRandom takes out what is long and looks random, whatever it is.
func withoutRandom(text string) string {
	var b strings.Builder
	kept := 0 // how much of text is in b
	for i := 0; i < len(text); i++ {
		run := i
		for i < len(text) && inRandom(text[i]) {
			i++
		}
		if i-run > longest && !ordinary(text[run:i]) {
			b.WriteString(text[kept:run])
			b.WriteString(gone)
			kept = i
		}
	}
	if kept == 0 {
		return text
	}
	return b.String() + text[kept:]
}

// inRandom reports whether c is one of the characters of base64, in either
// alphabet, or of hexadecimal.
func inRandom(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_+/=-", c) >= 0
}

// ordinary reports whether a long run of letters is no more than words, UUIDs
// and short names between slashes.
func ordinary(run string) bool {
	if !strings.ContainsAny(run, "0123456789") {
		return true
	}
	for segment := range strings.SplitSeq(run, "/") {
		if len(segment) > 24 && !uuid.MatchString(segment) {
			return false
		}
	}
	return true
}

// redactPath looks at each segment by itself, so that /notes/UUID stays.
func redactPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if decoded, err := url.PathUnescape(segment); err == nil && redact(decoded) != decoded {
			segments[i] = gone
			continue
		}
		segments[i] = redact(segment)
	}
	return strings.Join(segments, "/")
}

// redactQuery keeps the names of parameters, and the values of the harmless ones.
func redactQuery(query string) string {
	if query == "" {
		return ""
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		decoded, err := url.QueryUnescape(value)
		plainName, nameErr := url.QueryUnescape(name)
		switch {
		case err != nil || nameErr != nil, redact(plainName) != plainName:
			parts[i] = gone
		case value != "" && (isSecretName(plainName) || redact(decoded) != decoded):
			parts[i] = name + "=" + gone
		}
	}
	return strings.Join(parts, "&")
}

// headersOf lists a header, sorted by name, up to headersKept bytes of it.
func headersOf(h http.Header, host string) [][2]string {
	var list [][2]string
	size := 0
	if host != "" {
		list = append(list, [2]string{"Host", redact(clip(host, 256))})
	}
	for _, name := range sortedNames(h) {
		for _, value := range h[name] {
			value = redactHeader(name, clip(value, bodyKept))
			if size += len(name) + len(value); size > headersKept {
				return append(list, [2]string{"…", "more than is kept"})
			}
			list = append(list, [2]string{redact(clip(name, 256)), value})
		}
	}
	return list
}

func sortedNames(h http.Header) []string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// harmless are headers whose names look secret and whose values are not.
var harmless = map[string]bool{
	"Www-Authenticate": true, "X-Amzn-Remapped-Www-Authenticate": true, "Access-Control-Allow-Headers": true,
	"Access-Control-Request-Headers": true, "Access-Control-Allow-Credentials": true,
}

func redactHeader(name, value string) string {
	if isSecretName(name) && !harmless[name] {
		return strings.TrimSpace(scheme.FindString(value) + " " + gone)
	}
	return redact(value)
}
