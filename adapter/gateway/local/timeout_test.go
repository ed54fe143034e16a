package local_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// TestTimeout: the handler's deadline is the gateway's, and one that Timeout
// puts off is not brought forward by the adapter.
func TestTimeout(t *testing.T) {
	for _, row := range []struct {
		opts     local.Options
		from, to time.Duration
	}{
		{local.Options{}, 28 * time.Second, 30 * time.Second},
		{local.Options{Format: adapter.RESTAPI}, 27 * time.Second, 29 * time.Second},
		{local.Options{Timeout: 2 * time.Second}, time.Second, 2 * time.Second},
		{local.Options{Timeout: time.Hour}, 58 * time.Minute, time.Hour},
		{local.Options{Timeout: -1}, 24 * time.Hour, 366 * 24 * time.Hour},
		{local.Options{Timeout: -1, Format: adapter.RESTAPI, Adapter: &adapter.Options{}}, 24 * time.Hour, 366 * 24 * time.Hour},
		{local.Options{Timeout: -1, Adapter: &adapter.Options{Timeout: 3 * time.Second}}, time.Second, 3 * time.Second},
	} {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			deadline, ok := r.Context().Deadline()
			if left := time.Until(deadline); !ok || left < row.from || left > row.to {
				http.Error(w, fmt.Sprintf("%v left, a deadline: %t", left, ok), http.StatusTeapot)
			}
		})
		serve(t, h, &row.opts, func(url string) {
			if status, body := send(t, "GET", url, row.opts.Prefix()+"/", ""); status != http.StatusOK {
				t.Errorf("Timeout %v on a %v: %d %s, want between %v and %v", row.opts.Timeout, row.opts.Format, status, body, row.from, row.to)
			}
		})
	}
}

func TestTimeoutEndsARequest(t *testing.T) {
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	serve(t, h, &local.Options{Timeout: 100 * time.Millisecond}, func(url string) {
		if status, _ := send(t, "GET", url, "/", ""); status != http.StatusServiceUnavailable {
			t.Errorf("status = %d, want 503", status)
		}
	})
}
