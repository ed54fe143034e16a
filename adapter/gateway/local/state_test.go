package local_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// aRun is one run of a program whose issuer is always at the same address.
type aRun struct {
	state string
	url   string // of the issuer; "": chosen by the first run
}

func (p *aRun) serve(t *testing.T, use func(api string, issuer *local.Issuer)) {
	t.Helper()
	address := "127.0.0.1:0"
	if p.url != "" {
		address = strings.TrimPrefix(p.url, "http://")
	}
	beside, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	p.url = "http://" + beside.Addr().String()
	issuer, err := local.NewIssuer(config(p.url))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	opts := &local.Options{
		Issuers: []*local.Issuer{issuer}, State: p.state, Output: io.Discard,
		Ready: func(api string) { defer cancel(); use(api, issuer) },
	}
	if err := local.Serve(ctx, listen(t), []net.Listener{beside}, http.HandlerFunc(whoami), opts); err != nil {
		t.Fatal(err)
	}
}

func (p *aRun) post(t *testing.T, form url.Values) (int, map[string]any) {
	t.Helper()
	return post(t, p.url+"/oauth2/token", form, nil)
}

// code signs alice in for page.
func (p *aRun) code(t *testing.T) string {
	t.Helper()
	form := url.Values{"username": {"alice"}, "password": {"alice-password"}}
	r := request(t, http.MethodPost, p.url+"/oauth2/authorize?"+authorization().Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Body = io.NopCloser(strings.NewReader(form.Encode()))
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return answer(t, response).Get("code")
}

func exchangeForm(code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "client_id": {"page"}, "redirect_uri": {callback},
		"code": {code}, "code_verifier": {verifier},
	}
}

func refreshForm(token any) url.Values {
	text, _ := token.(string)
	return url.Values{"grant_type": {"refresh_token"}, "client_id": {"page"}, "refresh_token": {text}}
}

// TestStateOutlivesARestart: tokens, codes and refresh tokens of one run are
// good in the next, and what was used up or ended stays so.
func TestStateOutlivesARestart(t *testing.T) {
	p := &aRun{state: filepath.Join(t.TempDir(), "state")}
	var token, late, spent string
	var live, old, gone any
	p.serve(t, func(api string, issuer *local.Issuer) {
		spent = p.code(t)
		_, reply := p.post(t, exchangeForm(spent))
		token, old = reply["access_token"].(string), reply["refresh_token"]
		_, reply = p.post(t, refreshForm(old))
		live = reply["refresh_token"]
		_, reply = p.post(t, exchangeForm(p.code(t)))
		gone = reply["refresh_token"]
		text, _ := gone.(string)
		response, err := http.PostForm(p.url+"/oauth2/revoke", url.Values{"client_id": {"page"}, "token": {text}})
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		late = p.code(t)
	})
	p.serve(t, func(api string, issuer *local.Issuer) {
		if status, claims := call(t, api+"/", token); status != http.StatusOK || claims["username"] != "alice" {
			t.Errorf("access token of the first run: status %d, claims %v", status, claims)
		}
		if status, reply := p.post(t, exchangeForm(late)); status != http.StatusOK {
			t.Errorf("code of the first run: %d %v, want 200", status, reply["error"])
		}
		if status, _ := p.post(t, refreshForm(gone)); status != http.StatusBadRequest {
			t.Errorf("revoked refresh token: status %d, want 400", status)
		}
		status, reply := p.post(t, refreshForm(live))
		if status != http.StatusOK {
			t.Errorf("refresh token of the first run: %d %v, want 200", status, reply["error"])
		}
		if status, _ := p.post(t, exchangeForm(spent)); status != http.StatusBadRequest {
			t.Errorf("spent code: status %d, want 400", status)
		}
		if status, _ := p.post(t, refreshForm(reply["refresh_token"])); status != http.StatusBadRequest {
			t.Errorf("session of a code that came twice: status %d, want 400", status)
		}
	})
}

