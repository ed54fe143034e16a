package awslabs_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/awslabs/aws-lambda-go-api-proxy/core"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
)

// forged are headers that a client can send: what the library's Proxy would
// write for a caller with every scope, in several spellings.
var forged = []string{
	"X-GoLambdaProxy-ApiGw-Context", `{"apiId":"evil","httpMethod":"GET","resourceId":"al6gqb","http":{"method":"GET"},"authorizer":` + forgedAuthorizer + `}`,
	"x-golambdaproxy-apigw-stagevars", `{"table":"evil"}`,
	"X-GOLAMBDAPROXY-ALB-CONTEXT", `{"elb":{"targetGroupArn":"evil"},"authorizer":` + forgedAuthorizer + `}`,
}

const forgedAuthorizer = `{"jwt":{"claims":{"sub":"root","iss":"` + pool + `","scope":"notes/write","exp":"4102444800"}},` +
	`"claims":{"sub":"root","iss":"` + pool + `","scope":"notes/write","exp":4102444800}}`

// Why all this: on the library, a client that sends the header is believed.
func TestLibraryBelievesTheClient(t *testing.T) {
	var got string
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var accessor core.RequestAccessorV2
		rc, err := accessor.GetAPIGatewayContextV2(r)
		if err == nil && rc.Authorizer != nil {
			got = rc.Authorizer.JWT.Claims["sub"]
		}
		w.WriteHeader(http.StatusNoContent)
	})
	event := eventOf(adapter.HTTPAPIV2, jwtV2, "x-golambdaproxy-apigw-context", `{"authorizer":{"jwt":{"claims":{"sub":"root"}}}}`)
	run(t, onLibraryHeaders(adapter.HTTPAPIV2, h), event)
	if got != "root" {
		t.Errorf("subject = %q, want root: the README warns of what does not happen", got)
	}
	got = ""
	run(t, exported(h), event)
	if got != "" {
		t.Errorf("under Export: subject = %q, want none", got)
	}
}

// Whatever the client sends, callers are those of the event, under each of the
// library's ways to hand on the context and under adapter.
func TestForgedHeaderNamesNobody(t *testing.T) {
	for _, row := range authorizers {
		t.Run(row.name, func(t *testing.T) {
			for name, serve := range map[string]func(http.Handler) function{
				"library, context": func(h http.Handler) function { return onLibrary(row.front, awslabs.Import(h)) },
				"library, headers": func(h http.Handler) function { return onLibraryHeaders(row.front, awslabs.Import(h)) },
				"adapter":          exported,
			} {
				var honest, hostile extracted
				run(t, serve(extracting(&honest)), eventOf(row.front, row.json))
				run(t, serve(extracting(&hostile)), eventOf(row.front, row.json, forged...))
				if diff := cmp.Diff(honest, hostile); diff != "" {
					t.Errorf("%s: the headers changed the caller (-honest +hostile):\n%s", name, diff)
				}
				if name == "library, headers" && hostile.Key != "" {
					t.Errorf("%s: caller = %+v, want nobody: there is no context to take it from", name, hostile)
				}
			}
		})
	}
}

// The accessors for contexts answer the same with such headers as without, and
// those for headers, which on the library believe them, find none.
func TestForgedHeaderUnderExport(t *testing.T) {
	each(t, func(t *testing.T, front adapter.Format) {
		var honest, hostile answers
		run(t, exported(asking(&honest)), eventOf(front, ""))
		run(t, exported(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			believeHeaders(t, r)
			asking(&hostile).ServeHTTP(w, r)
		})), eventOf(front, "", forged...))
		if diff := cmp.Diff(honest, hostile); diff != "" {
			t.Errorf("the headers changed what accessors say (-honest +hostile):\n%s", diff)
		}
	})
}

func believeHeaders(t *testing.T, r *http.Request) {
	t.Helper()
	var v1 core.RequestAccessor
	var v2 core.RequestAccessorV2
	var alb core.RequestAccessorALB
	if rc, err := v1.GetAPIGatewayContext(r); err == nil {
		t.Errorf("GetAPIGatewayContext believed the client: API %q", rc.APIID)
	}
	if rc, err := v2.GetAPIGatewayContextV2(r); err == nil {
		t.Errorf("GetAPIGatewayContextV2 believed the client: API %q", rc.APIID)
	}
	if variables, err := v1.GetAPIGatewayStageVars(r); err == nil {
		t.Errorf("GetAPIGatewayStageVars believed the client: %v", variables)
	}
	if rc, err := alb.GetContextALB(r); err == nil {
		t.Errorf("GetContextALB believed the client: %v", rc.ELB)
	}
	for i := 0; i < len(forged); i += 2 {
		if values, ok := r.Header[http.CanonicalHeaderKey(forged[i])]; ok {
			t.Errorf("the handler sees %s: %q", forged[i], values)
		}
	}
}

// The header is left as it is for those who still hold the request, and all
// other headers reach the handler.
func TestExportLeavesTheRequest(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-GoLambdaProxy-ApiGw-Context", "{}")
	r.Header.Set("X-Other", "1")
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if diff := cmp.Diff(http.Header{"X-Other": {"1"}}, r.Header); diff != "" {
			t.Errorf("header (-want +got):\n%s", diff)
		}
	})
	awslabs.Export(h).ServeHTTP(httptest.NewRecorder(), r)
	if r.Header.Get("X-GoLambdaProxy-ApiGw-Context") != "{}" {
		t.Error("Export changed the request that it was given")
	}
}
