package gateway

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// front is what the gateway knows about one format.
type front struct {
	stage   string        // where Gateway.Stage is empty
	timeout time.Duration // where Gateway.Timeout is 0
	maxBody int64         // bytes of request body

	locate func(*Gateway, string) (place, bool) // which paths the event has, and what is routed
	routed bool                                 // routes exist; otherwise everything is $default
	tree   bool                                 // a resource is chosen before its method
	event  func(*call) (any, error)             // the event, ready for encoding/json
	ids    func(*call) map[string]string        // headers of every answer
	errors map[failure]ownAnswer

	reply       func(*call, []byte) (*response, error)
	contentType string   // of a reply that names none (recorded)
	remapped    []string // headers of the reply that the client sees under another name
}

const (
	jsonType = "application/json"
	textType = "text/plain; charset=utf-8"
)

// API Gateway's payload quota is 10 MB ("Quotas for configuring and running a
// REST API", "Quotas for ... an HTTP API"); Lambda's own limits are 6 MB for a
// synchronous request and 100 bytes more for its reply.
const (
	maxAPIBody = 10 << 20
	maxEvent   = 6 << 20
	maxReply   = 6<<20 + 100
)

// frontOf returns what is known about f, nil for a format without a front.
func frontOf(f adapter.Format) *front {
	switch f {
	case adapter.RESTAPI:
		return &front{
			stage: "prod", timeout: 29 * time.Second, maxBody: maxAPIBody,
			locate: locateREST, routed: true, tree: true,
			event: eventREST, ids: idsREST, errors: errorsREST,
			reply: replyREST, contentType: jsonType, remapped: remappedREST,
		}
	case adapter.HTTPAPIV1:
		return &front{
			stage: defaultStage, timeout: 30 * time.Second, maxBody: maxAPIBody,
			locate: locateHTTPAPIV1, routed: true,
			event: eventHTTPAPIV1, ids: idsHTTPAPI, errors: errorsHTTPAPI,
			reply: replyHTTPAPIV1, contentType: textType,
		}
	case 0, adapter.HTTPAPIV2:
		return &front{
			stage: defaultStage, timeout: 30 * time.Second, maxBody: maxAPIBody,
			locate: locateHTTPAPIV2, routed: true,
			event: eventHTTPAPIV2, ids: idsHTTPAPI, errors: errorsHTTPAPI,
			reply: replyV2, contentType: textType,
		}
	case adapter.FunctionURL:
		return &front{
			stage: defaultStage, timeout: 15 * time.Minute, maxBody: maxEvent,
			locate: locateFunctionURL,
			event:  eventFunctionURL, ids: idsFunctionURL, errors: errorsFunctionURL,
			reply: replyV2, contentType: jsonType,
		}
	}
	return nil
}

// Check reports every setting that no front could have, joined; nil if there
// is none. A Gateway checks itself before each request and answers 500.
func (g *Gateway) Check() error {
	var problems []error
	if g.Function == nil {
		problems = append(problems, errors.New("gateway: Function is nil"))
	}
	if strings.Contains(g.Stage, "/") {
		problems = append(problems, fmt.Errorf("gateway: Stage %q: holds a slash", g.Stage))
	}
	if g.Timeout < 0 {
		problems = append(problems, fmt.Errorf("gateway: Timeout %v: below zero", g.Timeout))
	}
	if s := g.scheme(); s != "https" && s != "http" {
		problems = append(problems, fmt.Errorf("gateway: Scheme %q: neither http nor https", s))
	}
	front := frontOf(g.Format)
	if front == nil {
		problems = append(problems, fmt.Errorf("gateway: Format %v: no such front yet", g.Format))
	} else if front.routed {
		_, err := parseRoutes(g.routes(), front.tree)
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

func (g *Gateway) scheme() string {
	if g.Scheme == "" {
		return "https"
	}
	return g.Scheme
}

func (g *Gateway) stage() string {
	if g.Stage == "" || g.Format == adapter.FunctionURL {
		return frontOf(g.Format).stage
	}
	return g.Stage
}

func (g *Gateway) timeout() time.Duration {
	if g.Timeout == 0 {
		return frontOf(g.Format).timeout
	}
	return g.Timeout
}

func (g *Gateway) apiID() string {
	if g.APIID == "" {
		return "a1b2c3d4e5"
	}
	return g.APIID
}
