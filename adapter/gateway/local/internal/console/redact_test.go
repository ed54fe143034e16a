package console

import (
	"strings"
	"testing"
)

// A token's parts as they are written in base64url.
const (
	header    = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ"
	payload   = "eyJzdWIiOiJhZGEiLCJlbWFpbCI6ImFkYUBleGFtcGxlLmNvbSJ9"
	signature = "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5cSflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
	token     = header + "." + payload + "." + signature
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "",
		"hello, world":                         "hello, world",
		token:                                  gone,
		"a " + token + " b":                    "a " + gone + " b",
		header + "." + payload:                 gone,
		token[:len(header)+20]:                 gone,
		"Bearer " + token:                      "Bearer " + gone,
		`{"title":"Milk","done":false}`:        `{"title":"Milk","done":false}`,
		`{"password":"x\"y","title":"a"}`:      `{"password":"(not kept)","title":"a"}`,
		`{"accessToken" : "abc"}`:              `{"accessToken" : "(not kept)"}`,
		`{"pin":1234,"n":1}`:                   `{"pin":"(not kept)","n":1}`,
		`{"client_secret":"cut o`:              `{"client_secret":"(not kept)"`,
		"code=abc&title=x":                     "code=(not kept)&title=x",
		"a=1&refresh_token=x.y":                "a=1&refresh_token=(not kept)",
		"https://a.example/cb?code=1&ok=2":     "https://a.example/cb?code=(not kept)&ok=2",
		"0190b2e4-7f6a-7c3d-9b1e-2a3b4c5d6e7f": "0190b2e4-7f6a-7c3d-9b1e-2a3b4c5d6e7f",
		"/notes/0190b2e4-7f6a-7c3d-9b1e-2a3b4c5d6e7f/items": "/notes/0190b2e4-7f6a-7c3d-9b1e-2a3b4c5d6e7f/items",
		"0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a":          gone,
		"q2uhFbqQ7b9/8C0tL1x/zzzzzzzz11111111111111111111":  gone,
		strings.Repeat("word", 20):                          strings.Repeat("word", 20),
	} {
		if got := redact(text); got != want {
			t.Errorf("redact(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestRedactQuery(t *testing.T) {
	for query, want := range map[string]string{
		"":                        "",
		"limit=2&after=x":         "limit=2&after=x",
		"token=x":                 "token=" + gone,
		"%74oken=x":               "%74oken=" + gone,
		"X-Amz-Signature=abc&a=1": "X-Amz-Signature=" + gone + "&a=1",
		"code=x&state=y&q=z":      "code=" + gone + "&state=" + gone + "&q=z",
		"flag&a":                  "flag&a",
		"a=%zz":                   gone,
		token:                     gone,
		"q=" + token:              "q=" + gone,
		"next=%2Fcb%3Fcode%3D1":   "next=" + gone,
	} {
		if got := redactQuery(query); got != want {
			t.Errorf("redactQuery(%q) = %q, want %q", query, got, want)
		}
	}
}

func TestRedactHeader(t *testing.T) {
	for _, row := range [][3]string{
		{"Authorization", "Bearer " + token, "Bearer " + gone},
		{"Authorization", "Basic YTpi", "Basic " + gone},
		{"Authorization", "secret", gone},
		{"Cookie", "a=b", gone},
		{"Set-Cookie", "a=b; Path=/", gone},
		{"X-Api-Key", "k", gone},
		{"X-Amz-Security-Token", "k", gone},
		{"Www-Authenticate", `Bearer error="invalid_token"`, `Bearer error="invalid_token"`},
		{"Content-Type", "application/json", "application/json"},
		{"X-Trace", "saw " + token, "saw " + gone},
	} {
		if got := redactHeader(row[0], row[1]); got != row[2] {
			t.Errorf("%s: %q becomes %q, want %q", row[0], row[1], got, row[2])
		}
	}
}

func TestKeptBodies(t *testing.T) {
	for name, row := range map[string]struct {
		body, text, note string
	}{
		"empty":             {"", "", ""},
		"text":              {"hello", "hello", ""},
		"invalid UTF-8":     {"\xff\xfe", "", "not text"},
		"a NUL":             {"a\x00b", "", "not text"},
		"cut within a rune": {strings.Repeat("a", bodyKept-1) + "é", strings.Repeat("a", bodyKept-1), "the beginning"},
		"cut within four":   {strings.Repeat("a", bodyKept-3) + "😀", strings.Repeat("a", bodyKept-3), "the beginning"},
		"broken before":     {strings.Repeat("a", bodyKept-1) + "\xff\xffmore", "", "not text"},
	} {
		var k kept
		for i := 0; i < len(row.body); i += 1000 {
			k.add([]byte(row.body[i:min(i+1000, len(row.body))]))
		}
		if m := k.message(); m.Body != row.text || m.Note != row.note || m.Size != int64(len(row.body)) {
			t.Errorf("%s: %d bytes of text, %q, size %d; want %d, %q, %d", name, len(m.Body), m.Note, m.Size, len(row.text), row.note, len(row.body))
		}
	}
}

// FuzzRedact: wherever in a text a token stands, no part of its signature is
// left, also where the text is cut off behind it.
func FuzzRedact(f *testing.F) {
	f.Add("", "", 0)
	f.Add(`{"a":"`, `"}`, 10)
	f.Add("Bearer ", "\n", 200)
	f.Add("token=", "&b=c", 1)
	f.Add(`{"a\"`, `\`, 0)
	f.Add("eyJ", "eyJ", 3)
	f.Add(`"token":"\`, "", 0)
	f.Fuzz(func(t *testing.T, before, after string, cut int) {
		text := before + token
		if cut > 0 && cut < len(signature)-16 {
			text = text[:len(text)-cut]
		} else {
			text += after
		}
		for name, got := range map[string]string{"text": redact(text), "path": redactPath(text), "query": redactQuery(text), "header": redactHeader("X-Note", text)} {
			for i := 0; i+12 <= len(signature); i++ {
				if strings.Contains(got, signature[i:i+12]) && !strings.Contains(before+after, signature[i:i+12]) {
					t.Fatalf("%s: %q is left in %q", name, signature[i:i+12], got)
				}
			}
		}
	})
}