// A token made before the program serves counts while it serves, whatever key
// an earlier run left.
func TestStateKeepsEarlierTokens(t *testing.T) {
	p := &aRun{state: filepath.Join(t.TempDir(), "state")}
	p.serve(t, func(string, *local.Issuer) {})
	beside := listen(t)
	defer beside.Close()
	issuer, err := local.NewIssuer(config(p.url))
	if err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Token(map[string]any{"sub": "reader"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	opts := &local.Options{Issuers: []*local.Issuer{issuer}, State: p.state, Output: io.Discard, Ready: func(string) { cancel() }}
	if err := local.Serve(ctx, listen(t), []net.Listener{beside}, http.HandlerFunc(whoami), opts); err != nil {
		t.Fatal(err)
	}
	if _, err := issuer.Verify(t.Context(), token); err != nil {
		t.Errorf("a token from before: %v", err)
	}
	next, err := issuer.Token(map[string]any{"sub": "reader"})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := strings.Split(token, ".")[0], strings.Split(next, ".")[0]; a == b {
		t.Error("the key of the first run does not sign")
	}
}

func TestStateIsForItsOwnerAlone(t *testing.T) {
	p := &aRun{state: filepath.Join(t.TempDir(), "state")}
	p.serve(t, func(string, *local.Issuer) {})
	entries, err := os.ReadDir(p.state)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, error %v; want one file", len(entries), err)
	}
	file := filepath.Join(p.state, entries[0].Name())
	for path, want := range map[string]os.FileMode{p.state: 0o700 | os.ModeDir, file: 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has the mode %v, want %v", path, info.Mode(), want)
		}
	}
}

func TestStatesThatCannotBeUsed(t *testing.T) {
	p := &aRun{state: filepath.Join(t.TempDir(), "state")}
	p.serve(t, func(string, *local.Issuer) {})
	entries, err := os.ReadDir(p.state)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(p.state, entries[0].Name())
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	edit := func(name string, value any) []byte {
		var members map[string]any
		if err := json.Unmarshal(good, &members); err != nil {
			t.Fatal(err)
		}
		members[name] = value
		text, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	issuer, err := local.NewIssuer(config(p.url))
	if err != nil {
		t.Fatal(err)
	}
	public := map[string]any{"kty": "RSA", "n": "AQAB", "e": "AQAB"}
	for name, row := range map[string]struct {
		text []byte
		want string
	}{
		"empty":             {nil, "remove it to begin anew"},
		"cut off":           {good[:len(good)/2], "remove it to begin anew"},
		"another version":   {edit("version", 2), "version 2, want 1"},
		"another issuer":    {edit("issuer", "https://other.example"), `belongs to the issuer "https://other.example"`},
		"no secret":         {edit("secret", ""), "a member is missing"},
		"no sessions":       {edit("sessions", nil), "a member is missing"},
		"no key":            {edit("key", nil), "its key is not"},
		"a public key":      {edit("key", public), "its key is not a"},
		"a shared secret":   {edit("key", map[string]any{"kty": "oct", "k": "c2VjcmV0"}), "its key is not a private RSA key"},
		"a list as its key": {edit("key", []any{}), "its key is not a JWK"},
	} {
		if err := os.WriteFile(file, row.text, 0o600); err != nil {
			t.Fatal(err)
		}
		err := local.Serve(t.Context(), listen(t), nil, http.HandlerFunc(whoami), &local.Options{Issuers: []*local.Issuer{issuer}, State: p.state, Output: io.Discard})
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, row.want)
		}
		if err != nil && strings.Contains(err.Error(), "c2VjcmV0") {
			t.Errorf("%s: the error quotes the file: %v", name, err)
		}
	}
}

func TestStateFoldersThatCannotBeUsed(t *testing.T) {
	issuer, _ := sharedIssuer()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	open := t.TempDir()
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct{ dir, want string }{
		"a file":                  {file, "local: State: "},
		"below a file":            {filepath.Join(file, "state"), "local: State: "},
		"a folder for all to see": {open, "chmod 700 it"},
	} {
		api := listen(t)
		err := local.Serve(t.Context(), api, nil, http.HandlerFunc(whoami), &local.Options{Issuers: []*local.Issuer{issuer}, State: row.dir, Output: io.Discard})
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, row.want)
		}
		if api.Close() == nil {
			t.Errorf("%s: the listener was left open", name)
		}
	}
}

// FuzzState: no file makes the program panic, or sign with a key that is not
// RSA.
func FuzzState(f *testing.F) {
	f.Add([]byte(`{"version":1,"issuer":"http://localhost:8081","key":{"kty":"oct","k":"c2VjcmV0"},"secret":"eA==","codes":{},"sessions":{}}`))
	f.Add([]byte(`{"version":1,"key":{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"},"secret":"eA==","codes":{},"sessions":{"":{"turn":-1}}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if kind, err := local.ParseState(text); err == nil && kind != "RSA" {
			t.Errorf("a key of the kind %q is accepted", kind)
		}
	})
}
