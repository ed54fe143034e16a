package console

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// What is kept of a request or an answer, in bytes.
const (
	pathKept    = 2 << 10
	bodyKept    = 4 << 10
	headersKept = 8 << 10
)

// gone stands where something was that nobody shall see.
const gone = "(not kept)"

// secretName are names of headers, parameters and members whose values are not
// kept. They are compared in parts, so that X-Session-Id is one.
const secretName = `auth|token|secret|passw|pwd|cookie|credential|session|signature|assertion|api[-_]?key|private|jwt|otp|verifier|challenge|nonce`

var (
	secretNames = regexp.MustCompile(`(?i)(` + secretName + `)|^(code|state|sig|key|pin|sid)$`)
	// A member of JSON, the value of which may be cut off.
	jsonMember = regexp.MustCompile(`(?i)("[^"\\]{0,64}(?:` + secretName + `)[^"\\]{0,64}"|"(?:code|state|sig|key|pin|sid)")(\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s",}\]]+)`)
	// A parameter of a form, or of a URL in a text.
	parameter = regexp.MustCompile(`(?i)\b([\w.-]{0,64}(?:` + secretName + `)[\w.-]{0,64}|code|state|sig|key|pin|sid)=([^&\s"'<>]+)`)
	// The compact form of a signed or encrypted token, whole or cut off: eyJ is
	// how a JSON object begins in base64.
	compact = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}[A-Za-z0-9_.=-]*`)
	// Anything else that is long and looks random.
	random = regexp.MustCompile(`[A-Za-z0-9_+/=-]{32,}`)
	uuid   = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	digit  = regexp.MustCompile(`[0-9]`)
	scheme = regexp.MustCompile(`(?i)^(bearer|basic|dpop|digest|negotiate|aws4-hmac-sha256)\b`)
)

// redact takes out of a text whatever looks like a secret.
func redact(text string) string {
	text = compact.ReplaceAllString(text, gone)
	text = jsonMember.ReplaceAllString(text, "${1}${2}\""+gone+"\"")
	text = parameter.ReplaceAllString(text, "${1}="+gone)
	return random.ReplaceAllStringFunc(text, func(run string) string {
		if ordinary(run) {
			return run
		}
		return gone
	})
}

// ordinary reports whether a long run of letters is no more than words, UUIDs
// and short names between slashes.
func ordinary(run string) bool {
	if !digit.MatchString(run) {
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
		case value != "" && (secretNames.MatchString(plainName) || redact(decoded) != decoded):
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
	if secretNames.MatchString(name) && !harmless[name] {
		return strings.TrimSpace(scheme.FindString(value) + " " + gone)
	}
	return redact(value)
}

// kept is the beginning of a body, and how long it is.
type kept struct {
	text []byte
	size int64
}

func (k *kept) add(b []byte) {
	k.size += int64(len(b))
	if room := bodyKept - len(k.text); room > 0 {
		k.text = append(k.text, b[:min(room, len(b))]...)
	}
}

// message is what may be shown of the body.
func (k *kept) message() message {
	m := message{Size: k.size}
	text := k.text
	cut := int64(len(text)) < k.size
	if cut {
		text = wholeRunes(text)
	}
	if !utf8.Valid(text) || slices.Contains(text, 0) {
		m.Note = "not text"
		return m
	}
	m.Body = redact(string(text))
	if cut {
		m.Note = "the beginning"
	}
	return m
}

// wholeRunes leaves a rune out that the end of the text cuts off.
func wholeRunes(text []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if tail := text[len(text)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return text[:len(text)-i]
			}
			break
		}
	}
	return text
}

// clip bounds a text before anything is looked for in it.
func clip(text string, size int) string {
	if len(text) <= size {
		return text
	}
	return string(wholeRunes([]byte(text[:size]))) + "…"
}
