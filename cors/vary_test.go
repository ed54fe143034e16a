package cors_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/google/go-cmp/cmp"
)

const allThree = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"

// exactRows have every CORS header of an answer, because the browser's verdict
// does not depend on all of them.
var exactRows = []struct {
	name    string
	policy  string
	request *http.Request
	status  int // 299: the handler's
	want    http.Header
}{
	{"granted preflight", "api", asks("PUT", "authorization"), 204, http.Header{
		"Access-Control-Allow-Origin":  {page},
		"Access-Control-Allow-Methods": {"GET, PUT, PATCH, DELETE"},
		"Access-Control-Allow-Headers": {"Authorization, content-type, X-Request-Id"},
		"Access-Control-Max-Age":       {"600"},
		"Vary":                         {allThree},
	}},
	{"the lists do not depend on what is asked for", "api", asks("PURGE", "x-other"), 204, http.Header{
		"Access-Control-Allow-Origin":  {page},
		"Access-Control-Allow-Methods": {"GET, PUT, PATCH, DELETE"},
		"Access-Control-Allow-Headers": {"Authorization, content-type, X-Request-Id"},
		"Access-Control-Max-Age":       {"600"},
		"Vary":                         {allThree},
	}},
	{"preflight for a safelisted method", "default", asks("POST", ""), 204, http.Header{
		"Access-Control-Allow-Origin":  {page},
		"Access-Control-Allow-Methods": {"GET, HEAD, POST"},
		"Vary":                         {allThree},
	}},
	{"preflight with credentials and without remembering", "cookies", asks("PUT", ""), 204, http.Header{
		"Access-Control-Allow-Origin":      {page},
		"Access-Control-Allow-Credentials": {"true"},
		"Access-Control-Allow-Methods":     {"PUT"},
		"Access-Control-Allow-Headers":     {"Content-Type"},
		"Access-Control-Max-Age":           {"0"},
		"Vary":                             {allThree},
	}},
	{"preflight for everybody", "open", asks("PURGE", "x-other"), 204, http.Header{
		"Access-Control-Allow-Origin":  {"*"},
		"Access-Control-Allow-Methods": {"*"},
		"Access-Control-Allow-Headers": {"*, Authorization"},
		"Vary":                         {allThree},
	}},
	{"preflight that needs an echo", "all, cookies", asks("PURGE", "authorization,x-other"), 204, http.Header{
		"Access-Control-Allow-Origin":      {page},
		"Access-Control-Allow-Credentials": {"true"},
		"Access-Control-Allow-Methods":     {"PURGE"},
		"Access-Control-Allow-Headers":     {"authorization,x-other"},
		"Vary":                             {allThree},
	}},
	{"echo of lines that a proxy split", "all, cookies", request("OPTIONS", "Origin", page, "Access-Control-Request-Method", "PUT",
		"Access-Control-Request-Headers", "a", "Access-Control-Request-Headers", "b"), 204, http.Header{
		"Access-Control-Allow-Origin":      {page},
		"Access-Control-Allow-Credentials": {"true"},
		"Access-Control-Allow-Methods":     {"PUT"},
		"Access-Control-Allow-Headers":     {"a", "b"},
		"Vary":                             {allThree},
	}},
	{"refused preflight", "api", request("OPTIONS", "Origin", evil, "Access-Control-Request-Method", "PUT"), 403,
		http.Header{"Vary": {allThree}}},
	{"preflight with an empty Origin", "api", request("OPTIONS", "Origin", "", "Access-Control-Request-Method", "PUT"), 403,
		http.Header{"Vary": {allThree}}},
	{"preflight with two origins", "api", request("OPTIONS", "Origin", page, "Origin", page, "Access-Control-Request-Method", "PUT"), 403,
		http.Header{"Vary": {allThree}}},
	{"preflight with two origins, for everybody", "open", request("OPTIONS", "Origin", page, "Origin", evil, "Access-Control-Request-Method", "PUT"), 403,
		http.Header{"Vary": {allThree}}},

	{"OPTIONS without method is not a preflight", "api", request("OPTIONS", "Origin", page), 299, http.Header{
		"Access-Control-Allow-Origin":   {page},
		"Access-Control-Expose-Headers": {"etag, X-Total"},
		"Vary":                          {"Origin"},
	}},
	{"OPTIONS without Origin is not a preflight", "api", request("OPTIONS", "Access-Control-Request-Method", "PUT"), 299,
		http.Header{"Vary": {"Origin"}}},
	{"GET is not a preflight", "default", request("GET", "Origin", page, "Access-Control-Request-Method", "PUT"), 299,
		http.Header{"Access-Control-Allow-Origin": {page}, "Vary": {"Origin"}}},
	{"no Origin", "api", request("GET"), 299, http.Header{"Vary": {"Origin"}}},
	{"refused origin", "api", request("GET", "Origin", evil), 299, http.Header{"Vary": {"Origin"}}},
	{"two origins", "default", request("GET", "Origin", page, "Origin", page), 299, http.Header{"Vary": {"Origin"}}},
	{"everybody", "open", request("GET", "Origin", evil), 299, http.Header{
		"Access-Control-Allow-Origin": {"*"}, "Access-Control-Expose-Headers": {"*"}}},
	{"everybody, no Origin, as a cache may keep it", "open", request("GET"), 299, http.Header{
		"Access-Control-Allow-Origin": {"*"}, "Access-Control-Expose-Headers": {"*"}}},
	{"everybody but two origins, which no cache may keep", "open", request("GET", "Origin", evil, "Origin", page), 299,
		http.Header{"Vary": {"Origin"}}},
	{"a preflight that the gateway should have answered", "mock",
		request("OPTIONS", "Origin", page, "Access-Control-Request-Method", "PUT"), 299,
		http.Header{"Access-Control-Allow-Origin": {page}, "Vary": {allThree}}},
	{"the gateway's own", "gateway", request("GET", "Origin", page), 299, http.Header{}},
	{"the gateway's own preflight", "gateway", asks("PUT", ""), 299, http.Header{}},
}

