package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/internal/laptop"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// against runs the smoke test against the laptop run of the API.
func against(t *testing.T, opts *local.Options, use func(*smoke)) {
	t.Helper()
	api, tokens := laptop.Listen(t), laptop.Listen(t)
	const secret = "not-in-any-output"
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL:     "http://" + tokens.Addr().String(),
		Clients: []local.Client{{ID: "machine", Secret: secret, Scopes: []string{notes.ReadScope, notes.WriteScope}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	who, err := claims.New(issuer.Claims())
	if err != nil {
		t.Fatal(err)
	}
	h := notes.Handler(who, &notes.Memory{})
	if opts.Routes == nil {
		opts.Policy = h
	}
	opts.Issuers = []*local.Issuer{issuer}
	laptop.Serve(t, api, tokens, h, opts, func(url string) {
		use(&smoke{api: url, tokens: issuer.URL() + "/oauth2/token", client: "machine", secret: secret})
	})
}

func TestSmoke(t *testing.T) {
	against(t, &local.Options{}, func(s *smoke) {
		var out bytes.Buffer
		if err := s.run(t.Context(), &out); err != nil {
			t.Errorf("%v\n%s", err, &out)
		}
		if got := strings.Count(out.String(), "\n"); got != len(steps) {
			t.Errorf("%d lines, want %d:\n%s", got, len(steps), &out)
		}
		if strings.Contains(out.String(), s.secret) || strings.Contains(out.String(), "eyJ") {
			t.Errorf("the output holds the secret or a token:\n%s", &out)
		}
	})
}

// A REST API with a usage plan wants a key beside the tokens.
func TestSmokeWithKey(t *testing.T) {
	for key, want := range map[string]string{"a-key-of-a-plan-0123": "", "": "GET /hello as nobody: status 403, want 200"} {
		opts := &local.Options{Format: adapter.RESTAPI, Routes: []gateway.Route{
			{Key: "GET /hello", Open: true, APIKey: true}, {Key: "ANY /{proxy+}", Scopes: []string{notes.ReadScope, notes.WriteScope}, APIKey: true},
		}, Configure: func(c *gateway.Config) {
			c.UsagePlans = []gateway.UsagePlan{{Keys: map[string]string{"a-key-of-a-plan-0123": "k1"}}}
		}}
		against(t, opts, func(s *smoke) {
			s.key = key
			if err := s.run(t.Context(), new(bytes.Buffer)); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("key %q: %v, want %q", key, err, want)
			}
		})
	}
}

// A deployment that is wrong is told so, with every answer that is.
func TestSmokeSeesFaults(t *testing.T) {
	opts := &local.Options{Stage: "wrong"} // the stage is in every path, and the URL lacks it
	against(t, opts, func(s *smoke) {
		s.api = strings.TrimSuffix(strings.TrimSuffix(s.api, "/"), "/wrong")
		err := s.run(t.Context(), new(bytes.Buffer))
		if err == nil || !strings.Contains(err.Error(), "GET /hello as nobody: status 404, want 200") {
			t.Errorf("got %v", err)
		}
	})
	against(t, &local.Options{}, func(s *smoke) {
		s.secret = "guessed"
		if err := s.run(t.Context(), new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "the token endpoint gave no token") {
			t.Errorf("got %v", err)
		}
	})
}
