package claims

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scan"
	"github.com/gatehouse-go/gatehouse/internal/slot"
)

var (
	errTwoKinds   = errors.New("claims: two kinds of authorizer data in one event")
	errWrongFront = errors.New("claims: authorizer data of a kind that this front cannot carry")
	errContext    = errors.New("claims: members beside the claims, as only a Lambda authorizer's context has them")
)

// A statement is what an event says about its caller: parsed once per
// invocation, kept in the invocation's slot, and never a verdict, since every
// Extractor applies Sources and pins of its own to it.
type statement struct {
	apiID, account, stage value

	source Source // 0: the event names nobody, or is err
	claims claimSet
	err    error // why what the event says cannot be used
}

// stated returns the statement of the event that ctx carries, nil without one.
func stated(ctx context.Context) *statement {
	event, ok := adapter.FromContext(ctx)
	if !ok {
		return nil
	}
	kept, ok := ctx.Value(slot.Key{}).(*slot.Slot)
	if !ok {
		return readEvent(event)
	}
	return kept.Load(func() any { return readEvent(event) }).(*statement)
}

func readEvent(event *adapter.Event) *statement {
	st := new(statement)
	var requestContext json.RawMessage
	if event.RequestContext(&requestContext) == nil {
		st.err = st.read(event.Format(), requestContext)
	}
	return st
}

func (st *statement) read(front adapter.Format, requestContext []byte) error {
	var found [4]value
	if _, err := pick(requestContext, []string{"authorizer", "apiId", "stage", "accountId"}, found[:]); err != nil {
		return err
	}
	st.apiID, st.stage = found[1], found[2]
	// On a Function URL it is the caller's account, not the function's
	// (docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
	if front != adapter.FunctionURL {
		st.account = found[3]
	}
	if !found[0].present() {
		return nil
	}
	return st.readAuthorizer(front, found[0].json)
}

// readAuthorizer finds the block that says who is calling, and reads it the way
// its kind on this front is written.
func (st *statement) readAuthorizer(front adapter.Format, authorizer []byte) error {
	var found [len(blocks)]value
	others, err := pick(authorizer, blocks[:], found[:])
	if err != nil {
		return err
	}
	block, err := onlyBlock(found[:routeScopes])
	if block < 0 || err != nil {
		return err
	}
	i := slices.IndexFunc(kinds[:], func(k kind) bool { return k.front == front && k.block == blocks[block] })
	switch {
	case i < 0:
		return errWrongFront
	case kinds[i].alone && others > 0:
		return errContext
	}
	st.source, st.claims, err = kinds[i].read(found[block].json)
	return err
}

// onlyBlock returns the index of the one block that is there, -1 for none.
func onlyBlock(found []value) (int, error) {
	only := -1
	for i, v := range found {
		switch {
		case !v.present():
		case only >= 0:
			return -1, errTwoKinds
		default:
			only = i
		}
	}
	return only, nil
}

// A value is one member's value in an event's JSON; the zero value is none.
type value struct {
	json []byte
	kind byte // as scan.Scanner.Kind tells
}

func (v value) present() bool { return v.kind != 0 && v.kind != 'n' }

// is tells whether the value is one of these strings.
func (v value) is(oneOf []string) bool {
	if v.kind != '"' {
		return false
	}
	s := scan.New(v.json)
	text := s.String()
	return slices.ContainsFunc(oneOf, func(want string) bool { return text.Is(v.json, want) })
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
