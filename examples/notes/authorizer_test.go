package notes_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authorizer"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// verifier checks the issuer's tokens by a copy of its keys.
func verifier(t *testing.T, issuer *local.Issuer) *jwtverify.Verifier {
	t.Helper()
	w := httptest.NewRecorder()
	issuer.ServeHTTP(w, httptest.NewRequest("GET", issuer.URL()+"/.well-known/jwks.json", nil))
	v, err := jwtverify.New(jwtverify.Config{
		Issuers: []jwtverify.Issuer{{URL: issuer.URL(), Clients: []string{"tests"}, JWKS: w.Body.Bytes()}},
		Binding: jwtverify.BindingNone,
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// notesAPI is the example's own policy.
func notesAPI(who authz.Identifier) *authz.Mux { return notes.Handler(who, new(notes.Memory)) }

// strictAPI requires what is not in a scope, and access tokens for all of it.
func strictAPI(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who, Every: authz.AccessToken()})
	for pattern, req := range map[string]authz.Requirement{
		"GET /hello":        authz.Public(),
		"GET /profile":      authz.Authenticated(),
		"GET /notes":        authz.Groups("staff, all", "others"),
		"POST /notes":       authz.All(authz.Scope(notes.WriteScope), authz.Claim("tenant", "t1")),
		"GET /notes/{id}":   authz.ClaimPath([]string{"realm_access", "roles"}, "reader"),
		"/notes/{id}/{any}": authz.Any(authz.TokenUse("access"), authz.Claim("email_verified", "true")),
	} {
		mux.HandleFunc(pattern, req, func(http.ResponseWriter, *http.Request) {})
	}
	return mux
}

// The same policy decides in the function, by the token itself, or in a Lambda
// authorizer before it: the callers notice nothing but the status of a refusal.
func TestAuthorizerAndFunctionAgree(t *testing.T) {
	issuer := newIssuer(t, issuerURL)
	verified := verifier(t, issuer)
	handedOn := claims.MustNew(claims.Config{
		Sources:        []claims.Source{claims.LambdaAuthorizer},
		LambdaIdentity: authorizer.ContextKey,
		Issuers:        []string{issuerURL},
		APIs:           []string{apiID},
	})
	compared := 0
	for name, policy := range map[string]func(authz.Identifier) *authz.Mux{"notes": notesAPI, "strict": strictAPI} {
		quiet := &adapter.Options{Logger: slog.New(slog.DiscardHandler)}
		asked := authorizer.MustNew(authorizer.Config{Routes: policy(handedOn), Identifier: verified, Adapter: quiet})
		for _, row := range []struct {
			front front
			by    *gateway.LambdaAuthorizer
		}{
			{fronts[0], &gateway.LambdaAuthorizer{Function: asked, SimpleResponses: true}},
			{fronts[1], &gateway.LambdaAuthorizer{Function: asked, Payload: "1.0"}},
			{fronts[2], &gateway.LambdaAuthorizer{Function: asked}},
			{fronts[2], &gateway.LambdaAuthorizer{Function: asked, Token: true}},
		} {
			t.Run(name+"/"+row.front.format.String(), func(t *testing.T) {
				decided := func(mux *authz.Mux, by gateway.Authorizer) *gateway.Gateway {
					return gateway.MustNew(gateway.Config{
						Function: adapter.New(mux, quiet), Format: row.front.format, APIID: apiID, Authorizer: by,
					})
				}
				inFunction := decided(policy(verified), nil)
				inAuthorizer := decided(policy(handedOn), row.by)
				for who, header := range agreeing(t, issuer) {
					if row.by.Token && header == "" {
						continue // the gateway's own 401, for a public operation too
					}
					for _, r := range operations() {
						want, got := r.ask(inFunction, row.front, header), r.ask(inAuthorizer, row.front, header)
						compared++
						if who == "two tokens" && want == http.StatusBadRequest {
							want = http.StatusUnauthorized // an authorizer has no way to say 400
						}
						if refused(got) != refused(want) || !refused(want) && got != want {
							t.Errorf("%s: %s %s: the function decides %d, the authorizer %d", who, r.method, r.path, want, got)
						}
					}
				}
			})
		}
	}
	t.Logf("%d requests were decided alike", compared)
}

func refused(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

// agreeing are what clients send in Authorization.
func agreeing(t *testing.T, issuer *local.Issuer) map[string]string {
	other := newIssuer(t, issuerURL)
	good := writer.token(t, issuer)
	return map[string]string{
		"nobody":           "",
		"a reader":         "Bearer " + reader.token(t, issuer),
		"a writer":         "Bearer " + good,
		"a writer, bare":   good,
		"another scope":    "Bearer " + newCaller("someone", "openid").token(t, issuer),
		"no scope":         "Bearer " + writer.with(caller{"scope": nil}).token(t, issuer),
		"an ID token":      "Bearer " + writer.with(caller{"token_use": "id"}).token(t, issuer),
		"no token_use":     "Bearer " + writer.with(caller{"token_use": nil}).token(t, issuer),
		"staff":            "Bearer " + writer.with(caller{"cognito:groups": []string{"staff, all"}, "tenant": "t1"}).token(t, issuer),
		"a role":           "Bearer " + writer.with(caller{"realm_access": map[string]any{"roles": []string{"reader"}}, "token_use": nil}).token(t, issuer),
		"an address":       "Bearer " + writer.with(caller{"email_verified": true}).token(t, issuer),
		"an expired token": "Bearer " + writer.with(caller{"exp": time.Now().Add(-time.Hour).Unix()}).token(t, issuer),
		"another client":   "Bearer " + writer.with(caller{"client_id": "other"}).token(t, issuer),
		"a forged token":   "Bearer " + writer.token(t, other),
		"a cut token":      "Bearer " + good[:len(good)-4],
		"two tokens":       "Bearer " + good + ", Bearer " + good,
		"another scheme":   "Basic dGVzdHM6eA==",
	}
}

type operation struct{ method, path string }

// operations are of paths that a policy can name.
func operations() (all []operation) {
	for _, path := range []string{
		"/", "/hello", "/hello/", "/profile", "/notes", "/notes/", "/notes/1", "/notes/1/", "/notes/1/2", "/notes/a%20b", "/notes/%2e%2e",
		"//notes", "/notes//1", "/NOTES", "/elsewhere", "/notes?limit=1", "/hello?x=*",
	} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			all = append(all, operation{method, path})
		}
	}
	return all
}

