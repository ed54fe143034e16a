package adapter

import (
	"crypto/tls"
	"net/http"
	"net/url"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// layout is where in the arena the parts of a request stand.
type layout struct {
	method, uri, path, query, raw, addr, proto            span
	context, stageVariables, base, domain, request, apiID span // of the Event
}

// problem is why the event makes no request that a handler could serve.
type problem struct {
	status int // 0: it makes one
	reason Reason
	member string // of the event, which is at fault; "": it says nothing
}

func (p problem) result() result {
	return result{status: p.status, reason: p.reason, member: p.member}
}

// newRequest makes the request that the fields of the event describe, as
// net/http's server would have made it. If there is a problem, the request lacks
// what is at fault.
func (h *Handler) newRequest(x *exchange, s *scratch) (*http.Request, problem) {
	f := &s.fields
	src := fronts[x.event.format].request(f)
	var at layout
	s.arena, s.wrong = s.arena[:0], f.wrong
	tooLarge := s.reserve(&src)
	s.headerLines(x.parent)
	if !x.body.open(f) {
		s.blame("body")
	}
	s.lengthLine(x.body.size)
	at.method = s.copy(src.method)
	if src.verb != "" {
		at.method = s.append(src.verb)
	}
	if !isToken(at.method.of(s.arena)) {
		at.method = span{}
		s.blame("the method")
	}
	h.uri(x, s, &at, src)
	at.addr = s.remoteAddr(src.sourceIP)
	at.proto = s.copy(src.protocol)
	if s.host == (span{}) {
		s.host = s.copy(f.context.domainName)
	}
	at.context = s.appendRaw(f.context.span.of(f.data))
	at.domain = s.domain(x.event.format, &at)
	at.request = s.ofContext(&at, f.context.requestID)
	at.apiID = s.ofContext(&at, f.context.apiID)
	at.stageVariables = s.appendRaw(f.stageVariables.of(f.data))
	s.https = s.https && !src.schemeless
	r := x.assemble(string(s.arena), s, &at)
	x.response.isHEAD = r.Method == http.MethodHead
	if h.options.PrefixLocation {
		x.response.base = x.event.BasePath()
	}
	if src.forwarded {
		r.RemoteAddr = forwardedFor(r.Header["X-Forwarded-For"], h.options.TrustedHops)
	}
	switch {
	case tooLarge:
		return r, problem{http.StatusRequestHeaderFieldsTooLarge, ReasonHeaderTooLarge, ""}
	case s.wrong != "":
		return r, problem{http.StatusBadRequest, ReasonBadRequest, s.wrong}
	}
	return r, problem{}
}

func (x *exchange) assemble(arena string, s *scratch, at *layout) *http.Request {
	x.event.describe(arena, at)
	x.event.plainHTTP = s.plainHTTP
	x.url = url.URL{Path: at.path.in(arena), RawPath: at.raw.in(arena), RawQuery: at.query.in(arena)}
	host := s.host.in(arena)
	r := http.Request{
		Method:        at.method.in(arena),
		URL:           &x.url,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header(arena, s.lines),
		Body:          http.NoBody,
		ContentLength: int64(x.body.size),
		Host:          host,
		RemoteAddr:    checkedAddr(at.addr.in(arena)),
		RequestURI:    at.uri.in(arena),
	}
	if x.body.size > 0 {
		r.Body = &x.body
	}
	if proto := at.proto.in(arena); proto != r.Proto {
		if major, minor, ok := http.ParseHTTPVersion(proto); ok {
			r.Proto, r.ProtoMajor, r.ProtoMinor = proto, major, minor
		}
	}
	if s.https {
		x.tls = tls.ConnectionState{HandshakeComplete: true, ServerName: hostname(host)}
		r.TLS = &x.tls
	}
	return r.WithContext(x)
}

// describe notes where in the arena the event's own parts stand.
func (e *Event) describe(arena string, at *layout) {
	e.text = arena
	e.context, e.stageVariables = at.context, at.stageVariables
	e.basePath, e.domainName = at.base, at.domain
	e.requestID, e.apiID = at.request, at.apiID
}

// uri writes the request line's URI. The URL's path and query are parts of it,
// unless the path reads differently once decoded.
func (h *Handler) uri(x *exchange, s *scratch, at *layout, src source) {
	path := h.handlerPath(x.event.format, s, at, src)
	at.uri.start = int32(len(s.arena))
	var p uriPath
	switch {
	case isPlainPath(path):
		p.escaped = s.appendRaw(path)
	case src.pathDecoded:
		p = s.decodedPath(path)
	default:
		p = s.encodedPath(path)
	}
	at.path = p.escaped
	s.query(at, src)
	at.uri.end = int32(len(s.arena))
	if p.custom {
		at.raw = p.escaped
	}
	if p.differs {
		at.path = s.unescapePath(p.escaped)
	}
}

// domain returns the domain name of the event's context, unless it is not a host
// name or the front does not vouch for it.
func (s *scratch) domain(format Format, at *layout) span {
	f := &s.fields
	switch format {
	case ALB, LatticeV1, LatticeV2:
		return span{}
	}
	if !isHost(f.context.domainName.Bytes(f.data)) {
		return span{}
	}
	return s.ofContext(at, f.context.domainName)
}

// ofContext returns where a text of requestContext stands in the arena, whose
// copy of requestContext holds most texts as they are.
func (s *scratch) ofContext(at *layout, t scan.Text) span {
	if !t.Plain() || t.Len() == 0 {
		return s.copy(t)
	}
	shift := at.context.start - s.fields.context.span.start
	return span{t.Start + shift, t.End + shift}
}
