package authz

import (
	"net/http"
	"strings"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

type issuer struct {
	name    string
	missing error
}

// Issuer requires a caller whom the issuer of this logical name vouched for, as
// claims.Config.IssuerNames has it: where several issuers are accepted, Scope,
// Groups and Claim trust each of them alike. Issuer panics if name is empty or
// of more than one word. A Guard panics where a route is registered with an
// Issuer that its Identifier does not name.
func Issuer(name string) Requirement {
	if name == "" || strings.ContainsAny(name, " \t\r\n") {
		panic("authz: Issuer without a name of one word")
	}
	return &issuer{name, cause.Text("authz: needs issuer " + name)}
}

func (i *issuer) Check(_ *http.Request, id *claims.Identity) error {
	err, _ := i.lacks(id)
	return err
}

func (i *issuer) lacks(id *claims.Identity) (err error, missed bool) {
	if id.IssuedBy(i.name) {
		return nil, false
	}
	return i.missing, false
}

func (i *issuer) String() string { return "issuer " + i.name }
