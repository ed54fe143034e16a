package notes_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// request sends a request over HTTP and returns status and body.
func request(t *testing.T, method, url, authorization, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

func listen(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// Real tokens over real connections: what the gateway refuses, and what it
// passes and the function refuses. A Cognito authorizer knows no audience, and
// takes no ID token where a route has scopes.
func TestTokens(t *testing.T) {
	issuer, impostor, stranger := newIssuer(t, issuerURL), newIssuer(t, issuerURL), newIssuer(t, "http://localhost:9999")
	idToken := reader.with(caller{"token_use": "id", "aud": "tests", "client_id": nil, "scope": nil})
	for _, row := range []struct {
		name         string
		method, path string
		header       string
		http, rest   int    // the status
		ran          string // the handler that runs on an HTTP API
	}{
		{"read", "GET", "/notes", "Bearer " + reader.token(t, issuer), 200, 200, "GET /notes"},
		{"write", "POST", "/notes", "Bearer " + writer.token(t, issuer), 201, 201, "POST /notes"},
		{"without Bearer", "GET", "/notes", reader.token(t, issuer), 200, 200, "GET /notes"},
		{"no token", "GET", "/notes", "", 401, 401, ""},
		{"empty token", "GET", "/notes", "Bearer ", 401, 401, ""},
		{"garbage", "GET", "/notes", "Bearer garbage", 401, 401, ""},
		{"no signature", "GET", "/notes", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyZWFkZXIifQ.", 401, 401, ""},
		{"signature of another token", "GET", "/notes", "Bearer " + splice(writer.token(t, issuer), reader.token(t, issuer)), 401, 401, ""},
		{"expired", "GET", "/notes", "Bearer " + reader.with(caller{"exp": time.Now().Add(-time.Second).Unix()}).token(t, issuer), 401, 401, ""},
		{"another's key", "GET", "/notes", "Bearer " + reader.token(t, impostor), 401, 401, ""},
		{"wrong issuer", "GET", "/notes", "Bearer " + reader.with(caller{"iss": stranger.URL()}).token(t, stranger), 401, 401, ""},
		{"wrong issuer, right key", "GET", "/notes", "Bearer " + reader.with(caller{"iss": stranger.URL()}).token(t, issuer), 401, 401, ""},
		{"wrong audience", "GET", "/notes", "Bearer " + reader.with(caller{"client_id": "other"}).token(t, issuer), 401, 200, ""},
		{"reader writes", "POST", "/notes", "Bearer " + reader.token(t, issuer), 403, 403, ""},
		{"ID token", "GET", "/notes", "Bearer " + idToken.token(t, issuer), 403, 401, ""},
		{"two tokens", "GET", "/notes", "Bearer " + reader.token(t, issuer) + ", Bearer " + writer.token(t, issuer), 401, 401, ""},
		{"another's note", "GET", "/notes/1", "Bearer " + reader.token(t, issuer), 404, 404, "GET /notes/{id}"},
		{"no token for hello", "GET", "/hello", "", 200, 200, "GET /hello"},
		{"garbage for hello", "GET", "/hello", "Bearer garbage", 200, 200, "GET /hello"},
	} {
		for _, front := range fronts {
			t.Run(row.name+"/"+front.format.String(), func(t *testing.T) {
				ran, taken := record()
				url := listen(t, front.gateway(notes.Recorded(pinned(t, issuerURL), &notes.Memory{}, ran), issuer))
				status, body := request(t, row.method, url+front.prefix+row.path, row.header, `{"title":"x"}`)
				want := row.http
				if front.format == adapter.RESTAPI {
					want = row.rest
				}
				if status != want {
					t.Errorf("status %d, want %d; body %s", status, want, body)
				}
				if got := taken(); want == row.http && got != row.ran {
					t.Errorf("handler that ran: %q, want %q", got, row.ran)
				}
			})
		}
	}
}

// splice is one token with the signature of another.
func splice(token, other string) string {
	return token[:strings.LastIndexByte(token, '.')] + other[strings.LastIndexByte(other, '.'):]
}

// The whole way of a client: a token from the token endpoint, a note with it.
func TestClientCredentials(t *testing.T) {
	issuer := newIssuer(t, issuerURL)
	issuerServer := listen(t, issuer)
	api := listen(t, fronts[0].gateway(notes.Handler(pinned(t, issuerURL), &notes.Memory{}), issuer))

	for scope, want := range map[string]int{notes.ReadScope: 403, notes.WriteScope: 201, "": 201} {
		response, err := http.PostForm(issuerServer+"/oauth2/token", url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"tests"}, "client_secret": {"tests-secret"}, "scope": {scope},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		reply, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		token := decode(t, string(reply)).(map[string]any)["access_token"].(string)
		if status, body := request(t, "POST", api+"/notes", "Bearer "+token, `{"title":"x"}`); status != want {
			t.Errorf("scope %q: status %d, want %d; body %s", scope, status, want, body)
		}
	}
}

// The same subject of another issuer is another caller, though the function
// serves both issuers from one store.
func TestSecondIssuerWithTheSameSubject(t *testing.T) {
	const secondURL = "http://localhost:9999"
	first, second := newIssuer(t, issuerURL), newIssuer(t, secondURL)
	h := notes.Handler(pinned(t, issuerURL, secondURL), &notes.Memory{})
	twin := writer.with(caller{"iss": secondURL})
	for _, front := range fronts {
		t.Run(front.format.String(), func(t *testing.T) {
			here, there := listen(t, front.gateway(h, first))+front.prefix, listen(t, front.gateway(h, second))+front.prefix
			own, its := "Bearer "+writer.token(t, first), "Bearer "+twin.token(t, second)

			request(t, "POST", here+"/notes", own, `{"title":"older"}`)
			_, answer := request(t, "POST", here+"/notes", own, `{"title":"private"}`)
			id := decode(t, answer).(map[string]any)["note"].(map[string]any)["id"].(string)
			if status, body := request(t, "GET", here+"/notes/"+id, own, ""); status != 200 {
				t.Fatalf("own note: status %d, body %s", status, body)
			}
			if status, body := request(t, "GET", there+"/notes/"+id, its, ""); status != 404 {
				t.Errorf("the twin reads the note: status %d, body %s", status, body)
			}
			if _, body := request(t, "GET", there+"/notes", its, ""); strings.TrimSpace(body) != `{"notes":[]}` {
				t.Errorf("the twin lists %s, want nothing", body)
			}
			_, page := request(t, "GET", here+"/notes?limit=1", own, "")
			cursor := decode(t, page).(map[string]any)["next"].(string)
			if status, body := request(t, "GET", here+"/notes?cursor="+cursor, own, ""); status != 200 {
				t.Errorf("own cursor: status %d, body %s", status, body)
			}
			if status, body := request(t, "GET", there+"/notes?cursor="+cursor, its, ""); status != 400 {
				t.Errorf("the twin uses the cursor: status %d, body %s", status, body)
			}
		})
	}
}

// An API of anybody's can vouch for its own issuer: the function must not
// believe it, whoever the token names.
func TestForeignIssuerBehindItsOwnGateway(t *testing.T) {
	foreign := newIssuer(t, "http://localhost:9999")
	token := "Bearer " + writer.with(caller{"iss": foreign.URL()}).token(t, foreign)
	for _, front := range fronts {
		ran, taken := record()
		url := listen(t, front.gateway(notes.Recorded(pinned(t, issuerURL), &notes.Memory{}, ran), foreign))
		for _, path := range []string{"/notes", "/profile"} {
			if status, body := request(t, "GET", url+front.prefix+path, token, ""); status != 401 || taken() != "" {
				t.Errorf("%v %s: status %d, body %s", front.format, path, status, body)
			}
		}
	}
}

// One issuer's tokens name the same caller whichever authorizer checked them: a
// note made behind an HTTP API is found behind a REST API.
func TestSameCallerBehindAnyFront(t *testing.T) {
	issuer := newIssuer(t, issuerURL)
	h := notes.Handler(pinned(t, issuerURL), &notes.Memory{})
	token := "Bearer " + writer.token(t, issuer)
	for i, front := range fronts {
		url := listen(t, front.gateway(h, issuer)) + front.prefix
		request(t, "POST", url+"/notes", token, "{}")
		_, page := request(t, "GET", url+"/notes", token, "")
		if got := len(decode(t, page).(map[string]any)["notes"].([]any)); got != i+1 {
			t.Errorf("%v: %d notes, want %d", front.format, got, i+1)
		}
	}
}
