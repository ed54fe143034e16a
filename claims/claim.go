package claims

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/internal/cause"
	"github.com/gatehouse-go/gatehouse/internal/scan"
)

const (
	errNotObject = cause.Text("claims: authorizer data is not a JSON object where it has to be one")
	errMalformed = cause.Text("claims: authorizer data is malformed JSON")
	errDuplicate = cause.Text("claims: authorizer data names a member twice")
	errNoClaims  = cause.Text("claims: authorizer data holds no claims")
)

// A claim is the value of one claim, as its source delivered it.
type claim struct {
	kind byte   // as scan.Kind has it; 0: there is no such claim
	text string // the decoded text of a string, the JSON text of anything else
}

// value returns a claim as Identity.Claim does.
func (c claim) value() any {
	switch c.kind {
	case '"':
		return c.text
	case '0':
		return json.Number(c.text)
	case 't', 'f':
		return c.kind == 't'
	}
	return c.decode()
}

// decode ignores the decoder's error: the text was checked when it was read.
func (c claim) decode() any {
	d := json.NewDecoder(strings.NewReader(c.text))
	d.UseNumber()
	var value any
	_ = d.Decode(&value)
	return value
}

// A value is where in a text a member's value stands; the zero value is none.
type value struct {
	span scan.Text
	kind byte
}

// readValue reads the value at i of data.
func readValue(data []byte, i int) (v value, next int) {
	v.kind = scan.Kind(data, i)
	if v.kind == '"' {
		v.span, next = scan.String(data, i)
		return v, next
	}
	next = scan.Skip(data, i)
	v.span = scan.Literal(i, next)
	return v, next
}

func (v value) present() bool { return v.kind != 0 && v.kind != 'n' }

// says reports whether there is a value other than "", which typed programs that
// hand events on write for a member that was null.
func (v value) says() bool { return v.present() && !(v.kind == '"' && v.span.Len() == 0) }

// str returns a value that is a string, and "" for any other.
func (v value) str(text string) string {
	if v.kind != '"' {
		return ""
	}
	return v.span.In(text)
}

// is reports whether the value is one of these strings.
func (v value) is(text string, oneOf []string) bool {
	return v.kind == '"' && slices.Contains(oneOf, v.span.In(text))
}

func (v value) claim(text string) claim {
	if v.kind == 0 {
		return claim{}
	}
	return claim{v.kind, v.span.In(text)}
}
