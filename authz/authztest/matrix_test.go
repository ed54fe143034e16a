package authztest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
)

var callers = []authztest.Caller{
	{Name: "nobody"},
	{Name: "reader", Claims: m{"sub": "reader", "scope": "notes/read"}},
	{Name: "writer", Claims: m{"sub": "writer", "scope": "notes/read notes/write"}},
	{Name: "admin", Claims: m{"sub": "root", "scope": "notes/read", "cognito:groups": []string{"admin"}}},
	{Name: "foreign", Claims: m{"sub": "reader", "scope": "notes/read notes/write", "iss": "https://evil.example.net"}},
}

func TestMatrix(t *testing.T) {
	want := lines(`
                                            nobody  reader  writer  admin  foreign
GET     /hello       public                 yes     yes     yes     yes    yes
GET     /notes       scope notes/read       401     yes     yes     yes    401
POST    /notes       scope notes/write      401     403     yes     403    401
DELETE  /notes/{id}  group "admin"          401     403     403     yes    401
*       (no route)   refused                401     404     404     404    401
`)
	if diff := cmp.Diff(want, lines(authztest.Matrix(newMux(pinned), callers...))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// lines returns a table's cells: how wide its columns are does not matter.
func lines(table string) []string {
	var list []string
	for line := range strings.Lines(strings.TrimPrefix(table, "\n")) {
		list = append(list, strings.Join(strings.Fields(line), " "))
	}
	return list
}

// TestMatrixIsThePolicy: neither the clock nor a hook has a part in it, and no
// handler runs.
func TestMatrixIsThePolicy(t *testing.T) {
	var told int
	mux := authz.NewMux(&authz.Guard{
		Identifier:  pinned,
		Every:       authz.TokenUse("access"),
		ReportUntil: time.Now().Add(time.Hour),
		OnDecision:  func(*http.Request, authz.Decision) { told++ },
	})
	never := func(http.ResponseWriter, *http.Request) { t.Error("a handler ran") }
	mux.HandleFunc("GET /a", authz.Scope("a"), never)
	mux.HandleFunc("GET /b", authz.Authenticated(), never)
	want := lines(`
access id
GET /a scope a 403 403
GET /b authenticated yes 403
* (no route) refused 404 403
`)
	got := lines(authztest.Matrix(mux,
		authztest.Caller{Name: "access", Claims: m{"sub": "ada", "token_use": "access"}},
		authztest.Caller{Name: "id", Claims: m{"sub": "ada", "token_use": "id", "scope": "a"}},
	))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if told > 0 {
		t.Errorf("OnDecision was told %d times", told)
	}
}

// TestMatrixMakesUpRequests for every form of a ServeMux pattern, and passes on
// the parameters it made up.
func TestMatrixMakesUpRequests(t *testing.T) {
	mux := authz.NewMux(&authz.Guard{Identifier: pinned})
	sees := func(names string) authz.Requirement {
		return authz.Func("sees "+names, func(r *http.Request, _ *claims.Identity) error {
			for name := range strings.SplitSeq(names, ",") {
				if r.PathValue(name) == "" {
					return errors.New("no value of " + name)
				}
			}
			return nil
		})
	}
	handler := func(http.ResponseWriter, *http.Request) {}
	mux.HandleFunc("/", authz.Scope("x"), handler)
	mux.HandleFunc("/{$}", authz.Authenticated(), handler)
	mux.HandleFunc("PATCH /a/{id}/b/{rest...}", sees("id,rest"), handler)
	mux.HandleFunc("POST /a/1", authz.Authenticated(), handler)
	mux.HandleFunc("POST /a/{id}", sees("id"), handler)
	mux.HandleFunc("PUT host.example/a:b/*", authz.Authenticated(), handler)
	want := lines(`
ada
* / scope x 403
POST /a/1 authenticated yes
POST /a/{id} sees id yes
PATCH /a/{id}/b/{rest...} sees id,rest yes
* /{$} authenticated yes
PUT host.example/a:b/* authenticated yes
* (no route) refused 404
`)
	got := lines(authztest.Matrix(mux, authztest.Caller{Name: "ada", Claims: m{"sub": "ada"}}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// unfound are routes that no made-up request reaches.
type unfound struct{ *authz.Mux }

func (unfound) Find(*http.Request) (authz.Rule, authz.Requirement, bool) {
	return authz.Rule{}, nil, false
}

func TestMatrixSaysWhatItDoesNotKnow(t *testing.T) {
	got := authztest.Matrix(unfound{newMux(pinned)}, callers[1])
	if n := strings.Count(got, "?"); n != 4 {
		t.Errorf("%d cells with ?, want 4:\n%s", n, got)
	}
}

// TestMatrixWithoutIdentifier: a forgotten Identifier is seen.
func TestMatrixWithoutIdentifier(t *testing.T) {
	got := authztest.Matrix(newMux(nil), callers[2])
	if n := strings.Count(got, "401"); n != 4 {
		t.Errorf("%d cells with 401, want 4:\n%s", n, got)
	}
}