func TestExactHeaders(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(299) })
	for _, test := range exactRows {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			cors.MustNew(policies[test.policy]).Wrap(handler).ServeHTTP(w, test.request)
			if w.Code != test.status {
				t.Errorf("status %d, want %d", w.Code, test.status)
			}
			if diff := cmp.Diff(test.want, w.Result().Header); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestApply expects of Apply what Wrap sets on a handler's answer.
func TestApply(t *testing.T) {
	for _, test := range exactRows {
		if test.status != 299 {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			h := http.Header{"Access-Control-Allow-Origin": {"stale"}, "Access-Control-Expose-Headers": {"stale"}}
			cors.MustNew(policies[test.policy]).Apply(h, test.request)
			if diff := cmp.Diff(test.want, h); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestApplyToPreflightAndNil(t *testing.T) {
	h := make(http.Header)
	cors.MustNew(policies["api"]).Apply(h, asks("PUT", ""))
	if diff := cmp.Diff([]string{allThree}, h["Vary"]); diff != "" || h.Get("Access-Control-Allow-Origin") != page {
		t.Errorf("answer to a preflight: %v", h)
	}
	h = make(http.Header)
	cors.MustNew(policies["api"]).Apply(h, nil)
	if diff := cmp.Diff(http.Header{"Vary": {"Origin"}}, h); diff != "" {
		t.Errorf("answer to an unknown request: -want +got:\n%s", diff)
	}
}

// TestVaryIsAdded has handlers with reasons of their own, and a slice with room
// that belongs to them.
func TestVaryIsAdded(t *testing.T) {
	room := append(make([]string, 0, 2), "Accept")
	h := cors.MustNew(policies["api"]).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Vary"] = room
	}))
	got := exchange(h, request("GET", "Origin", page))["Vary"]
	if diff := cmp.Diff([]string{"Accept", "Origin"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if rest := room[:2][1]; rest != "" {
		t.Errorf("%q written behind the handler's slice", rest)
	}
}
