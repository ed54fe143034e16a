package before

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/gatehouse-go/gatehouse/adapter"
)

var (
	errTwoKinds   = errors.New("claims: two kinds of authorizer data in one event")
	errWrongFront = errors.New("claims: authorizer data of a kind that this front cannot carry")
	errUnknown    = errors.New("claims: authorizer data of no kind that is known")
	errContext    = errors.New("claims: members beside the claims, as only a Lambda authorizer's context has them")
)

// A statement is what an event says about its caller: parsed once per
// invocation, kept in the invocation's slot, and never a verdict, since every
// Extractor applies Sources, pins and rules of its own to it.
type statement struct {
	apiID, account, stage value

	source Source // 0: the event names nobody, or is err
	claims claimSet
	// principal tells that the front demands a principalId of its Lambda
	// authorizers, who is the caller unless Config says otherwise.
	principal bool
	pinned    bool  // as kind.pinned
	err       error // why what the event says cannot be used

	certificate *Certificate // nil: none
	apiKeyID    string
}

// stated returns the statement of the event that ctx carries, nil without one.
func stated(ctx context.Context) *statement {
	event, ok := adapter.FromContext(ctx)
	if !ok {
		return nil
	}
	return readEvent(event)
}

func readEvent(event *adapter.Event) *statement {
	st := new(statement)
	var requestContext json.RawMessage
	if event.RequestContext(&requestContext) == nil {
		st.err = st.read(event.Format(), requestContext)
	}
	return st
}

// What is read of requestContext.
const (
	authorizerMember = iota
	identityMember
	authenticationMember
	apiMember
	serviceMember
	stageMember
	accountMember
)

var contextMembers = [...]string{"authorizer", "identity", "authentication", "apiId", "serviceArn", "stage", "accountId"}

func (st *statement) read(front adapter.Format, requestContext []byte) error {
	var found [len(contextMembers)]value
	if _, err := pick(requestContext, contextMembers[:], found[:]); err != nil {
		return err
	}
	st.readPins(front, found[:])
	names, err := st.readIdentity(front, found[identityMember])
	if err != nil {
		return err
	}
	if err := st.readAuthentication(front, found[authenticationMember]); err != nil {
		return err
	}
	said, err := findBlock(found[authorizerMember])
	switch {
	case err != nil:
		return err
	case names && said.name != "":
		return errTwoKinds
	case names:
		said = block{name: identityBlock, json: found[identityMember].json}
	}
	return st.readBlock(front, said)
}

func (st *statement) readPins(front adapter.Format, found []value) {
	st.apiID, st.stage, st.account = found[apiMember], found[stageMember], found[accountMember]
	switch front {
	case adapter.LatticeV2:
		st.apiID = found[serviceMember]
	case adapter.FunctionURL:
		// It is the caller's account, not the function's
		// (docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
		st.account = value{}
	}
}

// readBlock reads what says who is calling, the way its kind on this front is
// written. Without it the certificate does, if there is one.
func (st *statement) readBlock(front adapter.Format, said block) (err error) {
	if said.name == "" {
		if st.certificate != nil {
			st.source, st.claims = ClientCertificate, st.certificate.claims
		}
		return nil
	}
	k := kindOf(front, said.name)
	switch {
	case k == nil:
		return errWrongFront
	case k.alone && said.others > 0, k.scoped && !said.scoped:
		return errContext
	}
	st.principal, st.pinned = k.principal, k.pinned
	st.source, st.claims, err = k.read(said.json)
	return err
}

var builders = [len(sources)]func(*statement, *rules) (*Identity, error){
	JWT:               newToken,
	Cognito:           newToken,
	NativeJWT:         newToken,
	LambdaAuthorizer:  newLambda,
	SigV4:             newSigV4,
	ClientCertificate: newCertified,
	Lattice:           newLattice,
	IdentityPool:      newPooled,
	Verified:          newToken,
}

// build makes the Identity of a statement that has a source.
func (st *statement) build(r *rules) (*Identity, error) {
	id, err := builders[st.source](st, r)
	if err != nil {
		return nil, err
	}
	if id.isLocal() {
		id.apiID = st.apiID.str()
	}
	if st.certificate != nil {
		certificate := *st.certificate // another Extractor's Identity has one too
		id.Certificate = &certificate
	}
	id.APIKeyID = st.apiKeyID
	return id, nil
}
