package authz

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"slices"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Result is how a decision ended.
type Result string

const (
	// Granted lets the request through to its handler.
	Granted Result = "granted"
	// Refused answers it with an error of 400 or more.
	Refused Result = "refused"
	// NoRoute lets a known caller learn that there is no route: the router
	// answers with 404, 405 or a redirect to a clean path.
	NoRoute Result = "no route"
)

// Decision is the record of one decision, for audit logs. It holds no token and
// no claim.
type Decision struct {
	// Route is the pattern that matched, as in http.Request.Pattern. It is empty
	// for unknown routes and for routers that do not set it.
	Route  string
	Method string // the request's, chosen by the client

	// Format, APIID and RequestID are the front's, as the event names them.
	// Zero and empty if the request came from no event, or the front has none.
	Format    adapter.Format
	APIID     string
	RequestID string

	Requirement string        // text of what was required, without Guard.Every; empty: no rule
	Source      claims.Source // where the caller's identity is from; zero: nobody
	Result      Result
	Code        string // error code of a refusal, empty for a 401 without a token
	Enforced    bool   // false: the refusal was only recorded (Guard.ReportUntil)

	// Err is the *Error of a refusal, with its cause. If the request was granted,
	// it is why an identity did not count on a Public route, or nil. It is not
	// for the client.
	Err error

	caller *claims.Identity // also one that does not count, for SubjectHash alone
	key    []byte           // Guard.SubjectKey
}

// SubjectHash returns the HMAC-SHA-256 of the caller's claims.Identity.Key in
// hexadecimal, by which a log can tell callers apart without naming them. It also
// knows a caller whose identity has expired. It is empty for nobody, and for an
// empty key, since subjects could then be guessed.
func (d Decision) SubjectHash(key []byte) string {
	if d.caller == nil || len(key) == 0 {
		return ""
	}
	h := hmac.New(sha256.New, key)
	io.WriteString(h, d.caller.Key())
	return hex.EncodeToString(h.Sum(nil))
}

func newDecision(r *http.Request, req Requirement, key []byte) Decision {
	d := Decision{
		Route:    r.Pattern,
		Method:   r.Method,
		Result:   Refused,
		Code:     CodeServerError,
		Enforced: true,
		Err:      errUndecided,
		key:      key,
	}
	if req == (noRoute{}) {
		d.Route = "" // an outer router's, if anything
	}
	return d
}

func (d *Decision) grant(req Requirement, cause error) {
	d.Result, d.Code, d.Err = Granted, "", cause
	if req == (noRoute{}) {
		d.Result = NoRoute
	}
}

// refuse keeps a copy: what OnDecision does to it does not change the answer.
func (d *Decision) refuse(e Error) {
	e.Scopes = slices.Clone(e.Scopes)
	d.Code, d.Err = e.Code, &e
}

// report completes what is only worth the work if somebody listens.
func (g *Guard) report(q *question, req Requirement, d *Decision) {
	g.leave(q, req, d)
	if g.OnDecision == nil {
		return
	}
	if req != nil {
		d.Requirement = req.String()
	}
	if q.caller != nil {
		d.Source = q.caller.Source
	}
	r := q.request()
	d.locate(r.Context())
	g.OnDecision(r, *d)
}

// locate names the front and the request by the event they came in, if any.
func (d *Decision) locate(ctx context.Context) {
	event, ok := adapter.FromContext(ctx)
	if !ok {
		return
	}
	d.Format, d.APIID, d.RequestID = event.Format(), event.APIID(), event.RequestID()
}
