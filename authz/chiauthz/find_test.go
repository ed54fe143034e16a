package chiauthz_test

import (
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
)

func TestFindNamesTheRuleThatDecides(t *testing.T) {
	s := newSite()
	r := s.routes()
	notes := r.Group("/notes", authz.Scope("read"))
	notes.Get("/{id}", authz.Authenticated(), ran("note"))
	notes.Handle("/*", authz.Scope("admin"), ran("rest"))
	r.Mount("/admin", authz.Scope("admin"), http.NotFoundHandler())
	s.Get("/foreign", ran("foreign"))
	tests := []struct {
		method, target string
		want           string // method, pattern and requirement; empty: no match
	}{
		{"GET", "/notes/1", "GET /notes/{id} scope read and authenticated"},
		{"HEAD", "/notes/1", " /notes/* scope read and scope admin"},
		{"GET", "/notes/1/x", " /notes/* scope read and scope admin"},
		{"FOO", "/notes/1/x", ""}, // a method that chi does not know
		{"PUT", "/admin", " /admin scope admin"},
		{"PUT", "/admin/x", " /admin/* scope admin"},
		{"GET", "/%6eotes/1", ""},
		{"GET", "/", ""},
		{"GET", "/foreign", ""},
	}
	for _, test := range tests {
		rule, req, ok := r.Find(as("", test.method, test.target))
		got := ""
		if ok {
			got = rule.Method + " " + rule.Pattern + " " + req.String()
		}
		if got != test.want || ok && rule.Requirement != req.String() {
			t.Errorf("%s %s: got %q, want %q", test.method, test.target, got, test.want)
		}
	}
	if len(s.decisions) != 0 {
		t.Errorf("%d decisions, want none", len(s.decisions))
	}
	if panics(func() { r.Get("/later", authz.Authenticated(), ran("later")) }) {
		t.Error("Find ended registration")
	}
}
