package bearer_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/bearer"
)

func TestToken(t *testing.T) {
	for _, row := range []struct {
		name    string
		values  []string
		token   string
		several bool
	}{
		{"none", nil, "", false},
		{"empty", []string{""}, "", false},
		{"blank", []string{"  "}, "", false},
		{"bearer", []string{"Bearer abc"}, "abc", false},
		{"the scheme in another case", []string{"bEARER abc"}, "abc", false},
		{"several blanks", []string{" Bearer   abc "}, "abc", false},
		{"bare", []string{"abc"}, "abc", false},
		{"the scheme alone", []string{"Bearer "}, "Bearer", false},
		{"another scheme", []string{"Basic abc"}, "", false},
		{"another scheme with parameters", []string{`Digest username="a", realm="b"`}, "", false},
		{"another scheme, a word behind it", []string{"Basic abc, def"}, "", false},
		{"two lines", []string{"Bearer abc", "Bearer abc"}, "", true},
		{"two lines, one of another scheme", []string{"Basic abc", "Bearer abc"}, "", true},
		{"two empty lines", []string{"", ""}, "", true},
		{"joined", []string{"Bearer abc, Bearer def"}, "", true},
		{"joined, bare", []string{"abc,def"}, "", true},
		{"joined, nothing behind", []string{"Bearer abc,"}, "", true},
		{"joined, nothing before", []string{",Bearer abc"}, "", true},
		{"joined behind another scheme", []string{"Basic abc, Bearer abc"}, "", true},
	} {
		if token, several := bearer.Token(row.values); token != row.token || several != row.several {
			t.Errorf("%s: %q, %t; want %q, %t", row.name, token, several, row.token, row.several)
		}
	}
}

func TestIsScopeToken(t *testing.T) {
	for _, s := range []string{"read", "notes/read", "https://api.example.com/notes.read", "a,b", "[a", "!", "~"} {
		if !bearer.IsScopeToken(s) {
			t.Errorf("%q is not a scope-token", s)
		}
	}
	for _, s := range []string{"", "a b", "a\tb", `a"b`, `a\b`, "a\x7f", "é", "a\u00a0b", "\xff"} {
		if bearer.IsScopeToken(s) {
			t.Errorf("%q is a scope-token", s)
		}
	}
}

// FuzzToken: a token holds neither comma nor outer blanks, and more than one
// credential is none.
func FuzzToken(f *testing.F) {
	for _, seed := range []string{"Bearer abc", "abc", "Basic abc, Bearer def", ",", "Bearer ,", "bearer\tabc"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		token, several := bearer.Token([]string{value})
		if several && token != "" || token != strings.TrimSpace(token) || strings.Contains(token, ",") || !strings.Contains(value, token) {
			t.Errorf("%q: token %q, several %t", value, token, several)
		}
	})
}
