package awslabs_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/awslabs/aws-lambda-go-api-proxy/core"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
	"github.com/gatehouse-go/gatehouse/cors"
)

// answers are what the library's accessors say, true or false included.
type answers struct {
	V1                             events.APIGatewayProxyRequestContext
	V2                             events.APIGatewayV2HTTPRequestContext
	ALB                            events.ALBTargetGroupRequestContext
	VariablesV1, VariablesV2       map[string]string
	RuntimeV1, RuntimeV2, RuntimeB *lambdacontext.LambdaContext
	OK                             [8]bool
}

func ask(ctx context.Context) (a answers) {
	a.V1, a.OK[0] = core.GetAPIGatewayContextFromContext(ctx)
	a.VariablesV1, a.OK[1] = core.GetStageVarsFromContext(ctx)
	a.RuntimeV1, a.OK[2] = core.GetRuntimeContextFromContext(ctx)
	a.V2, a.OK[3] = core.GetAPIGatewayV2ContextFromContext(ctx)
	a.VariablesV2, a.OK[4] = core.GetStageVarsFromContextV2(ctx)
	a.RuntimeV2, a.OK[5] = core.GetRuntimeContextFromContextV2(ctx)
	a.ALB, a.OK[6] = core.GetTargetGroupRequetFromContextALB(ctx)
	a.RuntimeB, a.OK[7] = core.GetRuntimeContextFromContextALB(ctx)
	return a
}

// asking is a handler that asks all accessors.
func asking(into *answers) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*into = ask(r.Context())
		io.WriteString(w, "asked")
	})
}

// exported serves h by adapter and Export.
func exported(h http.Handler) function { return adapter.New(awslabs.Export(h), nil).Invoke }

var authorizers = []struct {
	name  string
	front adapter.Format
	json  string
}{
	{"REST without authorizer", adapter.RESTAPI, ""},
	{"REST, authorizer null", adapter.RESTAPI, "null"},
	{"REST, Cognito", adapter.RESTAPI, cognito},
	{"REST, native JWT", adapter.RESTAPI, native},
	{"REST, Lambda", adapter.RESTAPI, lambdaREST},
	{"payload 1.0 without authorizer", adapter.HTTPAPIV1, ""},
	{"payload 1.0, JWT", adapter.HTTPAPIV1, jwtV1},
	{"payload 2.0 without authorizer", adapter.HTTPAPIV2, ""},
	{"payload 2.0, JWT", adapter.HTTPAPIV2, jwtV2},
	{"payload 2.0, Lambda", adapter.HTTPAPIV2, lambdaV2},
	{"payload 2.0, Lambda without context", adapter.HTTPAPIV2, `{"lambda":null}`},
	{"payload 2.0, IAM", adapter.HTTPAPIV2, iamV2},
	{"function URL", adapter.FunctionURL, ""},
	{"function URL, IAM", adapter.FunctionURL, iamV2},
	{"ALB", adapter.ALB, ""},
}

