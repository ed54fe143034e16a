package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

// function is a gateway.Function made of a func.
type function func(ctx context.Context, event []byte) ([]byte, error)

func (f function) Invoke(ctx context.Context, event []byte) ([]byte, error) { return f(ctx, event) }

// returns is a function with always the same reply.
func returns(reply string) function {
	return func(context.Context, []byte) ([]byte, error) { return []byte(reply), nil }
}

const okReply = `{"statusCode":200,"headers":{"content-type":"text/plain"},"body":"ok"}`

// front is a format with the path below which its routes are.
type front struct {
	format adapter.Format
	base   string
}

// formats are the fronts that serve HTTP.
var formats = []front{
	{adapter.RESTAPI, "/prod"},
	{adapter.HTTPAPIV1, ""},
	{adapter.HTTPAPIV2, ""},
	{adapter.FunctionURL, ""},
	{adapter.ALB, ""},
	{adapter.LatticeV1, ""},
	{adapter.LatticeV2, ""},
}

// formatsOf are the fronts of some formats.
func formatsOf(some ...adapter.Format) []front {
	return slices.DeleteFunc(slices.Clone(formats), func(f front) bool { return !slices.Contains(some, f.format) })
}

// serve returns what g answers to a request without a network between.
func serve(g gateway.Config, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	gateway.MustNew(g).ServeHTTP(w, r)
	return w.Result()
}

