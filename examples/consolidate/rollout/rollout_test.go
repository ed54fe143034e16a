package rollout

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/consolidate"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// api is the HTTP API in the middle of the way. Its routes move while it serves.
type api struct {
	steps  [Last + 1]*gateway.Gateway
	now    atomic.Int64 // the step
	notes  *consolidate.Notes
	issuer *local.Issuer
	served [2]atomic.Int64 // requests of the typed functions, and of the one
}

// newAPI returns the API at its first step; change, if there is one, changes each route.
func newAPI(t *testing.T, change func(*gateway.Route)) *api {
	t.Helper()
	issuer, err := local.NewIssuer(local.IssuerConfig{URL: "http://localhost:8081", Clients: []local.Client{{ID: "web", Secret: "web-secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	a := &api{notes: new(consolidate.Notes), issuer: issuer}
	mux := consolidate.API(claims.MustNew(claims.Config{Issuers: []string{issuer.URL()}}), a.notes)
	plan, err := apigateway.New(mux, nil)
	if err != nil {
		t.Fatal(err)
	}
	one := counted{adapter.New(mux, nil), &a.served[1]}
	for step := range a.steps {
		functions := At(step, consolidate.Typed{Notes: a.notes}, one)
		for key, f := range functions.typed {
			functions.typed[key] = counted{f, &a.served[0]}
		}
		routes := Deployed(plan, step).Gateway()
		for i := range routes {
			if change != nil {
				change(&routes[i])
			}
		}
		a.steps[step] = gateway.MustNew(gateway.Config{
			Routes:     routes,
			Authorizer: &gateway.JWTAuthorizer{Issuer: issuer.URL(), Audience: []string{"web"}, Verify: issuer.Verify},
			Function:   functions,
		})
	}
	return a
}

// counted counts what a function serves.
type counted struct {
	lambda.Handler
	count *atomic.Int64
}

func (c counted) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	c.count.Add(1)
	return c.Handler.Invoke(ctx, event)
}

func (a *api) token(t *testing.T, subject, scopes string) string {
	t.Helper()
	token, err := a.issuer.Token(map[string]any{"sub": subject, "client_id": "web", "token_use": "access", "scope": scopes})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (a *api) do(method, target, token, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/octet-stream")
	}
	w := httptest.NewRecorder()
	a.steps[a.now.Load()].ServeHTTP(w, r)
	return w
}

// TestSteps sends the same requests after each step, there and back: clients see no
// difference, and the routes that have moved are served by the one function.
func TestSteps(t *testing.T) {
	talk := func(step int) (answers []string, served [2]int64) {
		a := newAPI(t, nil)
		a.now.Store(int64(step))
		both := consolidate.Reading + " " + consolidate.Writing
		ada, bob, reader := a.token(t, "ada", both), a.token(t, "bob", both), a.token(t, "ada", consolidate.Reading)
		for _, q := range []struct{ method, target, token, body string }{
			{"GET", "/notes", "", ""},
			{"GET", "/notes", "not a token", ""},
			{"GET", "/notes", ada, ""},
			{"POST", "/notes", reader, "refused"},
			{"POST", "/notes", "", "refused"},
			{"POST", "/notes", ada, "milk"},
			{"POST", "/notes", ada, "Käse & 木"},
			{"GET", "/notes", ada, ""},
			{"GET", "/notes", bob, ""},
			{"GET", "/notes/1", ada, ""},
			{"GET", "/notes/2", reader, ""},
			{"GET", "/notes/2?of=bob", reader, ""},
			{"GET", "/notes/3", ada, ""},
			{"GET", "/notes/1", bob, ""},
			{"GET", "/notes/-1", ada, ""},
			{"GET", "/notes/%31", ada, ""},
		} {
			w := a.do(q.method, q.target, q.token, q.body)
			answers = append(answers, fmt.Sprintf("%s %s: %d %q %q %s", q.method, q.target, w.Code, w.Header().Get("Content-Type"), w.Header().Get("Location"), w.Body))
		}
		return answers, [2]int64{a.served[0].Load(), a.served[1].Load()}
	}
	before, at := talk(0)
	if at[0] == 0 || at[1] != 0 {
		t.Fatalf("before, the typed functions served %d requests, the one %d", at[0], at[1])
	}
	for _, step := range []int{1, 2, 3, 4, 3, 2, 1, 0} {
		answers, served := talk(step)
		if diff := cmp.Diff(before, answers); diff != "" {
			t.Errorf("after step %d: -before +now:\n%s", step, diff)
		}
		if served[0]+served[1] != at[0] || (served[0] == 0) != (step == Last) || (served[1] == 0) != (step < 2) {
			t.Errorf("after step %d the typed functions served %d requests, the one %d; before, %d", step, served[0], served[1], at[0])
		}
		t.Logf("step %d: %d answers alike, %d by the typed functions, %d by the one", step, len(answers), served[0], served[1])
	}
}

// TestUnderTraffic moves the routes there and back while clients write and read. No
// note is lost or doubled, and none is seen by somebody else.
func TestUnderTraffic(t *testing.T) {
	a := newAPI(t, nil)
	const clients, notes = 4, 50
	var group sync.WaitGroup
	for c := range clients {
		name := fmt.Sprintf("client-%d", c)
		token := a.token(t, name, consolidate.Reading+" "+consolidate.Writing)
		group.Go(func() {
			for n := range notes {
				if c == 0 {
					a.now.Store(int64(n % (Last + 1)))
				}
				text := fmt.Sprintf("%s writes %d", name, n)
				w := a.do("POST", "/notes", token, text)
				if w.Code != http.StatusCreated {
					t.Errorf("POST: %d %s", w.Code, w.Body)
					return
				}
				if got, _ := io.ReadAll(a.do("GET", w.Header().Get("Location"), token, "").Body); string(got) != text {
					t.Errorf("read %q, want %q", got, text)
				}
			}
		})
	}
	group.Wait()
	for c := range clients {
		name := fmt.Sprintf("client-%d", c)
		all := a.notes.List(name)
		slices.Sort(all)
		if len(all) != notes || len(slices.Compact(all)) != notes {
			t.Errorf("%s has %d notes, want %d, each once", name, len(all), notes)
		}
	}
	if a.served[0].Load() == 0 || a.served[1].Load() == 0 {
		t.Errorf("served by the typed functions %d, by the one %d", a.served[0].Load(), a.served[1].Load())
	}
}

// TestDifferences has what clients could notice, and the step that brings it: the rows
// of docs/one-function.md.
func TestDifferences(t *testing.T) {
	a := newAPI(t, nil)
	ada := a.token(t, "ada", consolidate.Reading+" "+consolidate.Writing)
	for _, note := range []string{"milk", "bread"} {
		if w := a.do("POST", "/notes", ada, note); w.Code != http.StatusCreated {
			t.Fatalf("POST /notes: status %d", w.Code)
		}
	}
	for _, q := range []struct {
		method, target, token, body string
		before                      string
		step                        int
		after                       string
	}{
		{"GET", "/elsewhere", "", "", `404 {"message":"Not Found"}`, 1, `401 {"message":"Unauthorized"}`},
		{"GET", "/elsewhere", ada, "", `404 {"message":"Not Found"}`, 1, `404 {"title":"Not Found","status":404}` + "\n"},
		{"PUT", "/notes", "", "", `404 {"message":"Not Found"}`, 1, `401 {"message":"Unauthorized"}`},
		{"PUT", "/notes", ada, "", `404 {"message":"Not Found"}`, 1, `405 Allow GET, HEAD, POST: {"title":"Method Not Allowed","status":405}` + "\n"},
		{"GET", "/notes//1", ada, "", `404 {"message":"Not Found"}`, 1, "307 to /notes/1"},
		{"HEAD", "/notes", ada, "", "404 ", 1, "200 "},
		{"HEAD", "/notes/1", ada, "", "404 ", 1, "200 "},
		{"GET", "/notes/a%2Fb", ada, "", "404 no such note", 2, `404 {"title":"Not Found","status":404}` + "\n"},
		{"GET", "/notes/.", ada, "", "404 no such note", 2, "307 to /notes"},
		{"GET", "/notes/1%2F..%2F2", ada, "", "404 no such note", 2, "307 to /notes/2"},
		{"POST", "/notes", ada, "caf\xe9", "201 caf\uFFFD", 4, "201 caf\xe9"},
	} {
		for step := range a.steps {
			a.now.Store(int64(step))
			want := q.before
			if step >= q.step {
				want = q.after
			}
			w := a.do(q.method, q.target, q.token, q.body)
			if got := shown(w); got != want {
				t.Errorf("step %d: %s %s: %q, want %q", step, q.method, q.target, got, want)
			}
		}
	}
}

// shown is a reply as far as TestDifferences looks at it.
func shown(w *httptest.ResponseRecorder) string {
	text := fmt.Sprint(w.Code, " ")
	if w.Code == http.StatusTemporaryRedirect {
		return text + "to " + w.Header().Get("Location")
	}
	if allow := w.Header().Get("Allow"); allow != "" {
		text += "Allow " + allow + ": "
	}
	return text + w.Body.String()
}

// TestRouteWithoutScopes: of a route that lost its scopes, only the one function refuses
// callers.
func TestRouteWithoutScopes(t *testing.T) {
	a := newAPI(t, func(r *gateway.Route) { r.Scopes = nil })
	reader := a.token(t, "ada", consolidate.Reading)
	for step, want := range []int{201, 201, 201, 201, 403} {
		a.now.Store(int64(step))
		if w := a.do("POST", "/notes", reader, "milk"); w.Code != want {
			t.Errorf("step %d: status %d, want %d", step, w.Code, want)
		}
	}
}
