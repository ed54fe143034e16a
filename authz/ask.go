package authz

import (
	"errors"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// A builtin is a requirement of this package that looks at nothing but the
// Identity.
type builtin interface {
	Requirement

	// lacks returns why id does not meet the requirement, nil if it does. missed
	// reports that the caller plainly does not have what is required, and that
	// Guard.ReportUntil lets that pass. What cannot be read is never a miss.
	lacks(id *claims.Identity) (err error, missed bool)
}

// ask returns why the caller does not meet req, nil if it does, and whether that
// is a miss. Combinations are taken apart here, so that only requirements that
// are not built in make the request that carries the caller.
func (q *question) ask(req Requirement) (err error, missed bool) {
	switch req := req.(type) {
	case builtin:
		return req.lacks(q.caller)
	case *combination:
		if req.any {
			return q.askAny(req.parts)
		}
		return q.askAll(req.parts)
	}
	if err := req.Check(q.request(), q.caller); err != nil {
		return &cause.Named{Name: req.String(), Err: err}, false
	}
	return nil, false
}

// askBoth asks a Guard's Every, which may be nil, and a route's requirement.
func (q *question) askBoth(every, req Requirement) (error, bool) {
	if every == nil {
		return q.ask(req)
	}
	both := [...]Requirement{every, req}
	return q.askAll(both[:])
}

// askAll fails with the first error. While misses are only reported a miss ends
// nothing: every other part is asked as well, and its no counts more.
func (q *question) askAll(parts []Requirement) (error, bool) {
	var first error
	for _, part := range parts {
		err, missed := q.ask(part)
		if err != nil && !(missed && q.reporting) {
			return err, missed
		}
		if first == nil {
			first = err
		}
	}
	return first, first != nil
}

// askAny asks until one part is met. If none is, the error joins all of theirs,
// and it is a miss if each of them is.
func (q *question) askAny(parts []Requirement) (error, bool) {
	var few [8]error // on the stack: what is granted in the end allocates nothing
	failed, misses := few[:0], 0
	for _, part := range parts {
		err, missed := q.ask(part)
		if err == nil {
			return nil, false
		}
		failed = append(failed, err)
		if missed {
			misses++
		}
	}
	return errors.Join(failed...), misses == len(parts)
}
