package roundtrip

import (
	"slices"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

const (
	// maxReply is the largest JSON Lambda takes from a function: its quota of
	// 6 MB and 100 bytes (recorded).
	maxReply = 6<<20 + 100
	// maxALBReply is what an ALB takes ("Lambda functions as targets").
	maxALBReply = 1 << 20
	// maxPrelude is where a stream's body must begin at the latest ("Set up a
	// Lambda proxy integration with payload response streaming in API Gateway";
	// assumed of function URLs, unconfirmed).
	maxPrelude = 16 << 10
)

// anything is the value of a field that is there with a value of its own each
// time, like an id.
const anything = "*"

// forwarded is what API Gateway, function URLs and ALBs say of the connection
// they ended.
var forwarded = facts{
	"Header[X-Forwarded-For]":   list("127.0.0.1"),
	"Header[X-Forwarded-Port]":  list("443"),
	"Header[X-Forwarded-Proto]": list("https"),
	"Header[X-Amzn-Trace-Id]":   anything,
}

// perHop belongs to one connection, and the front has two. That the fronts
// other than REST APIs keep these headers of a request to themselves is
// unconfirmed.
var perHop = slices.Concat(perHopALB, []string{"Header[Upgrade]"})

// perHopALB: an ALB refuses to upgrade anything.
var perHopALB = []string{
	"Header[Connection]", "Header[Keep-Alive]", "Header[Te]", "Trailer[X-Sum]",
	"Reply.Header[Keep-Alive]", "Reply.Header[Upgrade]", "Reply.Trailer[X-Sum]",
}

// The members of a reply. On a REST API any other is a 502; of a stream's
// beginning they are all optional.
var (
	payload1Reply = []string{"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
	payload2Reply = []string{"statusCode", "headers", "cookies", "body", "isBase64Encoded"}
	albReply      = []string{"statusCode", "statusDescription", "headers", "body", "isBase64Encoded"}
	albListsReply = []string{"statusCode", "statusDescription", "multiValueHeaders", "body", "isBase64Encoded"}
	latticeReply  = []string{"statusCode", "headers", "body", "isBase64Encoded"}
	restPrelude   = []string{"statusCode", "headers", "multiValueHeaders"}
	urlPrelude    = []string{"statusCode", "headers", "cookies"}
)

// frontTable holds every format a handler can be served through, in every mode
// that it has. What it says was recorded on AWS where nothing else is said.
var frontTable = []front{
	restAPI,
	restAPI.streamed(restStream, restPrelude),
	{
		id:        v1,
		settings:  gateway.Config{Format: adapter.HTTPAPIV1},
		replyKeys: payload1Reply,
		limit:     maxReply,
		replyType: "text/plain; charset=utf-8",
		drops:     perHop,
		adds:      forwarded.with(facts{"Reply.Header[Apigw-Requestid]": anything}),
	},
	{
		id:        v2,
		settings:  gateway.Config{Format: adapter.HTTPAPIV2},
		replyKeys: payload2Reply,
		limit:     maxReply,
		lacks:     []string{"URL.RawPath"},
		replyType: "text/plain; charset=utf-8",
		drops:     perHop,
		adds:      forwarded.with(facts{"Reply.Header[Apigw-Requestid]": anything}),
	},
	functionURL,
	functionURL.streamed(furlStream, urlPrelude),
	{
		id:        alb,
		settings:  gateway.Config{Format: adapter.ALB},
		replyKeys: albReply,
		limit:     maxALBReply,
		lacks:     []string{"StageVariable"},
		drops:     perHopALB,
		adds:      forwarded,
	},
	{
		id:        albLists,
		variant:   "with lists",
		settings:  gateway.Config{Format: adapter.ALB, MultiValueHeaders: true},
		replyKeys: albListsReply,
		limit:     maxALBReply,
		lacks:     []string{"StageVariable"},
		drops:     perHopALB,
		adds:      forwarded,
	},
	lattice(lattice1, "", gateway.Config{Format: adapter.LatticeV1}, "RemoteAddr", "StageVariable", "TLS.ServerName", "requestContext"),
	lattice(lattice2, "", gateway.Config{Format: adapter.LatticeV2}, "RemoteAddr", "StageVariable", "TLS.ServerName"),
	lattice(lattice2Texts, "with texts", gateway.Config{Format: adapter.LatticeV2, LatticeStrings: true}, "RemoteAddr", "StageVariable", "TLS.ServerName"),
}

var restAPI = front{
	id:        rest,
	settings:  gateway.Config{Format: adapter.RESTAPI, BasePath: "/"}, // a custom domain: no stage in the client's path
	replyKeys: payload1Reply,
	limit:     maxReply,
	replyType: "application/json",
	drops: slices.Concat(perHop, []string{
		"Header[Expect]", "Header[Max-Forwards]",
	}),
	renames: map[string]string{
		"Reply.Header[Server]":           "Reply.Header[X-Amzn-Remapped-Server]",
		"Reply.Header[Www-Authenticate]": "Reply.Header[X-Amzn-Remapped-Www-Authenticate]",
	},
	adds: forwarded.with(facts{
		"Reply.Header[X-Amzn-Requestid]": anything,
		"Reply.Header[X-Amz-Apigw-Id]":   anything,
		"Reply.Header[X-Amzn-Trace-Id]":  anything,
	}),
}

var functionURL = front{
	id:        furl,
	settings:  gateway.Config{Format: adapter.FunctionURL},
	replyKeys: payload2Reply,
	limit:     maxReply,
	lacks:     []string{"StageVariable"},
	replyType: "application/json",
	drops:     perHop,
	adds: forwarded.with(facts{
		"Header[X-Amzn-Tls-Version]":      anything,
		"Header[X-Amzn-Tls-Cipher-Suite]": anything,
		"Reply.Header[X-Amzn-Requestid]":  anything,
		"Reply.Header[X-Amzn-Trace-Id]":   anything,
	}),
}

// lattice is VPC Lattice, which to a function does not say whether the client
// used TLS (documented samples), nor, as far as is known, more than the client
// itself of where it is: neither is believed. Its word on who it is never arrives
// ("HTTP targets in VPC Lattice").
func lattice(id fronts, variant string, settings gateway.Config, lacks ...string) front {
	return front{
		id:        id,
		variant:   variant,
		settings:  settings,
		replyKeys: latticeReply,
		limit:     maxReply,
		lacks:     lacks,
		drops:     slices.Concat(perHop, []string{"Header[X-Amzn-Lattice-Identity]"}),
		says:      facts{"TLS": "false", "Remote": `unparseable: ""`},
		adds: facts{
			"Header[X-Forwarded-For]": list("127.0.0.1"),
			"Header[X-Amzn-Trace-Id]": anything, // the runtime's
		},
	}
}
