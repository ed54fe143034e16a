package jwtverify

import (
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

var (
	errMalformed = errors.New("not one JSON object in UTF-8")
	errDuplicate = errors.New("a member name occurs twice")
)

// An object is a JSON object with its members as encoding/json decodes them into
// an any, numbers as json.Number. Names are exact: nothing folds their case.
type object map[string]any

// decode reads a JSON object. A name that occurs twice, at any depth, makes it
// unreadable: another reader of the same token might take the other value
// (RFC 7519 section 4, RFC 8725 section 2.7). So do more than 64 nested values.
func decode(data []byte) (object, error) {
	start := scan.Start(data)
	end, distinct := scan.Distinct(data, start)
	switch {
	case scan.Kind(data, start) != '{' || scan.End(data, end) != nil || !utf8.Valid(data):
		return nil, errMalformed
	case !distinct:
		return nil, errDuplicate
	}
	d := decoder{Scanner: scan.New(data), data: data, text: string(data)}
	return d.object(len(data) / usualMember), nil
}

type decoder struct {
	scan.Scanner
	data []byte
	text string // data, so that most strings need no copy of their own
}

func (d *decoder) value() any {
	switch d.Kind() {
	case '{':
		return map[string]any(d.object(0))
	case '[':
		return d.array()
	case '"':
		return d.decoded(d.String())
	case '0':
		start, end := d.Skip()
		return json.Number(d.text[start:end])
	case 't':
		d.Skip()
		return true
	case 'f':
		d.Skip()
		return false
	}
	d.Skip() // null, or no value: then the Scanner keeps the error
	return nil
}

// usualMember is how long a claim is, in bytes of JSON.
const usualMember = 40

func (d *decoder) object(usual int) object {
	members := make(object, usual)
	for d.Enter(); d.Next(); {
		name := d.decoded(d.Name())
		members[name] = d.value()
	}
	return members
}

func (d *decoder) array() []any {
	elements := []any{}
	for d.Enter(); d.Next(); {
		elements = append(elements, d.value())
	}
	return elements
}

func (d *decoder) decoded(t scan.Text) string {
	if t.Plain() {
		return d.text[t.Start:t.End]
	}
	return string(t.Append(nil, d.data))
}

// has reports whether there is such a member; null counts.
func (o object) has(name string) bool {
	_, ok := o[name]
	return ok
}

// str returns a member that is a string, "" for any other.
func (o object) str(name string) string {
	text, _ := o[name].(string)
	return text
}
