package local_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// FuzzChallengeReason: whatever a function's challenge holds, what is printed
// of it is printable ASCII in one line.
func FuzzChallengeReason(f *testing.F) {
	for _, challenge := range []string{
		"Bearer",
		`Bearer realm="notes", error="insufficient_scope", scope="notes-api/read notes-api/write"`,
		`bearer SCOPE="a",ERROR="insufficient_scope"`,
		`Bearer error="invalid_token", error_description="a, error=\"b\""`,
		"Bearer error=\"insufficient_scope\", scope=\"a\n200 b\"",
		`Bearer error="insufficient_scope", scope="a  b"`,
		`Basic realm="error=", Bearer error="x"`,
	} {
		f.Add(challenge)
	}
	f.Fuzz(func(t *testing.T, challenge string) {
		reason := local.ChallengeReason(http.Header{"Www-Authenticate": {challenge}})
		for i := range len(reason) {
			if reason[i] < ' ' || reason[i] > '~' {
				t.Fatalf("reason %q of challenge %q cannot stand in a line", reason, challenge)
			}
		}
	})
}

// FuzzVerify: what is admitted has the claims of the token that was signed.
func FuzzVerify(f *testing.F) {
	issuer, _ := sharedIssuer()
	token, err := issuer.Token(map[string]any{"sub": "reader"})
	if err != nil {
		f.Fatal(err)
	}
	want, err := issuer.Verify(f.Context(), token)
	if err != nil {
		f.Fatal(err)
	}
	parts := strings.Split(token, ".")
	for _, seed := range []string{"", "..", token, token + "=", parts[0] + ".." + parts[2], strings.ToUpper(token), "eyJhbGciOiJub25lIn0." + parts[1] + "."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := issuer.Verify(t.Context(), text); err == nil && !bytes.Equal(got, want) {
			t.Errorf("admitted with claims %s", got)
		}
	})
}

// FuzzShell: a shell reads the words back as they were.
func FuzzShell(f *testing.F) {
	f.Add("it's", `$HOME "x"`)
	f.Add("", "'")
	f.Add("a b", `\`)
	f.Fuzz(func(t *testing.T, a, b string) {
		line := local.Shell([]string{a, b})
		if got := words(line); len(got) != 2 || got[0] != a || got[1] != b {
			t.Errorf("%q is read as %q, want %q and %q", line, got, a, b)
		}
	})
}

// words splits a line as a POSIX shell does that knows no quoting but '…' and
// a backslash before a quotation mark (XCU section 2.2). Other characters a
// shell would act upon end the reading.
func words(line string) []string {
	list, word := []string{}, ""
	for line != "" {
		switch {
		case line[0] == '\'':
			quoted, rest, ok := strings.Cut(line[1:], "'")
			if !ok {
				return nil
			}
			word, line = word+quoted, rest
		case strings.HasPrefix(line, `\'`):
			word, line = word+"'", line[2:]
		case line[0] == ' ':
			list, word, line = append(list, word), "", line[1:]
		case strings.ContainsRune("\t\n\"$&()*;<>?[]`{|}~\\#!", rune(line[0])) || line[0] >= 0x80:
			return nil
		default:
			word, line = word+line[:1], line[1:]
		}
	}
	return append(list, word)
}

// FuzzRedirects: whatever the query, and with the right password, the browser is
// sent to a registered URI or nowhere.
func FuzzRedirects(f *testing.F) {
	issuer, err := local.NewIssuer(config("http://localhost:8081"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("/oauth2/authorize", authorization().Encode())
	f.Add("/oauth2/authorize", authorization("redirect_uri", callback+"@evil.example").Encode())
	f.Add("/oauth2/authorize", "client_id=page&redirect_uri=http://evil.example&redirect_uri="+url.QueryEscape(callback))
	f.Add("/oauth2/authorize", authorization("state", "x\r\nSet-Cookie: a=b").Encode())
	f.Add("/oauth2/authorize", authorization("redirect_uri", "http://localhost:8081/console/callback").Encode())
	f.Add("/logout", "client_id=page&logout_uri="+url.QueryEscape(loggedOut))
	f.Add("/logout", "client_id=page&logout_uri="+url.QueryEscape(loggedOut+"\r\nLocation: http://evil.example"))
	f.Add("/logout", "client_id=page;logout_uri=http://evil.example")
	f.Add("//evil.example/..", "")
	f.Fuzz(func(t *testing.T, path, query string) {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := httptest.NewRequest(method, "/", strings.NewReader("username=alice&password=alice-password"))
			r.URL.Path, r.URL.RawQuery = path, query
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			issuer.ServeHTTP(w, r)
			location := w.Header().Get("Location")
			if w.Code == http.StatusSeeOther && location != loggedOut && !strings.HasPrefix(location, callback+"&") && !strings.HasPrefix(location, "http://localhost:9000/cb?") {
				t.Errorf("%s %s?%s sends the browser to %q", method, path, query, location)
			}
			if len(w.Header().Values("Set-Cookie")) > 0 || strings.ContainsAny(location, "\r\n") {
				t.Errorf("%s %s?%s: Set-Cookie %q, Location %q", method, path, query, w.Header().Values("Set-Cookie"), location)
			}
		}
	})
}
