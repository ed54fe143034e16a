package before

import (
	"slices"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// identityMembers is what is read of requestContext.identity. All but the first
// two are null or missing on any front where nobody signed the request.
var identityMembers = [...]string{
	"clientCert", "apiKeyId",
	"accessKey", "accountId", "caller", "user", "userArn", "principalOrgId", "cognitoIdentityId", "cognitoIdentityPoolId",
	"cognitoAuthenticationType", "cognitoAuthenticationProvider", // REST API
	"type", "principal", // VPC Lattice
}

// readIdentity reads what a front says of the connection, and returns whether it
// names a principal as well.
func (st *statement) readIdentity(front adapter.Format, identity value) (names bool, err error) {
	if !identity.present() {
		return false, nil
	}
	var found [len(identityMembers)]value
	if _, err := pick(identity.json, identityMembers[:], found[:]); err != nil {
		return false, err
	}
	clientCert, apiKeyID, principal := found[0], found[1], found[2:]
	if front == adapter.RESTAPI {
		st.apiKeyID = apiKeyID.str()
	}
	err = st.readCertificate(clientCert, front == adapter.RESTAPI || front == adapter.HTTPAPIV1)
	return slices.ContainsFunc(principal, value.says), err
}

// readAuthentication reads where payload 2.0 has the certificate.
func (st *statement) readAuthentication(front adapter.Format, authentication value) error {
	if !authentication.present() {
		return nil
	}
	var found [1]value
	if _, err := pick(authentication.json, []string{"clientCert"}, found[:]); err != nil {
		return err
	}
	return st.readCertificate(found[0], front == adapter.HTTPAPIV2)
}

// readCertificate keeps the certificate, which only fronts with mutual TLS have.
func (st *statement) readCertificate(clientCert value, mutual bool) (err error) {
	if !clientCert.present() {
		return nil
	}
	st.certificate, err = readCertificate(clientCert.json)
	if err == nil && st.certificate != nil && !mutual {
		return errWrongFront
	}
	return err
}
