package before

import (
	"slices"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// A value is one member's value in an event's JSON; the zero value is none.
type value struct {
	json []byte
	kind byte // as scan.Scanner.Kind tells
}

func (v value) present() bool { return v.kind != 0 && v.kind != 'n' }

func (v value) isContainer() bool { return v.kind == '{' || v.kind == '[' }

// says tells whether there is a value other than "", which typed programs that
// hand events on write for a member that was null.
func (v value) says() bool { return v.present() && !(v.kind == '"' && len(v.json) == len(`""`)) }

// is tells whether the value is one of these strings.
func (v value) is(oneOf []string) bool {
	if v.kind != '"' {
		return false
	}
	s := scan.New(v.json)
	text := s.String()
	return slices.ContainsFunc(oneOf, func(want string) bool { return text.Is(v.json, want) })
}

// str returns a value that is a string, and "" for any other.
func (v value) str() string {
	if v.kind != '"' {
		return ""
	}
	s := scan.New(v.json)
	return string(s.String().Append(nil, v.json))
}

// pick finds members of a JSON object by their exact names, and counts the
// others that are not null. A name that is looked for must not occur twice:
// which of the two counts would be the reader's choice.
func pick(object []byte, names []string, found []value) (others int, err error) {
	s := scan.New(object)
	if s.Kind() != '{' {
		return 0, errNotObject
	}
	for s.Enter(); s.Next(); {
		name := s.Name()
		kind := s.Kind()
		start, end := s.Skip()
		i := slices.IndexFunc(names, func(wanted string) bool { return name.Is(object, wanted) })
		switch {
		case i >= 0 && found[i].kind != 0:
			return 0, errDuplicate
		case i >= 0:
			found[i] = value{object[start:end], kind}
		case kind != 'n':
			others++
		}
	}
	if s.End() != nil {
		return 0, errMalformed
	}
	return others, nil
}
