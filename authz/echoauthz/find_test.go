package echoauthz_test

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
)

func TestFindNamesTheRuleThatDecides(t *testing.T) {
	s := newSite()
	r := s.routes()
	notes := r.Group("/notes", authz.Scope("read"))
	notes.GET("/:id", authz.Authenticated(), ran("note"))
	notes.RouteNotFound("/*", authz.Scope("admin"), ran("rest"))
	r.Host("admin.example", authz.Scope("admin")).GET("/", authz.Authenticated(), ran("admin"))
	s.GET("/foreign", ran("foreign"))
	tests := []struct {
		method, target string
		want           string // method, pattern and requirement; empty: no match
	}{
		{"GET", "/notes/1", "GET /notes/:id scope read and authenticated"},
		{"HEAD", "/notes/1", "echo_route_not_found /notes/* scope read and scope admin"},
		{"GET", "/notes/1/x", "GET /notes/:id scope read and authenticated"}, // Echo's last parameter takes slashes
		{"GET", "http://admin.example/", "GET admin.example/ scope admin and authenticated"},
		{"GET", "http://admin.example/notes/1", ""},
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
	if panics(func() { r.GET("/later", authz.Authenticated(), ran("later")) }) {
		t.Error("Find ended registration")
	}
}
