package before

import "errors"

// latticePrincipal are the members of a VPC Lattice identity that are read, in
// these spellings alone: documents and libraries disagree on others.
var latticePrincipal = same(
	"sourceVpcArn", "type", "principal", "principalOrgID", "sessionName",
	"x509SanDns", "X509SubjectCn", "X509IssuerOu", "X509SanUri", "X509SanNameCn",
)

var errNotIAM = errors.New("claims: VPC Lattice did not authenticate the caller with AWS credentials")

// readLatticeIdentity reads what VPC Lattice says of a signed request:
//
//	"identity":{"sourceVpcArn":"arn:…","type":"AWS_IAM","principal":"arn:aws:sts::111122223333:assumed-role/web/i-0a1b",
//	  "principalOrgID":"o-…","sessionName":"i-0a1b"}
//
// See https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html.
func readLatticeIdentity(identity []byte) (Source, claimSet, error) {
	set, err := readClaims(identity)
	if err != nil {
		return 0, claimSet{}, err
	}
	set, err = set.renamed(latticePrincipal)
	return Lattice, set, err
}

// newLattice builds the Identity of who signed a request to VPC Lattice.
func newLattice(st *statement, r *rules) (*Identity, error) {
	if st.claims.str("type") != "AWS_IAM" {
		return nil, errNotIAM
	}
	principal := st.claims.str("principal")
	return named(&Identity{
		Source:  Lattice,
		Subject: principal,
		IAM:     &IAM{UserARN: principal, OrgID: st.claims.str("principalOrgID")},
		claims:  st.claims,
		rules:   r,
	})
}
