package claims

import (
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// shortContext is longer than most requestContexts, in bytes.
const shortContext = 2 << 10

// A walk is the one way through an event's requestContext. It goes down to the
// block that says who is calling when it comes by it, so that every byte is read
// once; only a certificate, and an identity that names a principal, are read
// again. Member names are compared to the letter. A name that is looked for must
// not occur twice: which of the two counts would be the reader's choice. The
// first error ends the walk and is the statement's.
type walk struct {
	st    *statement
	front adapter.Format
	data  []byte // requestContext

	service      value // the ARN of a VPC Lattice service
	authorizer   authorizerData
	principal    int    // where an identity that names a principal stands; 0: nowhere
	certificates [2]int // where identity and authentication have theirs; 0: nowhere
}

// read reads the statement from its text.
func (st *statement) read(front adapter.Format) {
	// The scanner reads bytes. The copy does not outlive this call: what is kept
	// are places in the text.
	var short [shortContext]byte
	w := walk{st: st, front: front, data: append(short[:0], st.members.text...)}
	k := w.run()
	switch {
	case st.err != nil:
	case k != nil:
		st.err = st.settle(k)
	case st.certificate != nil: // without an authorizer it says who is calling
		st.source, st.claims = ClientCertificate, st.certificate.claims
	}
}

// run returns the kind of block whose members the statement then holds; nil if
// there is none.
func (w *walk) run() *kind {
	i := w.readContext(scan.Start(w.data))
	if w.st.err == nil && scan.End(w.data, i) != nil {
		w.st.err = errMalformed
	}
	w.keepPins()
	w.readCertificates()
	if w.st.err != nil {
		return nil
	}
	k, err := w.kind()
	if err == nil && k != nil {
		err = w.finish(k)
	}
	w.st.err = err
	return k
}

// The methods that take a place read the value there and return where it ends.

// fail ends the walk: what it returns ends the loops around it.
func (w *walk) fail(i int, err error) int {
	if w.st.err == nil {
		w.st.err = err
	}
	return min(i, ^i)
}

// enter goes to the first member of an object; null has none.
func (w *walk) enter(i int) (name scan.Text, next int, ok bool) {
	switch scan.Kind(w.data, i) {
	case '{':
		return scan.First(w.data, i)
	case 'n':
		return scan.Text{}, scan.Skip(w.data, i), false
	}
	return scan.Text{}, w.fail(i, errNotObject), false
}

// The members that are looked for, in requestContext and in its identity.
const (
	otherMember = iota
	authorizerMember
	identityMember
	authenticationMember
	apiMember
	serviceMember
	stageMember
	accountMember
)

func contextMember(name []byte) uint {
	switch string(name) {
	case "authorizer":
		return authorizerMember
	case "identity":
		return identityMember
	case "authentication":
		return authenticationMember
	case "apiId":
		return apiMember
	case "serviceArn":
		return serviceMember
	case "stage":
		return stageMember
	case "accountId":
		return accountMember
	}
	return otherMember
}

// A memberSet is the members that came by.
type memberSet uint32

// add reports whether a member is new; others always are.
func (s *memberSet) add(member uint) bool {
	bit := memberSet(1) << member &^ 1
	known := *s&bit != 0
	*s |= bit
	return !known
}

func (s memberSet) has(member uint) bool { return s>>member&1 != 0 }

func (w *walk) readContext(i int) int {
	if scan.Kind(w.data, i) != '{' {
		return w.fail(i, errNotObject)
	}
	var seen memberSet
	name, i, ok := scan.First(w.data, i)
	for ok {
		member := contextMember(name.Bytes(w.data))
		if !seen.add(member) {
			return w.fail(i, errDuplicate)
		}
		name, i, ok = scan.Next(w.data, w.readContextMember(member, i))
	}
	return i
}

func (w *walk) readContextMember(member uint, i int) (next int) {
	switch member {
	case authorizerMember:
		return w.readAuthorizer(i)
	case identityMember:
		return w.readIdentity(i)
	case authenticationMember:
		return w.readAuthentication(i)
	case apiMember:
		w.st.apiID, next = readValue(w.data, i)
	case serviceMember:
		w.service, next = readValue(w.data, i)
	case stageMember:
		w.st.stage, next = readValue(w.data, i)
	case accountMember:
		w.st.account, next = readValue(w.data, i)
	default:
		next = scan.Skip(w.data, i)
	}
	return next
}

// keepPins makes what Config pins the same on all fronts.
func (w *walk) keepPins() {
	switch w.front {
	case adapter.LatticeV2:
		w.st.apiID = w.service
	case adapter.FunctionURL:
		// It is the caller's account, not the function's
		// (docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
		w.st.account = value{}
	}
}

// kind returns what kind of block says who is calling, nil if none does.
func (w *walk) kind() (*kind, error) {
	said, err := w.authorizer.block()
	switch {
	case err != nil:
		return nil, err
	case w.principal > 0 && said != noBlock:
		return nil, errTwoKinds
	case w.principal > 0:
		said = identityBlock
	case said == noBlock:
		return nil, nil
	}
	k := kindOf(w.front, said)
	switch {
	case k == nil:
		return nil, errWrongFront
	case k.alone && w.authorizer.others > 0, k.scoped && !w.authorizer.scoped:
		return nil, errContext
	}
	return k, nil
}

// finish makes the block's members those of the statement, if they are not yet.
func (w *walk) finish(k *kind) (err error) {
	switch k.block {
	case w.authorizer.read:
		return nil
	case identityBlock:
		_, err = w.st.members.read(w.data, w.principal)
		return err
	case principalBlock:
		return w.checkFlat()
	}
	return errNotObject
}
