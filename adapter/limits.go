package adapter

import (
	"context"
	"time"
)

// Sizes that AWS sets, in bytes.
const (
	// lambdaLimit is what the Lambda runtime takes as a buffered reply; more
	// makes it end the process. (Function.ResponseSizeTooLarge: 6 MB and 100
	// bytes.)
	lambdaLimit = 6*1024*1024 + 100
	// albLimit is that of a load balancer's Lambda target.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
	albLimit = 1 << 20
	// largeHead is where the header of a reply is close to what fronts take: about
	// 10 KB on API Gateway.
	largeHead = 8 << 10
	// maxStreamHead is where a front looks for the end of a stream's head; of
	// function URLs that is unconfirmed.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
	maxStreamHead = 16 << 10
)

// Sizes that net/http sets.
const (
	// maxHead is its limit for a request line and header together,
	// http.DefaultMaxHeaderBytes. No front takes as much.
	maxHead = 1 << 20
	// sniffLen is how many bytes http.DetectContentType looks at.
	sniffLen = 512
	// streamBuffer is how much of a body waits for more before it is sent.
	streamBuffer = 4 << 10
)

// Sizes of what is kept for the next event.
const (
	// A request rarely has more than API Gateway's 10 KB of headers.
	maxArena  = 64 << 10
	maxFields = 1 << 10
	// Memory for the largest body that can come or be sent: making it anew costs
	// more than all else about it.
	maxContent = 8 << 20
)

// What AddAttrs keeps for one invocation.
const (
	maxAttrs     = 32
	maxAttrBytes = 8 << 10
)

// How long fronts wait for a reply, less half a second for its way: 30 s on HTTP
// APIs, 29 s on REST and WebSocket APIs unless raised.
const (
	httpAPIPatience = 29500 * time.Millisecond
	restAPIPatience = 28500 * time.Millisecond
)

// How much of a deadline is kept for an answer in the handler's place: a share of
// what is left when the handler begins, within bounds.
const (
	deadlineShare = 100
	minReserve    = 50 * time.Millisecond
	maxReserve    = 500 * time.Millisecond
)

// limit returns how long the handler may take, of a front with this patience;
// false for no limit. See Options.Timeout.
func (h *Handler) limit(ctx context.Context, patience time.Duration) (time.Duration, bool) {
	deadline, hasDeadline := ctx.Deadline()
	limit := h.options.Timeout
	if limit == 0 && hasDeadline {
		limit = patience
	}
	if !hasDeadline {
		return limit, limit > 0
	}
	left := time.Until(deadline)
	left -= min(max(left/deadlineShare, minReserve), maxReserve)
	if limit <= 0 {
		return left, true
	}
	return min(limit, left), true
}

// lastCall is when the functions of Options have to be done that are told of an
// answer in the handler's place, or of a stream's end; false for no limit. Half of
// what was kept for the answer is theirs.
func (x *exchange) lastCall() (last time.Time, limited bool) {
	if last, limited = x.parent.Deadline(); limited {
		last = last.Add(-minReserve / 2)
	}
	if g := x.guard; g != nil {
		if own := g.deadline.Add(maxReserve / 2); !limited || own.Before(last) {
			last, limited = own, true
		}
	}
	return last, limited
}