func text(t testing.TB, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// seen is the part of an answer that the failure tables name.
type seen struct {
	Status                 int
	Body, ErrorType, Cause string // Cause is Record.Reason
}

func see(t testing.TB, g gateway.Config, r *http.Request) seen {
	t.Helper()
	var record gateway.Record
	g.Observe = func(_ *http.Request, got gateway.Record) { record = got }
	resp := serve(g, r)
	if record.Status != resp.StatusCode {
		t.Errorf("Record.Status = %d, the client saw %d", record.Status, resp.StatusCode)
	}
	return seen{resp.StatusCode, text(t, resp), resp.Header.Get("X-Amzn-Errortype"), string(record.Reason)}
}

func TestContextHoldsDeadlineAndNothingOfTheClient(t *testing.T) {
	client, gone := context.WithCancel(context.WithValue(context.Background(), http.ServerContextKey, "server"))
	gone()
	g := gateway.Config{Timeout: time.Hour}
	var value any
	var err error
	var left time.Duration
	g.Function = function(func(ctx context.Context, _ []byte) ([]byte, error) {
		value, err = ctx.Value(http.ServerContextKey), ctx.Err()
		if deadline, ok := ctx.Deadline(); ok {
			left = time.Until(deadline)
		}
		return []byte(okReply), nil
	})
	resp := serve(g, httptest.NewRequest("GET", "/", nil).WithContext(client))
	if resp.StatusCode != 200 || value != nil || err != nil || left <= 0 || left > time.Hour {
		t.Errorf("status %d, server value %v, error %v, %v left; want 200, nil, nil, up to 1h", resp.StatusCode, value, err, left)
	}
}

// A function finds in its context what aws-lambda-go would have put there.
func TestContextOfAnInvocation(t *testing.T) {
	for _, f := range formats {
		ids := map[string]bool{}
		g := gateway.Config{Format: f.format, Timeout: time.Minute, Function: function(func(ctx context.Context, event []byte) ([]byte, error) {
			lc, ok := lambdacontext.FromContext(ctx)
			if !ok || lc.AwsRequestID == "" || lc.InvokedFunctionArn == "" || lc.Identity.CognitoIdentityID != "" {
				t.Errorf("%v: lambdacontext %+v", f.format, lc)
				return []byte(okReply), nil
			}
			if url := bytes.Contains(event, []byte(lc.AwsRequestID)); url != (f.format == adapter.FunctionURL) {
				t.Errorf("%v: Lambda's request id is in the event: %v", f.format, url)
			}
			if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > time.Minute {
				t.Errorf("%v: deadline %v, %v", f.format, deadline, ok)
			}
			ids[lc.AwsRequestID] = true
			return []byte(okReply), nil
		})}
		for range 2 {
			serve(g, httptest.NewRequest("GET", f.base+"/", nil))
		}
		if len(ids) != 2 {
			t.Errorf("%v: request ids %v, want two", f.format, ids)
		}
	}
}

func TestEventIsOverwrittenAfterInvoke(t *testing.T) {
	var kept []byte
	g := gateway.Config{Function: function(func(_ context.Context, event []byte) ([]byte, error) {
		kept = event
		return event, nil // without statusCode, so all of it is the body
	})}
	body := text(t, serve(g, httptest.NewRequest("GET", "/", nil)))
	if !json.Valid([]byte(body)) || !strings.Contains(body, "rawPath") {
		t.Errorf("the reply was overwritten, too: %.60q", body)
	}
	if rest := bytes.Trim(kept, "#"); len(kept) == 0 || len(rest) > 0 {
		t.Errorf("%d of %d bytes of the event can still be read", len(rest), len(kept))
	}
}

func TestInsideLambda(t *testing.T) {
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
	called := false
	g := gateway.Config{Function: function(func(context.Context, []byte) ([]byte, error) {
		called = true
		return []byte(okReply), nil
	})}
	if got := see(t, g, httptest.NewRequest("GET", "/", nil)); got.Status != 500 || called {
		t.Errorf("status %d, function called: %v; want 500, false", got.Status, called)
	}
}

func TestObserve(t *testing.T) {
	var invoked string // the id that the function was told
	says := func(reply string, err error) gateway.Function {
		return function(func(ctx context.Context, _ []byte) ([]byte, error) {
			lc, _ := lambdacontext.FromContext(ctx)
			invoked = lc.AwsRequestID
			return []byte(reply), err
		})
	}
	broken := errors.New("broken")
	teapot := says(`{"statusCode":418,"headers":{"x-brew":"tea"}}`, nil)
	denies := says(`{"statusCode":403,"headers":{"www-authenticate":"Bearer"}}`, nil)
	fails := says("", broken)
	tests := []struct {
		name     string
		function gateway.Function
		path     string
		want     gateway.Record
	}{
		{"function answers", teapot, "/tea", gateway.Record{Route: "GET /tea", Status: 418, FunctionHeader: http.Header{"X-Brew": {"tea"}}}},
		{"function refuses", denies, "/tea", gateway.Record{Route: "GET /tea", Status: 403, RefusedBy: "function", FunctionHeader: http.Header{"Www-Authenticate": {"Bearer"}}}},
		{"function fails", fails, "/tea", gateway.Record{Route: "GET /tea", Status: 500, RefusedBy: "gateway", Reason: "the function failed", Err: broken}},
		{"no route", teapot, "/coffee", gateway.Record{Status: 404, RefusedBy: "gateway", Reason: "no such route"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			invoked = ""
			var records []gateway.Record
			g := gateway.Config{Function: tt.function, Routes: []gateway.Route{{Key: "GET /tea"}},
				Observe: func(_ *http.Request, record gateway.Record) { records = append(records, record) }}
			serve(g, httptest.NewRequest("GET", tt.path, nil))
			if len(records) != 1 {
				t.Fatalf("Observe was called %d times", len(records))
			}
			if records[0].Duration <= 0 {
				t.Errorf("Duration = %v", records[0].Duration)
			}
			if records[0].InvocationID != invoked {
				t.Errorf("InvocationID = %q, the function was told %q", records[0].InvocationID, invoked)
			}
			records[0].Duration, records[0].InvocationID = 0, ""
			equal := cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) })
			if diff := cmp.Diff(tt.want, records[0], equal); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRequestNotReadFromTheWire(t *testing.T) {
	for _, f := range formats {
		r, err := http.NewRequest("GET", "http://example.com"+f.base+"/a%2Fb?x=1", nil) // no RequestURI, nil Body
		if err != nil {
			t.Fatal(err)
		}
		g := gateway.Config{Function: returns(okReply), Format: f.format}
		if resp := serve(g, r); resp.StatusCode != 200 {
			t.Errorf("%v: status %d, want 200", f.format, resp.StatusCode)
		}
	}
}

func TestConcurrentRequests(t *testing.T) {
	echo := function(func(_ context.Context, event []byte) ([]byte, error) {
		var request struct{ RawPath string }
		err := json.Unmarshal(event, &request)
		return []byte(`{"statusCode":200,"body":"` + request.RawPath + `"}`), err
	})
	g := gateway.Config{Function: echo}
	var group sync.WaitGroup
	for i := range 64 {
		group.Go(func() {
			path := fmt.Sprintf("/%d", i)
			w := httptest.NewRecorder()
			gateway.MustNew(g).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			if got := w.Body.String(); got != path {
				t.Errorf("asked for %s, got %s", path, got)
			}
		})
	}
	group.Wait()
}

// A REST API renames some headers, but whoever logs wants the function's own.
func TestObserveSeesHeadersAsTheyWereSaid(t *testing.T) {
	var record gateway.Record
	g := gateway.Config{Format: adapter.RESTAPI, BasePath: "/",
		Function: returns(`{"statusCode":401,"headers":{"www-authenticate":"Bearer"}}`),
		Observe:  func(_ *http.Request, got gateway.Record) { record = got }}
	resp := serve(g, httptest.NewRequest("GET", "/", nil))
	if got := record.FunctionHeader.Get("WWW-Authenticate"); got != "Bearer" || resp.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("FunctionHeader %v, the client sees %v", record.FunctionHeader, resp.Header)
	}
}
