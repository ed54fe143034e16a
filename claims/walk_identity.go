package claims

import (
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// The members of requestContext.identity that are looked for. All but the first
// two are null or missing on any front where nobody signed the request.
const (
	certificateMember = 1 + iota
	keyMember
	firstPrincipalMember
)

func connectionMember(name []byte) uint {
	switch string(name) {
	case "clientCert":
		return certificateMember
	case "apiKeyId":
		return keyMember
	// A REST API's.
	case "accessKey":
		return firstPrincipalMember
	case "accountId":
		return firstPrincipalMember + 1
	case "caller":
		return firstPrincipalMember + 2
	case "user":
		return firstPrincipalMember + 3
	case "userArn":
		return firstPrincipalMember + 4
	case "principalOrgId":
		return firstPrincipalMember + 5
	case "cognitoIdentityId":
		return firstPrincipalMember + 6
	case "cognitoIdentityPoolId":
		return firstPrincipalMember + 7
	case "cognitoAuthenticationType":
		return firstPrincipalMember + 8
	case "cognitoAuthenticationProvider":
		return firstPrincipalMember + 9
	// VPC Lattice's.
	case "type":
		return firstPrincipalMember + 10
	case "principal":
		return firstPrincipalMember + 11
	}
	return otherMember
}

// readIdentity notes what a front says of the connection: a certificate, an API
// key, and whether it names a principal as well.
func (w *walk) readIdentity(i int) int {
	start := i
	var seen memberSet
	name, i, ok := w.enter(i)
	for ok {
		at, member := i, connectionMember(name.Bytes(w.data))
		if !seen.add(member) {
			return w.fail(i, errDuplicate)
		}
		var v value
		v, i = readValue(w.data, i)
		switch {
		case member >= firstPrincipalMember && v.says():
			w.principal = start
		case member == keyMember && w.front == adapter.RESTAPI:
			w.st.apiKeyID = v
		case member == certificateMember && v.present():
			w.certificates[0] = at
		}
		name, i, ok = scan.Next(w.data, i)
	}
	return i
}

// readAuthentication notes where payload 2.0 has the certificate.
func (w *walk) readAuthentication(i int) int {
	found := false
	name, i, ok := w.enter(i)
	for ok {
		at := i
		var v value
		v, i = readValue(w.data, i)
		if name.Is(w.data, "clientCert") {
			if found {
				return w.fail(at, errDuplicate)
			}
			found = true
			if v.present() {
				w.certificates[1] = at
			}
		}
		name, i, ok = scan.Next(w.data, i)
	}
	return i
}

// readCertificates keeps the certificate, which only fronts with mutual TLS have.
func (w *walk) readCertificates() {
	for place, at := range w.certificates {
		if at == 0 || w.st.err != nil {
			continue
		}
		w.st.certificate, w.st.err = readCertificate(w.st.members.text, w.data, at)
		if w.st.err == nil && w.st.certificate != nil && !hasCertificate(w.front, place == 1) {
			w.st.err = errWrongFront
		}
	}
}
