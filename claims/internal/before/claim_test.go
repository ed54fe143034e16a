package before

import (
	"errors"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

var (
	errNotObject = errors.New("claims: no JSON object where authorizer data has one")
	errMalformed = errors.New("claims: authorizer data is malformed JSON")
	errDuplicate = errors.New("claims: authorizer data names a member twice")
	errNoClaims  = errors.New("claims: authorizer data holds no claims")
)

// A claim is one member of a token's payload, as its source delivered it.
type claim struct {
	kind byte   // as scan.Scanner.Kind tells
	text string // the decoded text of a string, the JSON text of anything else
}

// claimSet is what a source says of the caller. All its text is one string, so
// that reading it costs the same few allocations for any number of claims.
type claimSet struct {
	text    string
	members []member // in the order of their names
}

// A member is text[name:value], with the value text[value:end].
type member struct {
	name, value, end int
	kind             byte
}

// usualClaims is more than an access or ID token of Cognito's holds.
const usualClaims = 24

// readClaims reads a JSON object. A name that occurs twice, at any depth, makes
// it unreadable: readers of the same token might disagree on what it says.
func readClaims(object []byte) (claimSet, error) {
	s := scan.New(object)
	if s.Kind() != '{' {
		return claimSet{}, errNotObject
	}
	text := make([]byte, 0, len(object))
	members := make([]member, 0, usualClaims)
	for s.Enter(); s.Next(); {
		m := member{name: len(text)}
		text = s.Name().Append(text, object)
		m.value, m.kind = len(text), s.Kind()
		if m.kind == '"' {
			text = s.String().Append(text, object)
		} else {
			start, end := s.Skip()
			text = append(text, object[start:end]...)
		}
		m.end = len(text)
		members = append(members, m)
	}
	if s.End() != nil {
		return claimSet{}, errMalformed
	}
	return newClaimSet(string(text), members)
}

func newClaimSet(text string, members []member) (claimSet, error) {
	set := claimSet{text, members}
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(set.name(a), set.name(b)) })
	for i, m := range members {
		if i > 0 && set.name(m) == set.name(members[i-1]) {
			return claimSet{}, errDuplicate
		}
		if m.kind == '{' || m.kind == '[' {
			if err := checkNames([]byte(text[m.value:m.end])); err != nil {
				return claimSet{}, err
			}
		}
	}
	if len(members) == 0 {
		return claimSet{}, errNoClaims
	}
	return set, nil
}

// checkNames refuses duplicate member names in a JSON value, at any depth.
func checkNames(value []byte) error {
	s := scan.New(value)
	distinct := namesDiffer(&s, value)
	if s.Err() != nil {
		return errMalformed
	}
	if !distinct {
		return errDuplicate
	}
	return nil
}

// namesDiffer reads one value; where it is false it may have stopped inside it.
func namesDiffer(s *scan.Scanner, data []byte) bool {
	switch s.Kind() {
	case '[':
		for s.Enter(); s.Next(); {
			if !namesDiffer(s, data) {
				return false
			}
		}
	case '{':
		seen := map[string]bool{}
		for s.Enter(); s.Next(); {
			name := string(s.Name().Bytes(data))
			if seen[name] || !namesDiffer(s, data) {
				return false
			}
			seen[name] = true
		}
	default:
		s.Skip()
	}
	return true
}

func (s claimSet) name(m member) string { return s.text[m.name:m.value] }

// find returns a claim by its exact name; a null claim is none.
func (s claimSet) find(name string) (claim, bool) {
	i, ok := slices.BinarySearchFunc(s.members, name, func(m member, name string) int {
		return strings.Compare(s.name(m), name)
	})
	if !ok || s.members[i].kind == 'n' {
		return claim{}, false
	}
	m := s.members[i]
	return claim{m.kind, s.text[m.value:m.end]}, true
}

// str returns a claim that is a string, and "" for any other.
func (s claimSet) str(name string) string {
	if c, ok := s.find(name); ok && c.kind == '"' {
		return c.text
	}
	return ""
}

// either returns the first of two names for the same thing.
func (s claimSet) either(name, other string) string {
	if text := s.str(name); text != "" {
		return text
	}
	return s.str(other)
}

func (s claimSet) hasAny(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		_, ok := s.find(name)
		return ok
	})
}

// isBlank tells whether nothing is said: all members are null or "".
func (s claimSet) isBlank() bool {
	return !slices.ContainsFunc(s.members, func(m member) bool { return m.kind != 'n' && m.end > m.value })
}

// A rename says which member of a set becomes which claim of another.
type rename struct{ claim, member string }

// same renames nothing: it leaves out what it does not name.
func same(names ...string) []rename {
	renames := make([]rename, len(names))
	for i, name := range names {
		renames[i] = rename{name, name}
	}
	return renames
}

// renamed returns the set of these members alone, under their new names.
func (s claimSet) renamed(names []rename) (claimSet, error) {
	text := make([]byte, 0, len(s.text))
	members := make([]member, 0, len(names))
	for _, n := range names {
		if c, ok := s.find(n.member); ok {
			text, members = appendMember(text, members, n.claim, c)
		}
	}
	return newClaimSet(string(text), members)
}

func appendMember(text []byte, members []member, name string, c claim) ([]byte, []member) {
	m := member{name: len(text), value: len(text) + len(name), kind: c.kind}
	text = append(append(text, name...), c.text...)
	m.end = len(text)
	return text, append(members, m)
}
