package notes_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
)

// tricks are request targets that somebody might take for /admin or for what is
// below /public, with a method in front where it is not GET.
var tricks = []string{
	"/admin", "/admin/", "//admin", "///admin", "/./admin", "/admin/.", "/%61dmin", "/%61%64%6d%69%6e", "/%2561dmin", "/admin%2f",
	"/admin%00", "/admin;x=1", "/admin%3f", "/admin%23", "/ADMIN", "/%2fadmin", "/public/../admin", "/public/..%2fadmin",
	"/public/%2e%2e/admin", "/public/%2E%2E%2Fadmin", "/public//../admin", "/public/..;/admin", `/public/..%5cadmin`, "/public/./../admin",
	"/admin/../public/x", "/admin/../admin", "/public%2f../admin", "/public/%252e%252e/admin", "/public/x?path=/admin", "/admin?/public/x",
	"HEAD /admin", "OPTIONS /admin", "POST /admin", "PUT /admin", "DELETE /admin", "PATCH /admin", "TRACE /admin", "get /admin", "GETS /admin",
	"HEAD //admin", "OPTIONS //admin", "POST /public/../admin",
}

// adminAPI is a public part and one for a group, and says which handler ran.
func adminAPI(guard *authz.Guard, ran func(string)) http.Handler {
	mux := authz.NewMux(guard)
	mux.HandleFunc("GET /public/{rest...}", authz.Public(), func(w http.ResponseWriter, _ *http.Request) {
		ran("public")
		_, _ = io.WriteString(w, "public")
	})
	mux.HandleFunc("/admin", authz.Groups("admin"), func(w http.ResponseWriter, _ *http.Request) {
		ran("admin")
		_, _ = io.WriteString(w, "secret")
	})
	return mux
}

// Whatever a request for the admin's part is dressed up as, somebody without the
// group does not get it.
func TestPathTricks(t *testing.T) {
	issuer := newIssuer(t, issuerURL)
	for _, front := range fronts {
		trickAs(t, front, reader, issuer)
	}
	for _, front := range append([]front{{adapter.FunctionURL, ""}}, fronts...) {
		trickAs(t, front, nobody, nil) // so that no gateway refuses instead of the function
	}
}

func trickAs(t *testing.T, f front, as caller, issuer *local.Issuer) {
	t.Helper()
	ran, taken := record()
	g := f.gateway(adminAPI(&authz.Guard{Identifier: pinned(t, issuerURL)}, ran), issuer)
	for _, trick := range tricks {
		w := serve(g, dressed(t, trick, f.prefix, as.header(t, issuer)))
		if handler := taken(); handler == "admin" || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%v, %v, %q: status %d, body %s", f.format, as["sub"], trick, w.Code, w.Body)
		}
	}
	if w := serve(g, dressed(t, "/public/x", f.prefix, as.header(t, issuer))); taken() != "public" {
		t.Errorf("%v, %v: the public part: status %d, body %s", f.format, as["sub"], w.Code, w.Body)
	}
}

// dressed is a request with the target as a client sends it, not as net/url
// would clean it.
func dressed(t *testing.T, trick, prefix string, header http.Header) *http.Request {
	t.Helper()
	method, target, ok := strings.Cut(trick, " ")
	if !ok {
		method, target = "GET", trick
	}
	r := httptest.NewRequest(method, prefix+target, nil)
	r.Header = header
	return r
}

// Groups that are not admin although the word is in them; the rows of all fronts
// are sent to each.
func TestOddGroups(t *testing.T) {
	for name, groups := range map[string]string{
		"none":                     ``,
		"a list's text":            `,"cognito:groups":"[admin]"`,
		"an element with a blank":  `,"cognito:groups":"[not admin]"`,
		"a blank":                  `,"cognito:groups":"not admin"`,
		"a comma":                  `,"cognito:groups":"x,admin"`,
		"a comma first":            `,"cognito:groups":"admin,x"`,
		"list of one with a comma": `,"cognito:groups":["x,admin"]`,
		"list of one with a blank": `,"cognito:groups":["not admin"]`,
		"list in a list":           `,"cognito:groups":[["admin"]]`,
		"JSON in text":             `,"cognito:groups":"[\"admin\"]"`,
		"another case":             `,"cognito:groups":"Admin"`,
		"another name":             `,"Cognito:Groups":"admin","groups":"admin","cognito:group":"admin"`,
		"twice":                    `,"cognito:groups":"admin","cognito:groups":"admin"`,
		"a no-break space":         `,"cognito:groups":"admin\u00a0"`,
		"an object":                `,"cognito:groups":{"admin":true}`,
		"true":                     `,"cognito:groups":true`,
	} {
		for _, front := range fronts {
			ran, taken := record()
			h := adapter.New(adminAPI(&authz.Guard{Identifier: pinned(t, issuerURL)}, ran), nil)
			event := front.forge(t, "GET", "/admin", map[string]string{"authorizer": front.authorizerOf(vouched + groups)})
			reply, err := h.Invoke(t.Context(), event)
			if status := statusOf(t, reply, err); !slices.Contains([]int{401, 403}, status) || taken() != "" {
				t.Errorf("%s on %v: status %d, reply %s", name, front.format, status, reply)
			}
		}
	}
}

// The group itself is admitted, or the refusals would mean nothing.
func TestGroup(t *testing.T) {
	for _, front := range fronts {
		ran, taken := record()
		h := adapter.New(adminAPI(&authz.Guard{Identifier: pinned(t, issuerURL)}, ran), nil)
		event := front.forge(t, "GET", "/%61dmin", map[string]string{"authorizer": front.authorizerOf(vouched + `,"cognito:groups":"admin"`)})
		reply, err := h.Invoke(t.Context(), event)
		if status := statusOf(t, reply, err); status != 200 || taken() != "admin" {
			t.Errorf("%v: status %d, reply %s", front.format, status, reply)
		}
	}
}
