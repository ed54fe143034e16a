// Package machines is an API that other programs call, each in one of three ways:
// with a token of its own (OAuth client credentials), with an AWS signature, or with
// a client certificate. Package caller is the other side.
package machines

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Scope is what a token needs.
const Scope = "reports/read"

// Known are the machines that need no token.
type Known struct {
	// Roles are ARNs of IAM roles: arn:aws:iam::123456789012:role/nightly. A path
	// of a role is not part of what a front tells, and is left out.
	Roles []string
	// Subjects are distinguished names of certificates, as the gateway writes them:
	// CN=meter-7,O=Example.
	Subjects []string
}

// Handler returns the API: GET /report. Each way in has its own requirement, since
// what proves a caller in one means nothing in another.
func Handler(who authz.Identifier, known Known) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /report", authz.Any(
		authz.All(authz.Source(claims.JWT), authz.AccessToken(), authz.Scope(Scope)),
		authz.All(authz.Source(claims.SigV4), known.role()),
		authz.All(authz.Source(claims.ClientCertificate), known.subject()),
	), report)
	return mux
}

func report(w http.ResponseWriter, r *http.Request) {
	caller, _ := claims.FromContext(r.Context())
	fmt.Fprintf(w, "all is well, %s by %v\n", caller.Subject, caller.Source)
}

// role requires a session of one of the roles. IAM lets in whoever its policies let
// in, which is often a whole account.
func (k Known) role() authz.Requirement {
	return authz.Func("a known role", func(_ *http.Request, id *claims.Identity) error {
		for _, role := range k.Roles {
			if id.IAM != nil && sessionOf(id.IAM.UserARN, role) {
				return nil
			}
		}
		return errors.New("machines: not a role of Known.Roles")
	})
}

// sessionOf reports whether arn is that of a session of the role:
// arn:aws:sts::123456789012:assumed-role/nightly/SESSION. Whoever assumes a role
// chooses the session's name, so nothing else may follow from it.
func sessionOf(arn, role string) bool {
	name, ok := strings.CutPrefix(role, "arn:aws:iam::")
	if !ok {
		return false
	}
	account, name, ok := strings.Cut(name, ":role/")
	session, found := strings.CutPrefix(arn, "arn:aws:sts::"+account+":assumed-role/"+name+"/")
	return ok && found && name != "" && session != "" && !strings.Contains(session, "/")
}

func (k Known) subject() authz.Requirement {
	return authz.Func("a known certificate", func(_ *http.Request, id *claims.Identity) error {
		for _, subject := range k.Subjects {
			if subject != "" && id.Subject == subject {
				return nil
			}
		}
		return errors.New("machines: not a subject of Known.Subjects")
	})
}
