package apigateway_test

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
)

func TestAlso(t *testing.T) {
	tests := []struct {
		name     string
		old, now rules
		want     []string // without the floor
	}{
		{"scopes change", rules{"POST /x", a}, rules{"POST /x", b}, []string{"POST /x scope a or b"}},
		{"a rule opens", rules{"POST /x", a}, rules{"POST /x", anybody}, []string{"POST /x open"}},
		{"a rule closes", rules{"POST /x", anybody}, rules{"POST /x", a}, []string{"POST /x open"}},
		{"a rule goes", rules{"POST /x", a, "POST /y", b}, rules{"POST /y", b}, []string{"POST /x scope a", "POST /y scope b"}},
		{"a rule comes: the old one may have served it by any token", rules{"POST /y", b}, rules{"POST /x", a, "POST /y", b}, []string{"POST /x any token", "POST /y scope b"}},
		{"a parameter's place is taken", rules{"POST /x/{id}", anybody}, rules{"POST /x/{id}", anybody, "POST /x/me", a}, []string{"POST /x/me open", "POST /x/{id} open"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			old := planOf(t, muxOf(&authz.Guard{}, tt.old), nil)
			plan, err := apigateway.NewAlso(muxOf(&authz.Guard{}, tt.now), nil, old.Routes)
			if err != nil || plan.Err() != nil {
				t.Fatal(err, plan)
			}
			plan.Notes = nil
			if diff := gocmp.Diff(tt.want, lines(plan)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A plan for two random versions refuses nothing that either grants, and opens
// nothing that neither version's own plan opens under some reading, with or without a
// slash at the end, unless a Problem said so: there is one route for all readings.
func TestAlsoAgainstRandomPolicies(t *testing.T) {
	pairs, requests := many(25, 250), many(60, 400)
	var asked, silent, announced int
	for seed := range pairs {
		rnd := rand.New(rand.NewPCG(uint64(seed), 3))
		old := randomMux(rnd)
		now := variant(rnd, old)
		plans := []*apigateway.Plan{planOf(t, old, nil), planOf(t, now, nil)}
		plan, err := apigateway.NewAlso(now, nil, plans[0].Routes)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var batch []*http.Request
		for i := range requests {
			batch = append(batch, randomRequest(rnd, []*authz.Mux{old, now}[i%2].Policy()))
		}
		models := modelsOf(plan, plans[0], plans[1])
		for _, m := range models {
			for _, r := range batch {
				asked++
				route := m[0].find(r.Method, r.URL.Path)
				wrong, known := "", false
				for i, mux := range []*authz.Mux{old, now} {
					rule, _, matched := mux.Find(r)
					w := outcome(rule, matched, route)
					if w == "open" && slices.ContainsFunc(models, func(m []model) bool { return m[1].opens(r) || m[2].opens(r) }) {
						w = "" // one of the versions does
					}
					if w != "" {
						wrong, known = w, known || said(plan, rule) || said(plans[i], rule)
					}
				}
				switch {
				case wrong == "":
				case known:
					announced++
				default:
					if silent++; silent < 4 {
						t.Errorf("seed %d: %s %s (method first %v, slash %s): %s\nold %v\nnow %v\n%v", seed, r.Method, r.URL.Path, m[0].methodFirst, m[0].slash, wrong, old.Policy(), now.Policy(), plan)
					}
				}
			}
		}
	}
	t.Logf("%d pairs; %d comparisons, %d disagreements announced, %d silent", pairs, asked, announced, silent)
}

// modelsOf reads several plans alike, in every way.
func modelsOf(plans ...*apigateway.Plan) [][]model {
	var all [][]model
	for _, slash := range []string{"counts", "more", "ignored", "literal"} {
		for _, methodFirst := range []bool{false, true} {
			var models []model
			for _, p := range plans {
				models = append(models, newModel(p.Routes, methodFirst, slash))
			}
			all = append(all, models)
		}
	}
	return all
}

func (m model) opens(r *http.Request) bool {
	path := strings.TrimSuffix(r.URL.Path, "/")
	return slices.ContainsFunc([]string{path + "/", cmp.Or(path, "/")}, func(path string) bool {
		route := m.find(r.Method, path)
		return route != nil && route.Auth == apigateway.None
	})
}

// variant is a policy that has grown out of another one: some rules changed, some
// gone, some new.
func variant(rnd *rand.Rand, old *authz.Mux) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: identifier()})
	for _, rule := range old.Policy().Rules {
		req := randomRequirement(rnd)
		if rule.Gate.Public && rnd.IntN(3) > 0 {
			req = authz.Public()
		}
		if rnd.IntN(5) > 0 {
			register(mux, strings.TrimSpace(rule.Method+" "+rule.Pattern), req)
		}
	}
	for range 1 + rnd.IntN(4) {
		register(mux, randomPattern(rnd), randomRequirement(rnd))
	}
	if len(mux.Policy().Rules) == 0 {
		register(mux, "GET /b", authz.Public())
	}
	return mux
}
