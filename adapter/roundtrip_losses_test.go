package adapter_test

// reason says why a loss cannot be helped: what the front does, with the AWS
// page that says so or "recorded" where it was seen on the real service, or
// what the adapter decided.
type reason string

const (
	pathDecoded     reason = "HTTP APIs deliver rawPath decoded (recorded), its spelling is gone"
	oneLeadingSlash reason = "REST APIs deliver several slashes at the beginning as one (recorded)"
	pathOnly        reason = "events have the path and not the whole URL"
	onlyEscaped     reason = "adapter: RawPath is set where it decodes to Path, and RequestURI is what may stand in a request line"
	queryMaps       reason = "the query arrives as decoded maps (recorded), its spelling and the order of its keys are gone"
	semicolonSplits reason = `a semicolon separates parameters ("Important notes for REST APIs")`
	noQuery         reason = "an empty query arrives as none (recorded)"
	headersJoined   reason = `repeated headers arrive joined by commas ("Create AWS Lambda proxy integrations for HTTP APIs")`
	cookiesApart    reason = `cookies arrive one by one ("Create AWS Lambda proxy integrations for HTTP APIs")`
	clientsHops     reason = "the front has its own say on the client's connection (recorded on REST APIs)"
	overridden      reason = `X-HTTP-Method-Override changes the method ("Important notes for REST APIs")`
	wholeBody       reason = "events hold the whole body"
	binaryTypes     reason = "under binaryMediaTypes */* text is base64, too, and 5 MB become more than Lambda's quota of 6"
	utf8Only        reason = "JSON holds UTF-8 only (RFC 8259, section 8.1)"
	defaultType     reason = "a reply without Content-Type gets the front's (recorded)"
	replyJoined     reason = `a header of the reply is one string ("Create AWS Lambda proxy integrations for HTTP APIs")`
	finalOnly       reason = "a reply has one status"
	lengthDropped   reason = "adapter: a Content-Length of the handler's is dropped, the front counts itself"
	noConnection    reason = "there is no connection that could have deadlines"
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
func requeried(query string) loss {
	return loss{on: maps1, fields: facts{"URL.RawQuery": query}, why: queryMaps}
}

// joined is the loss of the borders between a header's values.
func joined(name, value string) loss {
	return loss{on: join2, fields: facts{headerField(name): list(value)}, why: headersJoined}
}

// forwardedAs is an X-Forwarded header that the client sent itself.
func forwardedAs(what, value string) loss {
	return loss{on: every, fields: facts{headerField("X-Forwarded-" + what): list(value)}, why: clientsHops}
}

// unchunked is a body whose length the event tells in advance.
func unchunked(length string) loss {
	return loss{on: every, fields: facts{"ContentLength": length, "TransferEncoding": gone}, why: wholeBody}
}

// failed is an answer that the adapter cannot send.
func failed(why reason) loss {
	return loss{on: every, why: why, fields: facts{
		"Reply.Status":                         "500",
		"Reply.Body":                           `"Internal Server Error\n"`,
		contentType:                            list("text/plain; charset=utf-8"),
		"Reply.Header[X-Content-Type-Options]": list("nosniff"),
	}}
}
