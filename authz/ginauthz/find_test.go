package ginauthz_test

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
)

func TestFindNamesTheRuleThatDecides(t *testing.T) {
	s := newSite()
	s.Use(trap(t))
	r := s.routes()
	notes := r.Group("/notes", authz.Scope("read"))
	notes.GET("/:id", authz.Authenticated(), trap(t))
	notes.PUT("/*rest", authz.Scope("admin"), trap(t))
	s.GET("/foreign", trap(t))
	tests := []struct {
		method, target string
		want           string // method, pattern and requirement; empty: no match
	}{
		{"GET", "/notes/1", "GET /notes/:id scope read and authenticated"},
		{"GET", "/%6eotes/1", "GET /notes/:id scope read and authenticated"},
		{"HEAD", "/notes/1", ""},
		{"GET", "/notes/1/x", ""},
		{"GET", "/notes/1/", ""},
		{"PUT", "/notes/1/x", "PUT /notes/*rest scope read and scope admin"},
		{"PUT", "/notes/", "PUT /notes/*rest scope read and scope admin"},
		{"PUT", "/notes", ""},
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
	if panics(func() { r.GET("/later", authz.Authenticated(), named) }) {
		t.Error("Find ended registration")
	}
	if _, _, ok := r.Find(as("", "GET", "/later")); !ok {
		t.Error("Find does not know what was registered after it")
	}
}
