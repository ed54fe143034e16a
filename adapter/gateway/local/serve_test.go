package local_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// serve runs use while h is served and returns what was printed, durations
// made T.
func serve(t *testing.T, h http.Handler, opts *local.Options, use func(url string)) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var output printed
	o := *opts
	o.Output = &output
	o.Ready = func(url string) {
		defer cancel()
		use(url)
	}
	if err := local.Serve(ctx, listen(t), nil, h, &o); err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`\d+\.\dms`).ReplaceAllString(output.String(), "T")
}

// printed is an Output that can be read while requests come from elsewhere.
type printed struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *printed) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(line)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// requestLines are what was printed after the curl lines.
func requestLines(output string) []string {
	_, lines, _ := strings.Cut(output, "\n\n")
	if i := strings.LastIndex(lines, "\n\n"); i >= 0 {
		lines = lines[i+2:]
	}
	return strings.Split(strings.TrimSpace(lines), "\n")
}

// send sends a request whose target and Host are taken as they are, and
// returns the status and the body.
func send(t *testing.T, method, url, target, host string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Opaque, r.Host = target, host
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestHandlerSeesTLS(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, map[bool]string{true: "https", false: "http"}[r.TLS != nil])
	})
	for _, want := range []string{"https", "http"} {
		opts := &local.Options{Configure: func(g *gateway.Config) { g.Scheme = want }}
		if want == "https" {
			opts.Configure = nil
		}
		serve(t, h, opts, func(url string) {
			if _, got := send(t, "GET", url, "/", ""); got != want {
				t.Errorf("the handler sees %s, want %s", got, want)
			}
		})
	}
}

func TestURLHasStageOrBasePath(t *testing.T) {
	for _, row := range []struct {
		opts local.Options
		want string
	}{
		{local.Options{}, ""},
		{local.Options{Format: adapter.HTTPAPIV1}, ""},
		{local.Options{Stage: "dev"}, "/dev"},
		{local.Options{Format: adapter.RESTAPI}, "/prod"},
		{local.Options{Format: adapter.RESTAPI, Stage: "dev"}, "/dev"},
		{local.Options{Format: adapter.RESTAPI, BasePath: "/"}, ""},
		{local.Options{Format: adapter.RESTAPI, Stage: "dev", BasePath: "orders/v1"}, "/orders/v1"},
		{local.Options{Format: adapter.FunctionURL, Stage: "dev"}, ""},
	} {
		serve(t, http.HandlerFunc(app), &row.opts, func(url string) {
			if !regexp.MustCompile(`^http://localhost:\d+` + row.want + `$`).MatchString(url) {
				t.Errorf("URL = %q, want it to end in the port and %q", url, row.want)
			}
			if status, body := send(t, "GET", url, row.want+"/hello", ""); status != 200 || !strings.HasSuffix(body, "/hello") {
				t.Errorf("%s/hello: status %d, body %q", url, status, body)
			}
		})
	}
}

func TestServeLetsRequestsEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	arrived, answer := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-answer
		_, _ = io.WriteString(w, "done")
	})
	type result struct {
		status int
		body   string
	}
	results := make(chan result, 1)
	ready := func(url string) {
		go func() {
			status, body := send(t, "GET", url, "/", "")
			results <- result{status, body}
		}()
		<-arrived
		cancel()
		close(answer)
	}
	if err := local.Serve(ctx, listen(t), nil, h, &local.Options{Output: io.Discard, Ready: ready}); err != nil {
		t.Errorf("Serve: %v, want nil after an orderly stop", err)
	}
	if got, want := <-results, (result{200, "done"}); got != want {
		t.Errorf("the request in flight got %v, want %v", got, want)
	}
}

func TestListenAndServeStopsOnInterrupt(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	ready := func(url string) {
		if status, _ := send(t, "GET", url, "/", ""); status != 200 {
			t.Errorf("status = %d, want 200", status)
		}
		if err := self.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	opts := &local.Options{Output: io.Discard, Ready: ready}
	if err := local.ListenAndServe("localhost:0", http.HandlerFunc(app), opts); err != nil {
		t.Errorf("error %v, want nil after an interrupt", err)
	}
}

func TestServeReportsAListenerThatFails(t *testing.T) {
	l := listen(t)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := local.Serve(t.Context(), l, nil, http.HandlerFunc(app), &local.Options{Output: io.Discard}); err == nil {
		t.Error("no error for a closed listener")
	}
}
