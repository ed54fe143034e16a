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

// Issuer requires that the caller's token comes from the issuer with this logical
// name, which claims.Config.IssuerNames defines. Use it where several issuers are
// accepted: Scope, Groups and Claim trust all of them alike. Issuer panics if name
// is empty or more than one word. Registering a route panics if the Guard's
// Identifier does not know the name.
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
