package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

func TestFailures(t *testing.T) {
	blocks := function(func(ctx context.Context, _ []byte) ([]byte, error) {
		<-ctx.Done()
		return []byte(okReply), nil
	})
	fails := function(func(context.Context, []byte) ([]byte, error) { return nil, errors.New("secret") })
	panics := function(func(context.Context, []byte) ([]byte, error) { panic("secret") })
	exits := function(func(context.Context, []byte) ([]byte, error) { runtime.Goexit(); return nil, nil })
	huge := returns(`{"statusCode":200,"body":"` + strings.Repeat("x", 6<<20+100) + `"}`)
	const rest502 = `{"message": "Internal server error"}`
	const rest500, http500, url502 = "InternalServerErrorException", `{"message":"Internal Server Error"}`, "Internal Server Error"
	tests := []struct {
		name     string
		function gateway.Function
		want     map[adapter.Format]seen
	}{
		{"function blocks until its deadline", blocks, map[adapter.Format]seen{
			adapter.RESTAPI:     {504, `{"message":"Endpoint request timed out"}`, rest500, "the function did not answer in time"},
			adapter.HTTPAPIV1:   {503, `{"message":"Service Unavailable"}`, "", "the function did not answer in time"},
			adapter.HTTPAPIV2:   {503, `{"message":"Service Unavailable"}`, "", "the function did not answer in time"},
			adapter.FunctionURL: {502, url502, "", "the function did not answer in time"},
			adapter.ALB:         {502, page("502 Bad Gateway"), "", "the function did not answer in time"},
			adapter.LatticeV1:   {504, "Gateway Timeout", "", "the function did not answer in time"},
			adapter.LatticeV2:   {504, "Gateway Timeout", "", "the function did not answer in time"},
		}},
		{"function returns an error", fails, map[adapter.Format]seen{
			adapter.RESTAPI:     {502, rest502, rest500, "the function failed"},
			adapter.HTTPAPIV1:   {500, http500, "", "the function failed"},
			adapter.HTTPAPIV2:   {500, http500, "", "the function failed"},
			adapter.FunctionURL: {502, url502, "", "the function failed"},
			adapter.ALB:         {502, page("502 Bad Gateway"), "", "the function failed"},
			adapter.LatticeV1:   {502, "Bad Gateway", "", "the function failed"},
			adapter.LatticeV2:   {502, "Bad Gateway", "", "the function failed"},
		}},
		{"function panics", panics, map[adapter.Format]seen{
			adapter.RESTAPI:     {502, rest502, rest500, "the function failed"},
			adapter.HTTPAPIV2:   {500, http500, "", "the function failed"},
			adapter.FunctionURL: {502, url502, "", "the function failed"},
			adapter.ALB:         {502, page("502 Bad Gateway"), "", "the function failed"},
			adapter.LatticeV1:   {502, "Bad Gateway", "", "the function failed"},
			adapter.LatticeV2:   {502, "Bad Gateway", "", "the function failed"},
		}},
		{"function ends its goroutine", exits, map[adapter.Format]seen{
			adapter.RESTAPI:   {502, rest502, rest500, "the function failed"},
			adapter.HTTPAPIV2: {500, http500, "", "the function failed"},
		}},
		{"reply over Lambda's limit", huge, map[adapter.Format]seen{
			adapter.RESTAPI:     {502, rest502, rest500, "the reply is over Lambda's limit"},
			adapter.HTTPAPIV1:   {500, http500, "", "the reply is over Lambda's limit"},
			adapter.HTTPAPIV2:   {500, http500, "", "the reply is over Lambda's limit"},
			adapter.FunctionURL: {502, url502, "", "the reply is over Lambda's limit"},
			adapter.ALB:         {502, page("502 Bad Gateway"), "", "the reply is over Lambda's limit"},
			adapter.LatticeV1:   {502, "Bad Gateway", "", "the reply is over Lambda's limit"},
			adapter.LatticeV2:   {502, "Bad Gateway", "", "the reply is over Lambda's limit"},
		}},
	}
	for _, tt := range tests {
		for _, f := range formats {
			want, ok := tt.want[f.format]
			if !ok {
				continue
			}
			t.Run(tt.name+"/"+f.format.String(), func(t *testing.T) {
				timeout := time.Minute
				if strings.Contains(tt.name, "deadline") {
					timeout = time.Millisecond
				}
				g := gateway.Config{Function: tt.function, Format: f.format, Timeout: timeout}
				got := see(t, g, httptest.NewRequest("GET", f.base+"/hello", nil))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

// Minutes pass at once in a synctest bubble.
func TestDefaultTimeouts(t *testing.T) {
	want := map[adapter.Format]time.Duration{
		adapter.RESTAPI: 29 * time.Second, adapter.HTTPAPIV1: 30 * time.Second, adapter.HTTPAPIV2: 30 * time.Second,
		adapter.FunctionURL: 15 * time.Minute, adapter.ALB: 15 * time.Minute, adapter.LatticeV1: 15 * time.Minute, adapter.LatticeV2: 15 * time.Minute,
	}
	for _, f := range formats {
		synctest.Test(t, func(t *testing.T) {
			var took time.Duration
			g := gateway.Config{Format: f.format, Function: function(func(ctx context.Context, _ []byte) ([]byte, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}), Observe: func(_ *http.Request, record gateway.Record) { took = record.Duration }}
			if serve(g, httptest.NewRequest("GET", f.base+"/", nil)); took != want[f.format] {
				t.Errorf("%v: gave up after %v, want %v", f.format, took, want[f.format])
			}
		})
	}
}

func TestRequestOverTheLimit(t *testing.T) {
	const mb = 1 << 20
	tests := []struct {
		name  string
		size  int
		cause string
	}{
		{"body that fits the API but not Lambda", 7 * mb, "the event is over Lambda's limit of 6 MB, base64's third included: let clients upload by a presigned URL"},
		{"body over the API's limit", 10*mb + 1, "the body is over the front's limit"},
	}
	want := map[adapter.Format]seen{
		adapter.RESTAPI:   {413, `{"message":"Request Too Long"}`, "RequestTooLargeException", ""},
		adapter.HTTPAPIV2: {413, `{"message":"Request Entity Too Large"}`, "", ""},
	}
	for _, tt := range tests {
		for _, f := range formats {
			want, ok := want[f.format]
			if !ok {
				continue
			}
			t.Run(tt.name+"/"+f.format.String(), func(t *testing.T) {
				r := httptest.NewRequest("POST", f.base+"/hello", strings.NewReader(strings.Repeat("x", tt.size)))
				r.Header.Set("Content-Type", "text/plain")
				want.Cause = tt.cause
				g := gateway.Config{Function: returns(okReply), Format: f.format}
				if diff := cmp.Diff(want, see(t, g, r)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

func TestBodyThatBreaksOff(t *testing.T) {
	want := map[adapter.Format]seen{
		adapter.RESTAPI:     {400, `{"message":"Bad Request"}`, "BadRequestException", "the body could not be read"},
		adapter.HTTPAPIV1:   {400, `{"message":"Bad Request"}`, "", "the body could not be read"},
		adapter.HTTPAPIV2:   {400, `{"message":"Bad Request"}`, "", "the body could not be read"},
		adapter.FunctionURL: {400, `Bad Request`, "", "the body could not be read"},
		adapter.ALB:         {400, page("400 Bad Request"), "", "the body could not be read"},
		adapter.LatticeV1:   {400, `Bad Request`, "", "the body could not be read"},
		adapter.LatticeV2:   {400, `Bad Request`, "", "the body could not be read"},
	}
	for _, f := range formats {
		r := httptest.NewRequest("POST", f.base+"/", iotest.ErrReader(errors.New("reset")))
		got := see(t, gateway.Config{Function: returns(okReply), Format: f.format}, r)
		if diff := cmp.Diff(want[f.format], got); diff != "" {
			t.Errorf("%v: -want +got:\n%s", f.format, diff)
		}
	}
}
