package apigateway_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
)

// The gateway that plays AWS on a laptop was written by itself: it must choose the
// route that the model of these tests chooses, under the one reading that it has.
func TestModelAgreesWithTheEmulator(t *testing.T) {
	compared := 0
	for seed := range many(20, 200) {
		rnd := rand.New(rand.NewPCG(uint64(seed), 4))
		mux := randomMux(rnd)
		plan := planOf(t, mux, nil)
		routes := plan.Gateway()
		for i := range routes {
			routes[i].Open, routes[i].Scopes = true, nil // nobody is asked here
		}
		g, err := gateway.New(gateway.Config{Routes: routes})
		if err != nil {
			t.Fatalf("seed %d: %v\n%v", seed, err, plan)
		}
		m := newModel(plan.Routes, false, "more")
		for range 60 {
			r := randomRequest(rnd, mux.Policy())
			want := ""
			if route := m.find(r.Method, r.URL.Path); route != nil {
				want = route.Key
			}
			got, err := routeKey(g, r.Method, r.URL.Path)
			if err != nil {
				t.Fatal(err)
			}
			if compared++; got != want {
				t.Errorf("seed %d: %s %s: the emulator takes %q, the model %q\n%v", seed, r.Method, r.URL.Path, got, want, plan)
			}
		}
	}
	t.Logf("%d requests", compared)
}

// routeKey is the route of the event that a gateway makes, "" for none.
func routeKey(g *gateway.Gateway, method, path string) (string, error) {
	data, err := g.Event(httpRequest(method, path))
	var refusal *gateway.Refusal
	if errors.As(err, &refusal) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var event struct{ RouteKey string }
	err = json.Unmarshal(data, &event)
	return event.RouteKey, err
}

// Every plan is one that the laptop's gateways can have.
func TestPlansFitTheEmulator(t *testing.T) {
	for seed := range many(20, 200) {
		rnd := rand.New(rand.NewPCG(uint64(seed), 5))
		mux := randomMux(rnd)
		for kind, format := range map[apigateway.Kind]adapter.Format{apigateway.HTTPAPI: adapter.HTTPAPIV2, apigateway.RESTAPI: adapter.RESTAPI} {
			plan := planOf(t, mux, &apigateway.Options{Kind: kind})
			if _, err := gateway.New(gateway.Config{Format: format, Routes: plan.Gateway(), Authorizer: refusesAll{}}); err != nil {
				t.Errorf("seed %d, %v: %v\n%v", seed, kind, err, plan)
			}
		}
	}
}