// The library itself is the oracle: each accessor must say what it says there.
func TestExport(t *testing.T) {
	for _, row := range authorizers {
		t.Run(row.name, func(t *testing.T) {
			var want, got answers
			event := eventOf(row.front, row.json)
			run(t, onLibrary(row.front, asking(&want)), event)
			run(t, exported(asking(&got)), event)
			if want.OK == [8]bool{} {
				t.Fatal("the library's accessors know nothing either")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the accessors say something else than on the library (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExportKnowsNothing(t *testing.T) {
	for front, event := range foreign {
		var got answers
		run(t, exported(asking(&got)), []byte(event))
		if got.OK != [8]bool{} {
			t.Errorf("%v: accessors answered %v, want false", front, got.OK)
		}
	}
	var got answers
	w := httptest.NewRecorder()
	awslabs.Export(asking(&got)).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if got.OK != [8]bool{} || w.Body.String() != "asked" {
		t.Errorf("without an event: accessors answered %v, body %q, want false and the handler's", got.OK, w.Body)
	}
}

// The library fails the invocation for these. Its accessors say false here, and
// nothing of the event is printed, as the library does.
func TestExportUndecodable(t *testing.T) {
	for name, event := range map[string][]byte{
		"claim that is no text": eventOf(adapter.HTTPAPIV2, `{"jwt":{"claims":{"sub":["secret"]}}}`),
		"authorizer of no kind": eventOf(adapter.RESTAPI, `"secret"`),
		"host name":             []byte(`{"httpMethod":"GET","path":"/","requestContext":{"domainName":"secret host\u0000"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			var got answers
			printed := capture(t, func() {
				if reply := run(t, exported(asking(&got)), event); reply.Body != "asked" {
					t.Errorf("reply = %+v, want the handler's", reply)
				}
			})
			if got.OK != [8]bool{} {
				t.Errorf("accessors answered %v, want false", got.OK)
			}
			if printed != "" {
				t.Errorf("printed %q, want nothing", printed)
			}
		})
	}
}

// The event's bytes are the runtime's once the handler has returned: whoever
// asks first after that must not get half an answer.
func TestExportAfterwards(t *testing.T) {
	each(t, func(t *testing.T, front adapter.Format) {
		var early, late context.Context
		keep := func(asked bool) http.Handler {
			return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if asked {
					ask(r.Context())
					early = r.Context()
				} else {
					late = r.Context()
				}
			})
		}
		event := eventOf(front, "")
		run(t, exported(keep(true)), event)
		run(t, exported(keep(false)), event)
		if ask(early).OK == [8]bool{} {
			t.Error("accessors that had answered forgot it")
		}
		if got := ask(late).OK; got != [8]bool{} {
			t.Errorf("accessors first asked after the invocation answered %v, want false", got)
		}
	})
}

func TestExportConcurrently(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var askers sync.WaitGroup
		for range 8 {
			askers.Go(func() {
				if rc, ok := core.GetAPIGatewayV2ContextFromContext(r.Context()); !ok || rc.APIID != "a1b2c3" {
					t.Errorf("context = %q, %v, want the event's", rc.APIID, ok)
				}
			})
		}
		askers.Wait()
	})
	run(t, exported(h), eventOf(adapter.HTTPAPIV2, ""))
}

// What is asked for by other keys, and the end of the request, are as without
// Export; and a context derived from the request's costs no goroutine.
func TestExportContext(t *testing.T) {
	var child context.Context
	var cancel context.CancelFunc
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if event, ok := adapter.FromContext(r.Context()); !ok || event.Format() != adapter.RESTAPI {
			t.Error("no event in the context")
		}
		if lc, ok := lambdacontext.FromContext(r.Context()); !ok || lc.AwsRequestID != "8c1d7f00" {
			t.Error("no Lambda context in the context")
		}
		before := runtime.NumGoroutine()
		for range 100 {
			child, cancel = context.WithCancel(r.Context())
			t.Cleanup(cancel) // after the end of the invocation, which must have done it
		}
		if n := runtime.NumGoroutine() - before; n >= 100 {
			t.Errorf("100 derived contexts made %d goroutines", n)
		}
	})
	run(t, exported(h), eventOf(adapter.RESTAPI, ""))
	<-child.Done()
}

func TestExportCost(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	event := eventOf(adapter.HTTPAPIV2, jwtV2)
	idle := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	allocs := func(h http.Handler) float64 {
		f := adapter.New(h, nil)
		return testing.AllocsPerRun(200, func() {
			if _, err := f.Invoke(context.Background(), event); err != nil {
				t.Fatal(err)
			}
		})
	}
	// One for the context, one for the request that carries it.
	if with, without := allocs(awslabs.Export(idle)), allocs(idle); with > without+2 {
		t.Errorf("a request that asks for nothing makes %v allocations, want at most %v", with, without+2)
	}
}

func TestNilHandler(t *testing.T) {
	for name, wrap := range map[string]func(http.Handler) http.Handler{"Export": awslabs.Export, "Import": awslabs.Import} {
		if got := panicOf(func() { wrap(nil) }); got != "awslabs: "+name+": nil handler" {
			t.Errorf("%s(nil) panicked with %q", name, got)
		}
	}
}

// TestCORSOutsideTheHandler: adapter's own answers find the settings behind
// Export.
func TestCORSOutsideTheHandler(t *testing.T) {
	failing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	api := cors.MustNew(cors.Config{AllowOrigins: []string{"*"}})
	for name, h := range map[string]http.Handler{"inside": awslabs.Export(api.Wrap(failing)), "outside": api.Wrap(awslabs.Export(failing))} {
		reply := run(t, adapter.New(h, &adapter.Options{Logger: discard}).Invoke, eventOf(adapter.HTTPAPIV2, ""))
		if reply.StatusCode != 500 || reply.Headers["Access-Control-Allow-Origin"] != "*" {
			t.Errorf("cors %s Export: reply = %+v, want a 500 with cors's header", name, reply)
		}
	}
}
func panicOf(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return ""
}
