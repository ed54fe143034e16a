package authz

import (
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/bearer"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// leeway is how long an identity counts after its Expiry: clocks differ, and a
// request takes its time from the gateway to here.
const leeway = 60 * time.Second

// identifierName is whose an error of the Guard's Identifier is.
const identifierName = "Identifier"

var (
	errExpired error = cause.Text("authz: the identity has expired")
	errSeveral error = cause.Text("authz: more than one credential in Authorization")
)

// identify returns who is calling, and the refusal (Status 0: none) that meets
// this caller wherever an identity is required. Only an expired identity comes
// with one, for the record.
func (g *Guard) identify(r *http.Request) (*claims.Identity, Error) {
	token, several := bearer.Token(r.Header["Authorization"])
	if several {
		return nil, Error{Status: http.StatusBadRequest, Code: CodeInvalidRequest, Err: errSeveral}
	}
	code := ""
	if token != "" {
		code = CodeInvalidToken
	}
	id, err := g.caller(r)
	switch {
	case err != nil:
		return nil, refusalFor(&cause.Named{Name: identifierName, Err: err}, http.StatusUnauthorized, code)
	case isNobody(id):
		return nil, Error{Status: http.StatusUnauthorized, Code: code}
	case expired(id):
		return id, Error{Status: http.StatusUnauthorized, Code: CodeInvalidToken, Err: errExpired}
	}
	return id, Error{}
}

func (g *Guard) caller(r *http.Request) (*claims.Identity, error) {
	if g.Identifier == nil {
		id, _ := claims.FromContext(r.Context())
		return id, nil
	}
	id, err := g.Identifier.Identify(r)
	if _, ours := g.Identifier.(*claims.Extractor); ours && err != nil {
		err = &cause.Own{Err: err} // it holds no value of the event
	}
	return id, err
}

// isNobody also knows an Identity that no one vouched for or that names no
// one, as an Identify might make by hand: claims.FromContext hides those, and a
// handler must not see another caller than was decided on.
func isNobody(id *claims.Identity) bool {
	return id == nil || id.Source == 0 || id.Subject == ""
}

func expired(id *claims.Identity) bool {
	return !id.Expiry.IsZero() && time.Since(id.Expiry) > leeway
}
