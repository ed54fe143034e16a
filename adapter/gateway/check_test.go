package gateway_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

func TestCheck(t *testing.T) {
	fn := returns(okReply)
	tests := []struct {
		name string
		g    *gateway.Gateway
		want []string // parts of the error, none for nil
	}{
		{"only a function", &gateway.Gateway{Function: fn}, nil},
		{"every kind of route", &gateway.Gateway{Function: fn, Routes: routes("$default", "GET /", "ANY /a/{b}/b/{c+}")}, nil},
		{"no function", &gateway.Gateway{}, []string{"Function is nil"}},
		{"format without front", &gateway.Gateway{Function: fn, Format: 99}, []string{"Format(99)"}},
		{"several problems", &gateway.Gateway{Function: fn, Stage: "a/b", Timeout: -1, Scheme: "ftp"}, []string{`"a/b"`, "-1ns", `"ftp"`}},
		{"route without path", &gateway.Gateway{Function: fn, Routes: routes("GET")}, []string{`"GET"`}},
		{"route with an odd method", &gateway.Gateway{Function: fn, Routes: routes("get /")}, []string{`"get /"`}},
		{"greedy parameter in the middle", &gateway.Gateway{Function: fn, Routes: routes("GET /{a+}/b")}, []string{"last segment"}},
		{"brace within a segment", &gateway.Gateway{Function: fn, Routes: routes("GET /a{b}")}, []string{"brace"}},
		{"parameter without name", &gateway.Gateway{Function: fn, Routes: routes("GET /{}/x")}, []string{"empty"}},
		{"lone parameter without name", &gateway.Gateway{Function: fn, Routes: routes("GET /{}")}, []string{"empty"}},
		{"empty segment", &gateway.Gateway{Function: fn, Routes: routes("GET /a/")}, []string{"empty"}},
		{"one name for two parameters", &gateway.Gateway{Function: fn, Routes: routes("GET /{a}/{a}")}, []string{"same name"}},
		{"a name beyond ASCII", &gateway.Gateway{Function: fn, Routes: routes("GET /{ä}")}, []string{"letters"}},
		{"route twice", &gateway.Gateway{Function: fn, Routes: routes("GET /a", "GET /a")}, []string{"twice"}},
		{"$default on REST", &gateway.Gateway{Function: fn, Format: adapter.RESTAPI, Routes: routes("$default")}, []string{"REST API"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.g.Check()
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("Check: %v, want %q", err, tt.want)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("Check: %v: does not say %q", err, part)
				}
			}
			if resp := serve(tt.g, httptest.NewRequest("GET", "/", nil)); err != nil && resp.StatusCode != 500 {
				t.Errorf("status %d of a gateway that fails its check, want 500", resp.StatusCode)
			}
		})
	}
}
