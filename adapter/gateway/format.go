package gateway

import (
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// front is what the gateway knows about one format.
type front struct {
	stage    string        // where Config.Stage is empty
	timeout  time.Duration // where Config.Timeout is 0
	maxBody  int64         // bytes of request body
	maxReply int           // bytes of reply

	locate func(*Gateway, string) (place, bool) // the paths in the event, and the one to route
	routed bool                                 // Config.Routes decide; if not, every request has the route called only
	only   string                               // the key of that route
	rest   bool                                 // it is a REST API
	screen func(*call) error                    // refuses what the front does not forward; nil: nothing
	event  func(*call) (any, error)             // the event, ready for encoding/json
	bare   bool                                 // the event has no place for authorizer data
	ids    func(*call) map[string]string        // headers of every answer; nil: none
	cors   func(*call, http.Header)             // what CORS settings do to a reply; nil: the front has none

	errors    map[failure]ownAnswer
	errorType string // Content-Type of the front's own answers

	reply       func(*call, []byte) (*response, error)
	prelude     func(*call, []byte) (*response, error) // of a streamed reply; nil: the front cannot stream
	verbatim    bool                                   // a stream without prelude is the body
	contentType string                                 // of a reply that names none (recorded); "": none is sent
	remapped    []string                               // headers of the reply that the client sees under another name
}

const (
	jsonType = "application/json"
	textType = "text/plain; charset=utf-8"
	htmlType = "text/html"
)

// API Gateway's payload quota is 10 MB ("Quotas for configuring and running a
// REST API", "Quotas for ... an HTTP API"); Lambda's own limits are 6 MB for a
// synchronous request and 100 bytes more for its reply. An ALB takes 1 MB each
// way ("Lambda functions as targets").
const (
	maxAPIBody = 10 << 20
	maxALB     = 1 << 20
	maxEvent   = 6 << 20
	maxReply   = 6<<20 + 100
)

// maxDuration is how long a function can run ("Lambda quotas") and a REST API
// can stream ("Stream the integration response for your proxy integrations").
const maxDuration = 15 * time.Minute

// frontOf returns what is known about f, nil for a format without a front.
func frontOf(f adapter.Format) *front {
	switch f {
	case adapter.RESTAPI:
		return &front{
			stage: "prod", timeout: 29 * time.Second, maxBody: maxAPIBody, maxReply: maxReply,
			locate: locateREST, routed: true, rest: true,
			event: eventREST, ids: idsREST, errors: errorsREST, errorType: jsonType,
			reply: replyREST, prelude: preludeREST, contentType: jsonType, remapped: remappedREST,
		}
	case adapter.HTTPAPIV1:
		return &front{
			stage: defaultStage, timeout: 30 * time.Second, maxBody: maxAPIBody, maxReply: maxReply,
			locate: locateHTTPAPIV1, routed: true,
			event: eventHTTPAPIV1, ids: idsHTTPAPI, cors: replaceCORS, errors: errorsHTTPAPI, errorType: jsonType,
			reply: replyHTTPAPIV1, contentType: textType,
		}
	case 0, adapter.HTTPAPIV2:
		return &front{
			stage: defaultStage, timeout: 30 * time.Second, maxBody: maxAPIBody, maxReply: maxReply,
			locate: locateHTTPAPIV2, routed: true,
			event: eventHTTPAPIV2, ids: idsHTTPAPI, cors: replaceCORS, errors: errorsHTTPAPI, errorType: jsonType,
			reply: replyHTTPAPIV2, contentType: textType,
		}
	case adapter.FunctionURL:
		return &front{
			stage: defaultStage, timeout: maxDuration, maxBody: maxEvent, maxReply: maxReply,
			locate: locateVerbatim, only: defaultRoute,
			event: eventFunctionURL, ids: idsFunctionURL, cors: addCORS, errors: errorsFunctionURL, errorType: jsonType,
			reply: replyURL, prelude: preludeURL, verbatim: true, contentType: jsonType,
		}
	case adapter.ALB:
		return &front{
			timeout: maxDuration, maxBody: maxALB, maxReply: maxALB,
			locate: locateVerbatim, screen: screenALB,
			event: eventALB, bare: true, errors: errorsALB, errorType: htmlType,
			reply: replyALB,
		}
	case adapter.LatticeV1:
		return &front{
			timeout: maxDuration, maxBody: maxEvent, maxReply: maxReply,
			locate: locateVerbatim,
			event:  eventLatticeV1, bare: true, errors: errorsLattice, errorType: textType,
			reply: replyLattice,
		}
	case adapter.LatticeV2:
		return &front{
			timeout: maxDuration, maxBody: maxEvent, maxReply: maxReply,
			locate: locateVerbatim,
			event:  eventLatticeV2, bare: true, errors: errorsLattice, errorType: textType,
			reply: replyLattice,
		}
	case adapter.WebSocketAPI:
		return &front{
			stage: "prod", timeout: 29 * time.Second, maxBody: 0, maxReply: maxReply,
			locate: locateVerbatim, only: connectRoute,
			event: eventConnect, errors: errorsWebSocket, errorType: jsonType,
		}
	}
	return nil
}
