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
	*gateway.Gateway
	typed  consolidate.Typed
	one    *adapter.Handler
	now    atomic.Pointer[Integrations]
	issuer *local.Issuer
	served [2]atomic.Int64 // requests of the typed functions, and of the one
}

func newAPI(t *testing.T) *api {
	t.Helper()
	issuer, err := local.NewIssuer(local.IssuerConfig{URL: "http://localhost:8081", Clients: []local.Client{{ID: "web", Secret: "web-secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	a := &api{typed: consolidate.Typed{Notes: new(consolidate.Notes)}, issuer: issuer}
	mux := consolidate.API(claims.MustNew(claims.Config{Issuers: []string{issuer.URL()}}), a.typed.Notes)
	plan, err := apigateway.New(mux, nil)
	if err != nil {
		t.Fatal(err)
	}
	a.one = adapter.New(mux, nil)
	a.move(0)
	a.Gateway = gateway.MustNew(gateway.Config{
		Routes:     plan.Gateway(),
		Authorizer: &gateway.JWTAuthorizer{Issuer: issuer.URL(), Audience: []string{"web"}, Verify: issuer.Verify},
		Function: gateway.FunctionFunc(func(ctx context.Context, event []byte) ([]byte, error) {
			return a.now.Load().Invoke(ctx, event)
		}),
	})
	return a
}

// counted counts what a function serves.
type counted struct {
	f interface {
		Invoke(context.Context, []byte) ([]byte, error)
	}
	count *atomic.Int64
}

func (c counted) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	c.count.Add(1)
	return c.f.Invoke(ctx, event)
}

// move changes the integrations of the routes, back or forth.
func (a *api) move(moved int) {
	i := At(moved, a.typed, counted{a.one, &a.served[1]})
	for key, f := range i.typed {
		i.typed[key] = counted{f, &a.served[0]}
	}
	a.now.Store(i)
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
	a.ServeHTTP(w, r)
	return w
}

// TestSteps sends the same requests after each step, there and back: clients see no
// difference, and the routes that have moved are served by the one function.
func TestSteps(t *testing.T) {
	talk := func(moved int) (answers []string, served [2]int64) {
		a := newAPI(t)
		a.move(moved)
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
			{"GET", "/notes/", ada, ""},
			{"DELETE", "/notes/1", ada, ""},
			{"GET", "/elsewhere", ada, ""},
		} {
			w := a.do(q.method, q.target, q.token, q.body)
			answers = append(answers, fmt.Sprintf("%s %s: %d %q %q %s", q.method, q.target, w.Code, w.Header().Get("Content-Type"), w.Header().Get("Location"), w.Body))
		}
		return answers, [2]int64{a.served[0].Load(), a.served[1].Load()}
	}
	before, at := talk(0)
	if at[0] == 0 {
		t.Fatal("the typed functions served nothing")
	}
	for _, moved := range []int{1, 2, 3, 2, 1, 0} {
		answers, served := talk(moved)
		if diff := cmp.Diff(before, answers); diff != "" {
			t.Errorf("after %d steps: -before +now:\n%s", moved, diff)
		}
		if served[0]+served[1] != at[0]+at[1] || moved == len(Order) && served[0] != 0 || moved > 0 && served[1] <= at[1] {
			t.Errorf("after %d steps the typed functions served %d and the one %d requests; before, %d and %d", moved, served[0], served[1], at[0], at[1])
		}
		t.Logf("%d moved: %d answers alike, %d by the typed functions, %d by the one", moved, len(answers), served[0], served[1])
	}
}

// TestUnderTraffic moves the routes there and back while clients write and read. No
// note is lost or doubled, and none is seen by somebody else.
func TestUnderTraffic(t *testing.T) {
	a := newAPI(t)
	const clients, notes = 4, 50
	var group sync.WaitGroup
	for c := range clients {
		name := fmt.Sprintf("client-%d", c)
		token := a.token(t, name, consolidate.Reading+" "+consolidate.Writing)
		group.Go(func() {
			for n := range notes {
				if c == 0 {
					a.move(n % (len(Order) + 1))
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
		all := a.typed.Notes.List(name)
		slices.Sort(all)
		if len(all) != notes || len(slices.Compact(all)) != notes {
			t.Errorf("%s has %d notes, want %d, each once", name, len(all), notes)
		}
	}
	if a.served[0].Load() == 0 || a.served[1].Load() == 0 {
		t.Errorf("served by the typed functions %d, by the one %d", a.served[0].Load(), a.served[1].Load())
	}
}

// TestDifference is what clients could see: http.ServeMux cleans a path, which a typed
// function got as it was.
func TestDifference(t *testing.T) {
	a := newAPI(t)
	ada := a.token(t, "ada", consolidate.Reading)
	if w := a.do("GET", "/notes/1%2F..%2F2", ada, ""); w.Code != http.StatusNotFound {
		t.Errorf("before: status %d", w.Code)
	}
	a.move(len(Order))
	if w := a.do("GET", "/notes/1%2F..%2F2", ada, ""); w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != "/notes/2" {
		t.Errorf("after: status %d, Location %q", w.Code, w.Header().Get("Location"))
	}
}
