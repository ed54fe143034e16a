package adapter_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestTextualTypes: what is text travels as text, since a REST API without
// binaryMediaTypes hands a body in base64 to the client as it is.
func TestTextualTypes(t *testing.T) {
	for contentType, text := range map[string]bool{
		"text/plain":                        true,
		"text/csv; charset=utf-8":           true,
		"application/json":                  true,
		"Application/JSON ; charset=utf-8":  true,
		"application/problem+json":          true,
		"application/xhtml+xml":             true,
		"image/svg+xml":                     true,
		"application/javascript":            true,
		"application/x-www-form-urlencoded": true,
		"application/yaml":                  true,
		"application/x-yaml":                true,
		"application/openapi+yaml":          true,
		"application/problem+yaml":          true,
		"application/x-ndjson":              true,
		"application/json-seq":              true,
		"application/geo+json-seq":          false,
		"application/graphql":               true,
		"application/graphql-response+json": true,
		"application/jwt":                   true,
		"application/entity-statement+jwt":  true,
		"application/toml":                  true,
		"application/sql":                   true,
		"application/octet-stream":          false,
		"application/pdf":                   false,
		"application/vnd.api+zip":           false,
		"image/png":                         false,
		"nonsense":                          false,
	} {
		for body, valid := range map[string]bool{"text: ä\n": true, "\xff": false} {
			h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", contentType)
				_, _ = io.WriteString(w, body)
			}), nil)
			if r := invoke(t, h, v2Event("", false)); r.IsBase64Encoded == (text && valid) {
				t.Errorf("%s with %q: base64 %v", contentType, body, r.IsBase64Encoded)
			}
		}
	}
}

// TestContentEncoding: identity is the lack of a coding, and a list may be empty.
func TestContentEncoding(t *testing.T) {
	for _, row := range []struct {
		lines []string
		text  bool
	}{
		{[]string{"identity"}, true},
		{[]string{" identity "}, true},
		{[]string{"Identity, identity"}, true},
		{[]string{", ,"}, true},
		{[]string{""}, true},
		{[]string{"identity", ""}, true},
		{[]string{"gzip"}, false},
		{[]string{"identity, gzip"}, false},
		{[]string{"identity", "br"}, false},
		{[]string{",gzip"}, false},
	} {
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.Header()["Content-Encoding"] = row.lines
			_, _ = io.WriteString(w, "text")
		}), nil)
		if r := invoke(t, h, v2Event("", false)); r.IsBase64Encoded == row.text {
			t.Errorf("%q: base64 %v", row.lines, r.IsBase64Encoded)
		}
	}
}

// TestControlCharacters: what could end a line, or is as dangerous, becomes a
// blank (RFC 9110, section 5.5).
func TestControlCharacters(t *testing.T) {
	for value, want := range map[string]string{
		"a\r\nb: c":   "a  b: c",
		"a\x00b":      "a b",
		"a\x0bb":      "a b",
		"a\x1fb":      "a b",
		"a\x7fb":      "a b",
		"a\tb":        "a\tb",
		"\x1f a \x7f": "a",
		"\t a \t":     "a",
		"ä":           "ä",
		"\xff\x01":    "\uFFFD",
	} {
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["X-A"] = []string{value}
			w.Header().Add("Set-Cookie", value)
		}), nil)
		r := invoke(t, h, v2Event("", false))
		if r.Headers["X-A"] != want || r.Cookies[0] != want {
			t.Errorf("%q: sent as %q and %q, want %q", value, r.Headers["X-A"], r.Cookies[0], want)
		}
	}
}
