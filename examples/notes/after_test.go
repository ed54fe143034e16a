package notes_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/google/go-cmp/cmp"
)

// A goroutine that a handler leaves behind still knows its own caller, never the
// next one's, though the runtime has reused the event's memory by then: the
// gateway overwrites it, and -race sees who still reads it.
func TestCallerAfterTheInvocation(t *testing.T) {
	issuer := newIssuer(t, issuerURL)
	for _, front := range fronts {
		guard := &authz.Guard{Identifier: pinned(t, issuerURL)}
		t.Run(front.format.String(), func(t *testing.T) {
			over, subjects := make(chan struct{}), make(chan string)
			g := front.gateway(guard.Require(authz.Authenticated())(leavingBehind(over, subjects)), issuer)
			for _, as := range []caller{reader, newCaller("someone", notes.ReadScope), writer} {
				r := httptest.NewRequest("GET", front.prefix+"/profile", nil)
				r.Header = as.header(t, issuer)
				if w := serve(g, r); w.Code != 200 {
					t.Fatalf("status %d, body %s", w.Code, w.Body)
				}
			}
			close(over)
			got := []string{<-subjects, <-subjects, <-subjects}
			slices.Sort(got)
			if diff := cmp.Diff([]string{"reader", "someone", "writer"}, got); diff != "" {
				t.Errorf("subjects (-want +got):\n%s", diff)
			}
		})
	}
}

// leavingBehind leaves a goroutine behind that asks who is calling once all is
// over.
func leavingBehind(over <-chan struct{}, subjects chan<- string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		go func() {
			<-over
			if id, ok := claims.FromContext(r.Context()); ok {
				subjects <- id.Subject
			} else {
				subjects <- "nobody"
			}
		}()
		_, _ = io.WriteString(w, "done")
	})
}
