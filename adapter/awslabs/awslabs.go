// Package awslabs is the way off github.com/awslabs/aws-lambda-go-api-proxy,
// which was archived in May 2025, one step at a time:
//
//   - Export keeps handlers running that ask the library's package core for the
//     event's context, on adapter.Handler instead of the library's adapters.
//   - Import lets packages claims and authz see who is calling in a program whose
//     main still runs the library.
//   - New, NewV2 and NewALB have the library's ProxyWithContext, for programs that
//     call it from a Lambda handler of their own.
//
// The README beside this file shows the way as diffs, from this library and from
// others like it, and lists what behaves differently.
//
// # The context in headers
//
// The library's Proxy, without a context, puts requestContext and the stage
// variables into headers X-GoLambdaProxy-…, and its RequestAccessor types read
// them back from there. A client can send such a header too: ProxyWithContext
// hands it on as it came, and payload format 2.0 adds its own behind the
// client's, where nobody reads it. So this package never reads these headers.
// Export takes them out of the request, and handlers that look for them find
// none.
package awslabs

import "net/http"

// Export returns a handler that serves next with what the library's adapters
// would have put into the request's context, so that these functions of the
// library's package core answer as before:
//
//   - on REST APIs and payload format 1.0: GetAPIGatewayContextFromContext,
//     GetStageVarsFromContext and GetRuntimeContextFromContext
//   - on payload format 2.0 and function URLs: GetAPIGatewayV2ContextFromContext,
//     GetStageVarsFromContextV2 and GetRuntimeContextFromContextV2
//   - on ALBs: GetTargetGroupRequetFromContextALB and
//     GetRuntimeContextFromContextALB
//
// On other fronts, without an event as under httptest, and for an event that the
// library's types cannot hold, they answer false. The context is decoded when
// the first of them is called, which has to happen before next returns; a
// request whose handler asks for nothing pays for no decoding.
//
// The request that next sees has no header X-GoLambdaProxy-…, in any case.
//
// Export panics if next is nil.
func Export(next http.Handler) http.Handler {
	return wrap("Export", next, export)
}

// Import returns a handler that serves next with an adapter.Event made of the
// values that the library's ProxyWithContext put into the request's context, so
// that claims and authz, which ask for the Event, work under the library's
// adapters. It belongs outside of them.
//
// The Event holds the format, the request context and the stage variables, as
// far as the library's types do; Decode and Raw give no more than that, besides
// the method and the path. What these types lack is lost, such as the caller's
// organization on a REST API, and so is what decoding into them changes: names
// are compared regardless of case, of a member that comes twice the last counts,
// and numbers are float64. The library keeps no version: payload format 1.0 of an
// HTTP API is told from a REST API by requestContext.resourceId, which is the
// route key there.
//
// A request without such values has no Event, and so nobody is calling: under
// Proxy, which has no context, whatever the headers say. A request that has an
// Event already, as under adapter.Handler, is served with that one. Headers are
// neither read nor changed.
//
// Import panics if next is nil.
func Import(next http.Handler) http.Handler {
	return wrap("Import", next, imported)
}

// wrap returns a handler that serves next with requests changed.
func wrap(name string, next http.Handler, change func(*http.Request) *http.Request) http.Handler {
	if next == nil {
		panic("awslabs: " + name + ": nil handler")
	}
	return &handler{next, change}
}

type handler struct {
	next   http.Handler
	change func(*http.Request) *http.Request
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	changed := h.change(r)
	if changed != r {
		defer removeFiles(changed, r)
	}
	h.next.ServeHTTP(w, changed)
}

// removeFiles removes the temporary files of a multipart form that was read from
// a copy of the request: the server only knows the request itself.
func removeFiles(copied, r *http.Request) {
	if form := copied.MultipartForm; form != nil && form != r.MultipartForm {
		_ = form.RemoveAll()
	}
}
