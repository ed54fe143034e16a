package adapter

import (
	"time"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// front is all that sets one format apart from the others.
type front struct {
	request func(*fields) source
	reply   dialect
	// replyLists is the dialect for events with lists of header values, where
	// the front has two; the zero dialect: it has one.
	replyLists dialect
	// streams reports whether the front can take the reply as it is made.
	streams bool
	// patience is how long the front waits for a reply, as far as that is
	// known; 0: as long as the function may run.
	patience time.Duration
	// late is the status for a handler that took longer.
	late int
}

// source is where a format keeps the parts of its request.
type source struct {
	method, path, sourceIP, protocol scan.Text

	pathDecoded bool   // the path comes percent-decoded
	verb, route string // method and encoded path, for the format whose events have none
	query       queryForm
	rawQuery    scan.Text // for that form
	forwarded   bool      // the client's address is only in X-Forwarded-For, which the front completes
	schemeless  bool      // X-Forwarded-Proto would be the client's own
}

// queryForm is how a format writes the query.
type queryForm uint8

const (
	rawQuery    queryForm = iota // one string, as the client sent it
	decodedMaps                  // maps of decoded names and values
	rawMaps                      // maps of names and values as the client sent them
)

// dialect is how a format wants its reply.
type dialect struct {
	lists       bool // values are lists in multiValueHeaders, not strings in headers
	cookies     bool // Set-Cookie has a list of its own
	description bool // there is a statusDescription
	limit       int  // of the reply, in bytes of JSON
}

var fronts = [...]front{
	RESTAPI: {
		request:  (*fields).payloadV1,
		reply:    dialect{lists: true, limit: lambdaLimit},
		patience: restAPIPatience, late: 504,
		streams: true,
	},
	HTTPAPIV1: {
		request:  (*fields).payloadV1,
		reply:    dialect{lists: true, limit: lambdaLimit},
		patience: httpAPIPatience, late: 503,
	},
	HTTPAPIV2: {
		request:  (*fields).payloadV2,
		reply:    dialect{cookies: true, limit: lambdaLimit},
		patience: httpAPIPatience, late: 503,
	},
	FunctionURL: {
		request: (*fields).functionURL,
		reply:   dialect{cookies: true, limit: lambdaLimit},
		late:    503,
		streams: true,
	},
	ALB: {
		request:    (*fields).alb,
		reply:      dialect{description: true, limit: albLimit},
		replyLists: dialect{description: true, lists: true, limit: albLimit},
		late:       504,
	},
	LatticeV1: {
		request: (*fields).latticeV1,
		reply:   dialect{limit: lambdaLimit},
		late:    504,
	},
	LatticeV2: {
		request: (*fields).latticeV2,
		reply:   dialect{limit: lambdaLimit},
		late:    504,
	},
	WebSocketAPI: {
		request:  (*fields).webSocket,
		reply:    dialect{limit: lambdaLimit},
		patience: restAPIPatience, late: 504,
	},
}

// dialect returns how the front of this event wants the reply.
func (f *fields) dialect(format Format) *dialect {
	if front := &fronts[format]; !f.marks.lists || front.replyLists == (dialect{}) {
		return &front.reply
	}
	return &fronts[format].replyLists
}

// detect finds the format. Its order matters: authorizer and agent events look
// exactly like requests but for the members tested first, and a VPC Lattice v2
// event has payload 2.0's version.
func (f *fields) detect() (Format, error) {
	c, m := &f.context, &f.marks
	payload2 := f.version.Len() == 0 || f.version.Is(f.data, "2.0")
	switch {
	case c.twice: // which of the two would say who is calling?
		return 0, &EventError{Reason: ReasonTwice}
	case m.authorizerType && m.authorizerARN:
		return 0, &EventError{Reason: ReasonAuthorizer}
	case m.messageVersion && m.agent:
		return 0, &EventError{Reason: ReasonAgent}
	case c.elb:
		return ALB, nil
	case c.connectionID && c.eventType.Len() > 0:
		return WebSocketAPI, nil
	case c.service:
		return LatticeV2, nil
	case f.snakePath.Len() > 0 && f.method.Len() > 0 && c.span == span{}:
		return LatticeV1, nil
	case c.http && payload2 && f.isFunctionURL():
		return FunctionURL, nil
	case c.http && payload2:
		return HTTPAPIV2, nil
	case f.method.Len() > 0 && f.version.Is(f.data, "1.0"):
		return HTTPAPIV1, nil
	case f.method.Len() > 0 && f.version.Len() == 0 && c.span != span{}:
		return RESTAPI, nil
	}
	return 0, &EventError{Reason: ReasonUnknown}
}
