package adapter

import (
	"slices"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// fields are the places in an event that a request is made of, of any format:
// one pass over the event finds them all, and decodes none.
type fields struct {
	data []byte

	version, method, path, rawPath, snakePath, rawQuery scan.Text
	headers, multiHeaders, query, multiQuery            []pair
	cookies                                             []scan.Text
	body                                                []byte // decoded, if it is text
	bodyChecked                                         bool
	base64                                              bool
	unescaped                                           []byte // memory for body
	stageVariables                                      span
	context                                             contextFields
	marks                                               marks
	wrong                                               string // the member that has a value of a kind it cannot have
}

// marks are members that say nothing but what kind of event it is.
type marks struct {
	authorizerType, authorizerARN, messageVersion, agent bool
	lists                                                bool // multiValueHeaders is there
}

// pair is one header line or query parameter. A list makes several, one after
// the other.
type pair struct{ name, value scan.Text }

// span is a part of an event, or of the arena: neither has 2 GB. The zero span
// is none.
type span struct{ start, end int32 }

func (s span) of(data []byte) []byte { return data[s.start:s.end] }
func (s span) in(text string) string { return text[s.start:s.end] }

// reset keeps the lists' memory for the next event.
func (f *fields) reset() {
	*f = fields{
		headers: f.headers[:0], multiHeaders: f.multiHeaders[:0],
		query: f.query[:0], multiQuery: f.multiQuery[:0], cookies: f.cookies[:0],
		unescaped: f.unescaped[:0],
	}
}

// parse finds the fields of an event and its format. The error is an
// *EventError.
func (f *fields) parse(event []byte) (Format, error) {
	if err := f.reparse(event); err != nil {
		return 0, &EventError{Reason: ReasonMalformed, Err: err}
	}
	return f.detect()
}

// reparse is parse for an event whose format is known.
func (f *fields) reparse(event []byte) error {
	f.data = event
	return f.read(scan.Start(event))
}

func (f *fields) read(i int) error {
	if scan.Kind(f.data, i) != '{' {
		return scan.End(f.data, scan.Skip(f.data, i)) // JSON, but nothing that detect knows
	}
	name, i, ok := scan.First(f.data, i)
	for ; ok; name, i, ok = scan.Next(f.data, i) {
		i = f.member(name.Bytes(f.data), i)
	}
	if err := scan.End(f.data, i); err != nil {
		return err
	}
	return f.checkBody()
}

// member reads the member of the event whose value is at i, and returns where
// that ends. A member that comes twice counts as encoding/json has it: the last
// one.
func (f *fields) member(name []byte, i int) int {
	switch string(name) {
	case "version":
		return text(f.data, i, &f.version)
	case "httpMethod", "method":
		return text(f.data, i, &f.method)
	case "path":
		return text(f.data, i, &f.path)
	case "rawPath":
		return text(f.data, i, &f.rawPath)
	case "raw_path":
		return text(f.data, i, &f.snakePath)
	case "rawQueryString":
		return text(f.data, i, &f.rawQuery)
	case "headers":
		return f.pairs(i, &f.headers, "headers")
	case "multiValueHeaders":
		f.marks.lists = scan.Kind(f.data, i) == '{'
		return f.pairs(i, &f.multiHeaders, "multiValueHeaders")
	case "queryStringParameters", "query_string_parameters":
		return f.pairs(i, &f.query, "queryStringParameters")
	case "multiValueQueryStringParameters":
		return f.pairs(i, &f.multiQuery, "multiValueQueryStringParameters")
	case "cookies":
		return list(f.data, i, &f.cookies)
	case "body":
		return f.readBody(i)
	case "isBase64Encoded", "is_base64_encoded":
		f.base64 = scan.Kind(f.data, i) == 't'
	case "requestContext":
		return f.context.read(f.data, i)
	case "stageVariables":
		return object(f.data, i, &f.stageVariables)
	case "type":
		f.marks.authorizerType = true
	case "methodArn", "routeArn":
		f.marks.authorizerARN = true
	case "messageVersion":
		f.marks.messageVersion = true
	case "agent":
		f.marks.agent = true
	}
	return scan.Skip(f.data, i)
}

// text reads a string, or a number or boolean as the text it stands there as.
// Anything else is the zero Text.
func text(data []byte, i int, into *scan.Text) int {
	var t scan.Text
	start := i
	switch scan.Kind(data, i) {
	case '"':
		t, i = scan.String(data, i)
	case '0', 't', 'f':
		i = scan.Skip(data, i)
		t = scan.Literal(start, max(start, i))
	default:
		i = scan.Skip(data, i)
	}
	*into = t
	return i
}

// readBody reads the body. One in base64 is part of the event and decoded only
// when it is read.
func (f *fields) readBody(i int) int {
	if kind := scan.Kind(f.data, i); kind != '"' {
		var t scan.Text
		f.blame(kind, "body")
		i = text(f.data, i, &t)
		f.body, f.bodyChecked = t.Raw(f.data), true
		return i
	}
	f.body, f.bodyChecked, i = scan.Body(f.unescaped, f.data, i)
	if f.bodyChecked && cap(f.body) > cap(f.unescaped) {
		f.unescaped = f.body
	}
	return i
}

func object(data []byte, i int, into *span) int {
	*into = span{}
	end := scan.Skip(data, i)
	if end > 0 && scan.Kind(data, i) == '{' {
		*into = span{int32(i), int32(end)}
	}
	return end
}

// blame notes a value that is an object or array where it cannot be.
func (f *fields) blame(kind byte, member string) {
	if kind == '{' || kind == '[' {
		f.wrong = member
	}
}

// pairs reads an object whose values are strings or lists of strings. null is
// passed over; a value that is an object is noted.
func (f *fields) pairs(i int, into *[]pair, member string) int {
	found := (*into)[:0]
	defer func() { *into = found }()
	if kind := scan.Kind(f.data, i); kind != '{' {
		f.blame(kind, member)
		return scan.Skip(f.data, i)
	}
	name, i, ok := scan.First(f.data, i)
	for ; ok; name, i, ok = scan.Next(f.data, i) {
		p := pair{name: name}
		if scan.Kind(f.data, i) != '[' {
			found, i = f.value(found, p, i, member)
			continue
		}
		i, ok = scan.FirstElement(f.data, i)
		for ; ok; i, ok = scan.NextElement(f.data, i) {
			found, i = f.value(found, p, i, member)
		}
	}
	return i
}

// value appends the pair with the value at i, unless that is null.
func (f *fields) value(found []pair, p pair, i int, member string) ([]pair, int) {
	kind := scan.Kind(f.data, i)
	switch {
	case kind == '"':
		p.value, i = scan.String(f.data, i)
	case isText(kind):
		i = text(f.data, i, &p.value)
	default:
		f.blame(kind, member)
		return found, scan.Skip(f.data, i)
	}
	return add(found, p), i
}

// add is append, which grows long lists by no more than a quarter each time.
func add[T any](list []T, element T) []T {
	if len(list) == cap(list) {
		list = slices.Grow(list, len(list)+16)
	}
	return append(list, element)
}

func list(data []byte, i int, into *[]scan.Text) int {
	found := (*into)[:0]
	defer func() { *into = found }()
	if scan.Kind(data, i) != '[' {
		return scan.Skip(data, i)
	}
	i, ok := scan.FirstElement(data, i)
	for ; ok; i, ok = scan.NextElement(data, i) {
		if !isText(scan.Kind(data, i)) {
			i = scan.Skip(data, i)
			continue
		}
		var t scan.Text
		i = text(data, i, &t)
		found = add(found, t)
	}
	return i
}

func isText(kind byte) bool { return kind == '"' || kind == '0' || kind == 't' || kind == 'f' }

// checkBody validates a body that is text. One in base64 is left to its reader,
// which refuses whatever is not base64.
func (f *fields) checkBody() (err error) {
	if !f.base64 && !f.bodyChecked {
		f.body, err = scan.CheckBody(f.body)
	}
	return err
}
