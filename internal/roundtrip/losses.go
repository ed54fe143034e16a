package roundtrip

import (
	"strconv"
	"strings"
)

// reason says why a loss cannot be helped: what the front does, with the AWS
// page that says so or "recorded" where it was seen on the real service, or
// what the adapter decided.
type reason string

const (
	pathDecoded     reason = "HTTP APIs deliver rawPath decoded (recorded), its spelling is gone"
	oneLeadingSlash reason = "REST APIs deliver several slashes at the beginning as one (recorded)"
	pathOnly        reason = "events have the path and not the whole URL"
	onlyEscaped     reason = "adapter: RawPath is set where it decodes to Path, and RequestURI is what may stand in a request line"
	queryByName     reason = "the query arrives as maps (recorded; on VPC Lattice documented), its spelling and the order of its keys are gone"
	semicolonSplits reason = `a semicolon separates parameters ("Important notes for REST APIs")`
	noQuery         reason = "an empty query arrives as none (recorded)"
	headersJoined   reason = `repeated headers arrive joined by commas ("Create AWS Lambda proxy integrations for HTTP APIs"; on VPC Lattice documented samples)`
	lastOnly        reason = `of repeated values the last one arrives, unless the target group has multi-value headers ("Lambda functions as targets")`
	cookiesApart    reason = `cookies arrive one by one ("Create AWS Lambda proxy integrations for HTTP APIs")`
	clientsHops     reason = "the front has its own say on the client's connection (recorded on REST APIs)"
	overridden      reason = `X-HTTP-Method-Override changes the method ("Important notes for REST APIs")`
	noUpgrade       reason = `an ALB upgrades no connection to a function ("Lambda functions as targets")`
	noLength        reason = "REST API events have no Content-Length (recorded); the adapter knows that of a body, and not that an empty one had one"
	wholeBody       reason = "events hold the whole body"
	binaryTypes     reason = "under binaryMediaTypes */* text is base64, too, and 5 MB become more than Lambda's quota of 6"
	albBody         reason = `an ALB takes 1 MB of body ("Lambda functions as targets")`
	utf8Only        reason = "JSON holds UTF-8 only (RFC 8259, section 8.1)"
	defaultType     reason = "a reply without Content-Type gets the front's (recorded)"
	emptyType       reason = "an empty Content-Type is sent as none (unconfirmed)"
	replyJoined     reason = `a header of the reply is one string ("Create AWS Lambda proxy integrations for HTTP APIs", "Lambda functions as targets")`
	firstCookie     reason = "adapter: a header of the reply is one string, cookies cannot be joined, and the first is kept whole"
	tooLarge        reason = "adapter: a reply that the front or the Lambda runtime would refuse is a 500"
	finalOnly       reason = "a reply has one status"
	lengthRefused   reason = "adapter: no front can tell the client that part of a reply is missing, so that the reply is refused"
	traced          reason = "the fronts: a trace is given the fields that it lacks; adapter: the runtime's word counts"
	domainName      reason = "adapter: without a Host header the host is requestContext.domainName"
	noSuchStatus    reason = "adapter: 101 and statuses outside 200 to 599 are a 500, no front could send them"
	noNUL           reason = "adapter: a NUL becomes a blank (RFC 9110, section 5.5); net/http sends it, and clients refuse the reply"
	panicked        reason = "adapter: a panic is a 500 and the process lives; net/http closes the connection"
)

// decoded is the loss of a path's own escaping.
func decoded(escaped string) loss {
	return loss{on: v2, fields: facts{"URL.EscapedPath": escaped}, why: pathDecoded}
}

// requeried is the loss of a query's own spelling.
func requeried(on fronts, query string) loss {
	return loss{on: on, fields: facts{"URL.RawQuery": query}, why: queryByName}
}

// onlyLast is the query with the last value of each key.
func onlyLast(query string) loss {
	return loss{on: alb, fields: facts{"URL.RawQuery": query}, why: lastOnly}
}

// repeated is the loss of the borders between a header's values, or of all but
// the last.
func repeated(name string, values ...string) []loss {
	return []loss{
		{on: joins, fields: facts{headerField(name): list(strings.Join(values, ","))}, why: headersJoined},
		{on: alb, fields: facts{headerField(name): list(values[len(values)-1])}, why: lastOnly},
	}
}

// forwardedAs is an X-Forwarded header that the client sent itself.
func forwardedAs(on fronts, what, value string) loss {
	return loss{on: on, fields: facts{headerField("X-Forwarded-" + what): list(value)}, why: clientsHops}
}

// unchunked is a body whose length the event tells in advance.
func unchunked(length string) []loss {
	return []loss{
		{on: every, fields: facts{"ContentLength": length, "TransferEncoding": gone}, why: wholeBody},
		{on: every, fields: facts{"Header[Content-Length]": list(length)}, why: wholeBody},
	}
}

// unsized is the loss of the length of an empty body.
var unsized = []loss{{on: rests, fields: facts{"Header[Content-Length]": gone}, why: noLength}}

// refusedByALB is a request that the function never sees.
func refusedByALB(status, page string, why reason) loss {
	return loss{on: balancers, why: why, fields: facts{
		request: gone, "Reply.Status": status, contentType: list("text/html"),
		"Reply.Body": strconv.Quote("<html>\r\n<head><title>" + page + "</title></head>\r\n<body>\r\n<center><h1>" + page + "</h1></center>\r\n</body>\r\n</html>\r\n"),
	}}
}

// keptFirst is a reply with several cookies where there is room for one.
func keptFirst(cookie string) loss {
	return loss{on: oneCookie, fields: facts{"Reply.Header[Set-Cookie]": list(cookie)}, why: firstCookie}
}

// oneText is a repeated header of a reply.
func oneText(name, value string) loss {
	return loss{on: replyTexts, fields: facts{"Reply.Header[" + name + "]": list(value)}, why: replyJoined}
}

// failed is an answer that the adapter cannot send.
func failed(on fronts, why reason) loss {
	return loss{on: on, why: why, fields: facts{
		"Reply.Status":                         "500",
		"Reply.Body":                           `"Internal Server Error\n"`,
		contentType:                            list("text/plain; charset=utf-8"),
		"Reply.Header[X-Content-Type-Options]": list("nosniff"),
	}}
}

// shortReply is a reply of which part is missing, which net/http breaks off.
var shortReply = []loss{{on: every, fields: facts{
	"Reply.Status": "500", "Reply.Body": `"Internal Server Error\n"`, "Reply.Body.Err": gone,
	"Reply.Header[Content-Type]":           list("text/plain; charset=utf-8"),
	"Reply.Header[X-Content-Type-Options]": list("nosniff"),
}, why: lengthRefused}}
