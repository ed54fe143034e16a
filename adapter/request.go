package adapter

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

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

// handlerPath returns the path without what Options take off, and writes what
// stands before it in the client's URL.
func (h *Handler) handlerPath(format Format, s *scratch, at *layout, src source) []byte {
	f := &s.fields
	if src.route != "" {
		if stage := f.context.stage.Bytes(f.data); len(stage) > 0 && f.onOwnHost() {
			at.base = s.appendRaw(append([]byte{'/'}, stage...))
		}
		return []byte(src.route)
	}
	path := src.path.Bytes(f.data)
	stage, both := h.stripped(f, path)
	if base := f.outside(format, path, stage, both); len(base) > 0 {
		at.base = s.appendRaw(base)
	}
	if both > 0 && both == len(path) {
		return []byte("/")
	}
	return path[both:]
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

// query writes the query with its "?", if there is one.
func (s *scratch) query(at *layout, src source) {
	mark := len(s.arena)
	s.arena = append(s.arena, '?')
	if src.query == rawQuery {
		s.verbatim(src.rawQuery.Bytes(s.fields.data))
	} else {
		s.parameters(src.query)
	}
	at.query = s.since(mark + 1)
	if at.query.start == at.query.end {
		s.arena, at.query = s.arena[:mark], span{}
	}
}

// parameters writes the maps, in the order of the event. Where there are both,
// the lists win, name by name.
func (s *scratch) parameters(form queryForm) {
	f, start := &s.fields, len(s.arena)
	for _, p := range f.multiQuery {
		s.parameter(p, form, start)
	}
	known := names{list: f.multiQuery, data: f.data}
	for _, p := range f.query {
		if !known.has(p.name) {
			s.parameter(p, form, start)
		}
	}
}

// parameter writes one; start is where the query began.
func (s *scratch) parameter(p pair, form queryForm, start int) {
	if len(s.arena) > start {
		s.arena = append(s.arena, '&')
	}
	name, value := p.name.Bytes(s.fields.data), p.value.Bytes(s.fields.data)
	if form == rawMaps {
		s.unparsed(name)
		s.arena = append(s.arena, '=')
		s.unparsed(value)
		return
	}
	s.escape(name)
	s.arena = append(s.arena, '=')
	s.escape(value)
}

// verbatim writes a query as the client sent it, but for what cannot have stood
// in a request line.
func (s *scratch) verbatim(raw []byte) {
	for _, c := range raw {
		if c <= ' ' || c == 0x7f {
			s.percent(c)
		} else {
			s.arena = append(s.arena, c)
		}
	}
}

// unparsed writes a name or value that has not been decoded, so that it stays
// one. A "%" that starts no escape stands for itself.
func (s *scratch) unparsed(raw []byte) {
	for i, c := range raw {
		if c <= ' ' || c == 0x7f || c == '&' || c == '%' && !isEscape(raw[i:]) {
			s.percent(c)
		} else {
			s.arena = append(s.arena, c)
		}
	}
}

var isQueryByte = byteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")

// escape does as url.QueryEscape.
func (s *scratch) escape(text []byte) {
	for _, c := range text {
		switch {
		case isQueryByte[c]:
			s.arena = append(s.arena, c)
		case c == ' ':
			s.arena = append(s.arena, '+')
		default:
			s.percent(c)
		}
	}
}

// remoteAddr writes the client's address in the form of net.Listener's. It
// has been seen with a port, behind mutual TLS, and with a blank before it.
func (s *scratch) remoteAddr(ip scan.Text) span {
	start := len(s.arena)
	text := bytes.TrimSpace(ip.Bytes(s.fields.data))
	switch colons := bytes.Count(text, []byte{':'}); {
	case colons == 0:
		s.arena = append(append(s.arena, text...), ":0"...)
	case colons > 1 && text[0] != '[':
		s.arena = append(append(append(s.arena, '['), text...), "]:0"...)
	default:
		s.arena = append(s.arena, text...)
	}
	return s.since(start)
}

// checkedAddr returns "" for what is not an address, such as the source IP of the
// console's test events.
func checkedAddr(addr string) string {
	if _, err := netip.ParseAddrPort(addr); err != nil {
		return ""
	}
	return addr
}

func hostname(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 {
		return host[:i]
	}
	return host
}
