package claims_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A handler's goroutine may ask who is calling after the invocation ended and
// its payload's memory was used again; under -race this shows a data race.
func TestIdentityAfterTheInvocation(t *testing.T) {
	plain := func(h http.Handler) http.Handler { return h }
	for name, row := range map[string]struct {
		wrap func(http.Handler) http.Handler
		ask  func(context.Context) (*claims.Identity, bool)
	}{
		"asked before": {anyone.Wrap, claims.FromContext},
		"asked late": {plain, func(ctx context.Context) (*claims.Identity, bool) {
			id, err := anyone.IdentifyContext(ctx)
			return id, err == nil
		}},
	} {
		over := make(chan struct{})
		var late sync.WaitGroup
		h := adapter.New(row.wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			late.Go(func() {
				<-over
				for range 2 {
					id, ok := row.ask(r.Context())
					if !ok || id.Subject != "f2a4c6d8" || !id.HasScope("notes-api/read") {
						t.Errorf("%s: after the invocation: %v, %v", name, id, ok)
					}
				}
			})
		})), nil)
		payload := []byte(eventOf(adapter.HTTPAPIV2, jwtV2))
		if _, err := h.Invoke(context.Background(), payload); err != nil {
			t.Fatal(err)
		}
		clear(payload)
		close(over)
		late.Wait()
	}
}

// All goroutines of a request may ask at once; they share one Identity's data.
func TestIdentifyConcurrently(t *testing.T) {
	r := requestFrom(t, adapter.HTTPAPIV2, jwtV2)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			id, err := anyone.Identify(r)
			if err != nil || id.Subject != "f2a4c6d8" {
				t.Errorf("Identify = %v, %v", id, err)
				return
			}
			if groups, err := id.List("cognito:groups"); err != nil || len(groups) != 2 {
				t.Errorf("List = %q, %v", groups, err)
			}
		})
	}
	group.Wait()
}

// Two requestContexts in one event must not let the front that is detected and
// the identity that is read come from different ones.
func TestTwoRequestContexts(t *testing.T) {
	one := `{"authorizer":` + native + `,"apiId":"a1b2c3"}`
	two := `{"authorizer":{"claims":{"sub":"root","exp":1718722804}},"apiId":"a1b2c3"}`
	event, err := adapter.ParseEvent([]byte(`{"httpMethod":"GET","path":"/","requestContext":` + one + `,"requestContext":` + two + `}`))
	if err != nil {
		return // refused as a whole
	}
	if id, _ := anyone.IdentifyContext(adapter.NewContext(t.Context(), event)); id != nil && id.Subject == "f2a4c6d8" {
		t.Errorf("the first of two requestContexts counts, to encoding/json the last does: %v", id)
	}
}
