package authz

import (
	"net/http"
	"slices"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

type source struct {
	any     []claims.Source
	text    string
	missing error
}

// Source requires that the Identity comes from one of the sources s, such as
// claims.SigV4 for operations that only other services call. It panics if there
// are none or one is the zero Source.
func Source(s ...claims.Source) Requirement {
	if len(s) == 0 || slices.Contains(s, 0) {
		panic("authz: Source without a source, or with the zero one")
	}
	names := make([]string, len(s))
	for i, src := range s {
		names[i] = src.String()
	}
	text := "source " + choice(names)
	return &source{slices.Clone(s), text, cause.Text("authz: needs " + text)}
}

func (s *source) Check(_ *http.Request, id *claims.Identity) error {
	err, _ := s.lacks(id)
	return err
}

func (s *source) lacks(id *claims.Identity) (err error, missed bool) {
	if slices.Contains(s.any, id.Source) {
		return nil, false
	}
	return s.missing, false
}

func (s *source) String() string { return s.text }
