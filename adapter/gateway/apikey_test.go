package gateway_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

func TestAPIKeys(t *testing.T) {
	shared := &gateway.Authorization{Identity: map[string]any{"user": "AIDAEXAMPLE"}}
	keys := &gateway.APIKeys{Keys: map[string]string{"k3y": "k1"}}
	for name, row := range map[string]struct {
		header []string
		a      *gateway.APIKeys
		status int
	}{
		"a key":        {[]string{"k3y"}, keys, 200},
		"another key":  {[]string{"key"}, keys, 403},
		"two keys":     {[]string{"k3y", "k3y"}, keys, 403},
		"no key":       {nil, keys, 403},
		"zero":         {[]string{"k3y"}, new(gateway.APIKeys), 403},
		"zero, no key": {nil, new(gateway.APIKeys), 403},
	} {
		r := httptest.NewRequest("GET", "/prod/", nil)
		for _, key := range row.header {
			r.Header.Add("X-Api-Key", key)
		}
		g := gateway.Config{Function: returns(okReply), Format: adapter.RESTAPI, Authorizer: row.a}
		if got := serve(g, r).StatusCode; got != row.status {
			t.Errorf("%s: status %d, want %d", name, got, row.status)
		}
	}

	r := httptest.NewRequest("GET", "/prod/", nil)
	r.Header.Set("X-Api-Key", "k3y")
	keys.Authorizer = gives(shared)
	got := event(t, gateway.Config{Function: returns(okReply), Format: adapter.RESTAPI, Authorizer: keys}, r)
	for path, want := range map[string]any{"apiKey": "k3y", "apiKeyId": "k1", "user": "AIDAEXAMPLE"} {
		if got := member(got, "requestContext.identity."+path); got != want {
			t.Errorf("identity.%s = %v, want %v", path, got, want)
		}
	}
	if diff := cmp.Diff(map[string]any{"user": "AIDAEXAMPLE"}, shared.Identity); diff != "" {
		t.Errorf("the other authorizer's own answer changed: %s", diff)
	}
}
