package mcp

import (
	"net/http"
	"slices"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// fromOrigin refuses requests of pages that are not of these origins, with 403, as
// the protocol's transport asks
// (https://modelcontextprotocol.io/specification/2025-11-25/basic/transports). cors
// does not: it only keeps pages from reading the answers.
func fromOrigin(origins []string) authz.Requirement {
	return authz.Func("an allowed Origin", func(r *http.Request, _ *claims.Identity) error {
		switch sent := r.Header["Origin"]; {
		case len(sent) == 0, len(sent) == 1 && slices.Contains(origins, sent[0]):
			return nil
		}
		return &authz.Error{Status: http.StatusForbidden}
	})
}
