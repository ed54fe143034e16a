package claims

import "github.com/gatehouse-go/gatehouse/internal/cause"

// latticePrincipal are the members of a VPC Lattice identity that are read, in
// these spellings alone: documents and libraries disagree on others.
var latticePrincipal = same(
	"sourceVpcArn", "type", "principal", "principalOrgID", "sessionName",
	"x509SanDns", "X509SubjectCn", "X509IssuerOu", "X509SanUri", "X509SanNameCn",
)

const errNotIAM = cause.Text("claims: VPC Lattice did not authenticate the caller with AWS credentials")

// newLattice builds the Identity of who signed a request to VPC Lattice:
//
//	"identity":{"sourceVpcArn":"arn:…","type":"AWS_IAM","principal":"arn:aws:sts::111122223333:assumed-role/web/i-0a1b",
//	  "principalOrgID":"o-…","sessionName":"i-0a1b"}
//
// See https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html.
func newLattice(st *statement, r *rules, src *source) (*Identity, error) {
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
		src:     src,
	})
}
