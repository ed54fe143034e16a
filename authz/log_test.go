package authz_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// logged returns what slog's JSON handler writes of the one decision about r.
func logged(t *testing.T, g *authz.Guard, r *http.Request, req authz.Requirement) map[string]any {
	t.Helper()
	var line bytes.Buffer
	g.OnDecision = func(_ *http.Request, d authz.Decision) {
		slog.New(slog.NewJSONHandler(&line, nil)).Info("", "decision", d)
	}
	_, _ = g.Check(r, req)
	var said struct{ Decision map[string]any }
	if err := json.Unmarshal(line.Bytes(), &said); err != nil {
		t.Fatalf("%v in %s", err, &line)
	}
	return said.Decision
}

func TestDecisionInALog(t *testing.T) {
	secret := errors.New("secret")
	key := bytes.Repeat([]byte("k"), 32)
	ada := caller(t, "read")
	event := func(r *http.Request) *http.Request {
		return r.WithContext(adapter.NewContext(r.Context(), httpAPIEventWith(t, evil)))
	}
	tests := []struct {
		name  string
		guard authz.Guard
		r     *http.Request
		req   authz.Requirement
		want  map[string]any
	}{
		{"a granted request", authz.Guard{Identifier: always(ada)}, event(request("GET", "/")), authz.Scope("read"), map[string]any{
			"method": "GET", "front": "HTTP API payload 2.0", "api_id": "a1b2c3", "request_id": "JKJaXmPLvHcESHA=",
			"source": "JWT authorizer", "requirement": "scope read", "result": "granted"}},
		{"a missing scope", authz.Guard{Identifier: always(ada)}, request("PROPFIND", "/"), authz.Scope("write"), map[string]any{
			"method": "_OTHER", "source": "JWT authorizer", "requirement": "scope write", "result": "refused",
			"code": "insufficient_scope", "cause": "needs scope write"}},
		{"two missing", authz.Guard{Identifier: always(ada)}, request("GET", "/"), authz.Any(authz.Scope("write"), authz.Groups("admin")), map[string]any{
			"method": "GET", "source": "JWT authorizer", "requirement": `scope write or group "admin"`, "result": "refused",
			"code": "insufficient_scope", "cause": `needs scope write; needs group "admin"`}},
		{"nobody", authz.Guard{Identifier: always(nil)}, request("GET", "/"), authz.Scope("write"), map[string]any{
			"method": "GET", "requirement": "scope write", "result": "refused"}},
		{"a Func's error", authz.Guard{Identifier: always(ada)}, request("GET", "/"), authz.Func("owner", func(*http.Request, *claims.Identity) error { return secret }), map[string]any{
			"method": "GET", "source": "JWT authorizer", "requirement": "owner", "result": "refused",
			"code": "insufficient_scope", "cause": "owner: *errors.errorString"}},
		{"a Func's *Error", authz.Guard{Identifier: always(ada)}, request("GET", "/"), authz.Func("owner", func(*http.Request, *claims.Identity) error {
			return &authz.Error{Status: 404, Err: secret}
		}), map[string]any{
			"method": "GET", "source": "JWT authorizer", "requirement": "owner", "result": "refused", "cause": "owner: *errors.errorString"}},
		{"an Identifier's error", authz.Guard{Identifier: failing(secret)}, request("GET", "/", "Bearer a"), authz.Scope("a"), map[string]any{
			"method": "GET", "requirement": "scope a", "result": "refused", "code": "invalid_token", "cause": "Identifier: *errors.errorString"}},
		{"a subject", authz.Guard{Identifier: always(ada), SubjectKey: key}, request("GET", "/"), authz.Scope("read"), map[string]any{
			"method": "GET", "source": "JWT authorizer", "requirement": "scope read", "result": "granted",
			"subject": "SUBJECT"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			guard := &test.guard
			got := logged(t, guard, test.r, test.req)
			if test.want["subject"] != nil {
				guard.OnDecision = func(_ *http.Request, d authz.Decision) { test.want["subject"] = d.SubjectHash(key) }
				_, _ = guard.Check(test.r, test.req)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
		})
	}
}

// Whoever may invoke the function chooses the IDs of an event.
func TestDecisionLogsNoMadeUpIDs(t *testing.T) {
	for id, want := range map[string]string{
		"a1b2c3": "a1b2c3", "JKJaXmPLvHcESHA=": "JKJaXmPLvHcESHA=",
		"a\n{\"level\":\"ERROR\"}": "", "ada@example.com": "", "é": "", strings.Repeat("a", 41): "",
	} {
		var line bytes.Buffer
		slog.New(slog.NewTextHandler(&line, nil)).Info("", "d", authz.Decision{APIID: id, RequestID: id, Result: authz.Granted})
		for _, name := range []string{"api_id", "request_id"} {
			if got := strings.Contains(line.String(), "d."+name+"="); got != (want != "") {
				t.Errorf("%q: %s", id, &line)
			}
		}
	}
}

// Outside of slog too a Decision's front and source have names.
func TestDecisionInJSON(t *testing.T) {
	text, err := json.Marshal(authz.Decision{Format: adapter.HTTPAPIV2, Source: claims.JWT})
	if err != nil || !strings.Contains(string(text), `"Format":"HTTP API payload 2.0"`) || !strings.Contains(string(text), `"Source":"JWT authorizer"`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestSubjectKeyIsLongEnough(t *testing.T) {
	for n, want := range map[int]bool{0: true, 31: true, 32: false} {
		if got := panics(func() { authz.NewMux(&authz.Guard{SubjectKey: make([]byte, n)}) }) != nil; got != want {
			t.Errorf("%d bytes: panics: %t, want %t", n, got, want)
		}
	}
}
