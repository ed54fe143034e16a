package claims

import (
	"context"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/cause"
	"github.com/gatehouse-go/gatehouse/internal/slot"
)

const (
	errTwoKinds   = cause.Text("claims: two kinds of authorizer data in one event")
	errWrongFront = cause.Text("claims: authorizer data of a kind that this front cannot carry")
	errUnknown    = cause.Text("claims: authorizer data of no kind that is known")
	errContext    = cause.Text("claims: members beside the claims, as only a Lambda authorizer's context has them")
)

// A statement is what an event says about its caller. It is read once per
// invocation and kept in the invocation's slot. It is never a verdict, since
// every Extractor applies Sources, pins and rules of its own to it.
type statement struct {
	members members // of requestContext's text; those that claims are made of

	apiID, account, stage, apiKeyID value

	source      Source // 0: the event names nobody, or is err
	kind        *kind  // nil: no block says who is calling
	claims      claimSet
	certificate *Certificate // nil: none
	err         error        // why what the event says cannot be used
}

// stated returns the statement of the event that ctx carries, nil without one.
func stated(ctx context.Context) *statement {
	event, ok := adapter.FromContext(ctx)
	if !ok {
		return nil
	}
	if kept := slot.FromContext(ctx); kept != nil {
		return kept.Load(readEvent, event).(*statement)
	}
	return readEvent(event).(*statement)
}

// readEvent reads the statement of an *adapter.Event.
func readEvent(from any) any {
	event, st := from.(*adapter.Event), new(statement)
	if event.RequestContext(&st.members.text) == nil {
		st.members.of(st.members.text)
		st.read(event.Format())
	}
	return st
}

// settle makes the members of a block the statement's claims.
func (st *statement) settle(k *kind) (err error) {
	st.kind, st.source, st.claims = k, k.source, claimSet{&st.members, k.only}
	if k.only != nil && !st.claims.some(value.present) {
		return errNoClaims
	}
	if k.tell != nil {
		st.source, err = k.tell(st.claims)
	}
	return err
}

// meets reports whether a pin is not set, or holds what the event says.
func (st *statement) meets(pin []string, v value) bool {
	return len(pin) == 0 || v.is(st.members.text, pin)
}

// build makes the Identity of a statement that has a source.
func (st *statement) build(r *rules) (*Identity, error) {
	row := st.source.row()
	id, err := row.build(st, r, row)
	if err != nil {
		return nil, err
	}
	if id.isLocal() {
		id.apiID = st.apiID.str(st.members.text)
	}
	if st.certificate != nil {
		certificate := *st.certificate // another Extractor's Identity has one too
		id.Certificate = &certificate
	}
	id.APIKeyID = st.apiKeyID.str(st.members.text)
	return id, nil
}