func (o operation) ask(g *gateway.Gateway, f front, authorization string) int {
	body := ""
	if o.method == "POST" || o.method == "PUT" {
		body = `{"text":"x"}`
	}
	r := httptest.NewRequest(o.method, f.prefix+"/", strings.NewReader(body))
	u, err := r.URL.Parse("https://" + r.Host + f.prefix + o.path)
	if err != nil {
		panic(err)
	}
	r.URL, r.RequestURI = u, f.prefix+o.path
	r.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w.Code
}

// Paths that a policy cannot name are refused by the authorizer alone.
func TestAuthorizerRefusesWildcards(t *testing.T) {
	issuer := newIssuer(t, issuerURL)
	verified := verifier(t, issuer)
	asked := authorizer.MustNew(authorizer.Config{Routes: notesAPI(nil), Identifier: verified})
	header := "Bearer " + writer.token(t, issuer)
	for _, f := range fronts {
		g := gateway.MustNew(gateway.Config{
			Function: adapter.New(notesAPI(verified), nil), Format: f.format,
			Authorizer: &gateway.LambdaAuthorizer{Function: asked, SimpleResponses: f.format != adapter.RESTAPI},
		})
		for _, path := range []string{"/notes/*", "/notes/%2A", "/notes/a%3Fb", "/notes/$%7Bx%7D"} {
			if status := (operation{"GET", path}).ask(g, f, header); status != 403 {
				t.Errorf("%v: %s: status %d, want 403", f.format, path, status)
			}
		}
	}
}
