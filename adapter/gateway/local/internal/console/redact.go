package console

import (
	"encoding/json"
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
	"subscription-key", "functions-key", "access-key", "access_key", "accesskey", "client-cert", "hmac", "dpop", "bearer", "oidc", "saml",
}

// shortNames are whole names of the same kind.
var shortNames = []string{"code", "state", "sig", "key", "pin", "sid",
	"pass", "x-pass", "ticket", "hash", "magic", "reset", "invite", "sec-websocket-protocol"}

func isSecretName(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(shortNames, name) ||
		slices.ContainsFunc(secretNames, func(part string) bool { return strings.Contains(name, part) })
}

var (
	// A member of JSON, the value of which may be cut off.
	jsonMember = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"(\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s",{}\[\]]+)`)
	// The name of a parameter of a form, or of a URL in a text.
	parameterName = regexp.MustCompile(`[\w.%\[\]-]+=`)
	// An attribute of XML, or a parameter in quotes.
	quotedValue = regexp.MustCompile(`([\w.:-]+)(\s*=\s*)("[^"]*"?|'[^']*'?)`)
	// A member in single quotes.
	singleMember = regexp.MustCompile(`'([^'\n]*)'(\s*:\s*)('[^']*'?)`)
	// A header or a line of YAML.
	headerLine = regexp.MustCompile(`(?m)^[ \t-]*([\w.-]+)([ \t]*:[ \t]*)([^\r\n]+)`)
	// An element of XML that holds text.
	xmlElement = regexp.MustCompile(`<([\w:.-]+)([^<>]*>)([^<]+)`)
	// A part of a form, from its name to the next boundary.
	formPart = regexp.MustCompile(`(?s)\bname="?([^"\r\n;]*)([^\n]*\n(?:[^\r\n]+\r?\n)*\r?\n)(.*?)(?:\r?\n--|\z)`)
	// What stands before the host in a URL.
	userinfo = regexp.MustCompile(`://[^/\s@"'<>]+@`)
	// How a member begins whose value is an object or an array.
	nestedMember = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"\s*:\s*[{\[]`)
	// The compact form of a signed or encrypted token, whole or cut off: eyJ is
	// how a JSON object begins in base64.
	compact = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+[A-Za-z0-9_.=-]*`)
	uuid    = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	scheme  = regexp.MustCompile(`(?i)^(bearer|basic|dpop|digest|negotiate|aws4-hmac-sha256)\b`)
)

// layersKept is how many encodings within each other are looked into. A value with more
// is not kept.
const layersKept = 4

// redact takes out of a text whatever looks like a secret.
func redact(text string) string { return redactTo(layersKept, text) }

// redactTo looks into so many encodings more.
func redactTo(layers int, text string) string {
	text = compact.ReplaceAllString(text, gone)
	if strings.Contains(text, "://") {
		text = userinfo.ReplaceAllString(text, "://"+gone+"@")
	}
	if strings.Contains(text, ":") {
		text = redactNested(text)
		text = replace(jsonMember, text, func(name, between, value string) (string, bool) {
			return `"` + name + `"` + between + `"` + gone + `"`, isSecretMember(name) || hidesIn(layers, value, unescaped(value))
		})
		text = replace(singleMember, text, func(name, between, _ string) (string, bool) {
			return "'" + name + "'" + between + gone, isSecretMember(name)
		})
		text = replace(headerLine, text, func(name, between, _ string) (string, bool) {
			return name + between + gone, isSecretName(name)
		})
	}
	if strings.Contains(text, "=") {
		text = replace(formPart, text, func(name, between, _ string) (string, bool) {
			return `name="` + name + between + gone + "\n--", isSecretName(name)
		})
		text = replace(quotedValue, text, func(name, between, _ string) (string, bool) {
			return name + between + gone, isSecretName(name)
		})
		text = redactParameters(layers, text)
	}
	if strings.Contains(text, "<") {
		text = replace(xmlElement, text, func(name, between, _ string) (string, bool) {
			return "<" + name + between + gone, isSecretName(name)
		})
	}
	return withoutRandom(text)
}

// redactParameters also looks at parameters within the value of another one, as in
// the URL of a redirect. It reads the text once, whatever is within what.
func redactParameters(layers int, text string) string {
	var b strings.Builder
	rest := 0 // of the value that text begins in, which was decoded as a whole
	for {
		at := parameterName.FindStringIndex(text)
		if at == nil {
			return b.String() + text
		}
		name, value, within := text[at[0]:at[1]-1], text[at[1]:], at[0] < rest
		if within {
			value = text[at[1]:rest]
		} else if end := strings.IndexAny(value, "&\"'<> \t\r\n\f"); end >= 0 {
			value = value[:end]
		}
		b.WriteString(text[:at[1]])
		text, rest = text[at[1]:], len(value)
		if value != "" && (isSecretName(name) || strings.Contains(name, "%") || !within && hidesPercent(layers, value)) {
			b.WriteString(gone)
			text, rest = text[len(value):], 0
		}
	}
}

// hidesIn reports whether a text has a secret once it is decoded, or may have one.
func hidesIn(layers int, text, decoded string) bool {
	return decoded != text && (layers == 0 || redactTo(layers-1, decoded) != decoded)
}

// hidesPercent does so for percent-encoding.
func hidesPercent(layers int, text string) bool {
	decoded, ok := unpercent(text)
	return !ok || hidesIn(layers, text, decoded)
}

// unescaped is what a JSON string holds, as it is if it is none.
func unescaped(value string) string {
	if !strings.Contains(value, `\`) {
		return value
	}
	var text string
	if json.Unmarshal([]byte(value), &text) == nil {
		return text
	}
	return strings.ReplaceAll(value, `\"`, `"`) // it was cut off
}

// unpercent is a text without its percent-encoding, however often it was encoded; a
// plus stays, which base64 has as well. It is false for a text that is not encoded well.
func unpercent(text string) (string, bool) {
	for well := false; strings.Contains(text, "%"); well = true {
		plain, err := url.PathUnescape(text)
		if err != nil {
			return text, well // what was encoded well may decode to a percent sign
		}
		text = plain
	}
	return text, true
}

// redactNested takes out the objects and arrays that are the values of secret names.
func redactNested(text string) string {
	var b strings.Builder
	for {
		at := nestedMember.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		b.WriteString(text[:at[1]-1])
		if isSecretMember(text[at[2]:at[3]]) {
			b.WriteString(`"` + gone + `"`)
			text = text[at[1]-1+valueLength(text[at[1]-1:]):]
			continue
		}
		b.WriteByte(text[at[1]-1])
		text = text[at[1]:]
	}
	return b.String() + text
}

// valueLength is the length of the object or array that a text begins with; all of it
// if it was cut off.
func valueLength(text string) int {
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{', c == '[':
			depth++
		case c == '}', c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
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
		if plain, ok := unpercent(segment); !ok || redact(plain) != plain {
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
		plain, ok := unpercent(strings.ReplaceAll(value, "+", " "))
		plainName, nameErr := url.QueryUnescape(name)
		switch {
		case !ok || nameErr != nil, redact(plainName) != plainName:
			parts[i] = gone
		case value != "" && (isSecretName(plainName) || redact(plain) != plain):
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
