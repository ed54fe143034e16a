package claims

import "github.com/gatehouse-go/gatehouse/internal/scan"

// authorizerData is what a walk saw in requestContext.authorizer.
type authorizerData struct {
	present    memberSet // the blocks that are not null
	containers memberSet // those that are objects or arrays
	others     int       // members beside them that are not null
	scoped     bool      // the route's scopes are there, null or a list
	read       block     // whose members the statement holds; noBlock: the object's own
	repeated   bool      // below the object's own members, a name occurs twice
}

// readAuthorizer notes the blocks of the authorizer object, and reads the one
// that this front writes. Where a Lambda authorizer's context may lie flat, it
// keeps the object's own members until a block shows that it does not.
func (w *walk) readAuthorizer(i int) int {
	a := &w.authorizer
	flat := kindOf(w.front, principalBlock) != nil
	var seen memberSet
	name, i, ok := w.enter(i)
	for ok {
		b := blockNamed(name.Bytes(w.data))
		if !seen.add(uint(b)) {
			return w.fail(i, errDuplicate)
		}
		container := a.note(b, scan.Kind(w.data, i))
		var k *kind
		if container && b != principalBlock {
			k = kindOf(w.front, b)
		}
		switch {
		case k != nil:
			i = w.readBlock(k, i)
		case flat && a.read == noBlock:
			distinct := false
			i, distinct = w.st.members.readMember(w.data, name, i)
			a.repeated = a.repeated || !distinct
		default:
			i = scan.Skip(w.data, i)
		}
		name, i, ok = scan.Next(w.data, i)
	}
	return i
}

// note keeps what there is to say of a member by its kind of value, and reports
// whether it is an object or an array.
func (a *authorizerData) note(b block, kind byte) (container bool) {
	container = kind == '{' || kind == '['
	switch {
	case b == routeScopes:
		a.scoped = kind == 'n' || kind == '['
	case kind == 'n':
	case b == noBlock:
		a.others++
	default:
		a.present.add(uint(b))
		if container {
			a.containers.add(uint(b))
		}
	}
	return container
}

// block returns the one block that says who is calling. Beside a principalId,
// text is the context's, whatever it is called.
func (a *authorizerData) block() (said block, err error) {
	flat := a.present.has(uint(principalBlock))
	for b := principalBlock; b <= claimsBlock; b++ {
		switch {
		case !a.present.has(uint(b)) || flat && b != principalBlock && !a.containers.has(uint(b)):
		case said != noBlock:
			return noBlock, errTwoKinds
		default:
			said = b
		}
	}
	if said == noBlock && a.others > 0 {
		return noBlock, errUnknown
	}
	return said, nil
}

func (w *walk) readBlock(k *kind, i int) int {
	w.authorizer.read = k.block
	if k.inside {
		return w.readInside(i)
	}
	return w.readMembers(i)
}

// readInside reads the member "claims" of a block.
func (w *walk) readInside(i int) int {
	found, read := false, false
	name, i, ok := w.enter(i)
	for ok {
		switch {
		case !name.Is(w.data, "claims"):
			i = scan.Skip(w.data, i)
		case found:
			return w.fail(i, errDuplicate)
		case scan.Kind(w.data, i) == 'n':
			found, i = true, scan.Skip(w.data, i)
		default:
			found, read, i = true, true, w.readMembers(i)
		}
		name, i, ok = scan.Next(w.data, i)
	}
	if !read {
		return w.fail(i, errNoClaims)
	}
	return i
}

func (w *walk) readMembers(i int) int {
	next, err := w.st.members.read(w.data, i)
	if err != nil {
		return w.fail(next, err)
	}
	return next
}

// checkFlat refuses a flat context that names a member twice.
func (w *walk) checkFlat() error {
	if w.authorizer.repeated || !scan.Differ(w.data, w.st.members.names) {
		return errDuplicate
	}
	return nil
}
