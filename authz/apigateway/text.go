package apigateway

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// writeTable writes the routes, one a line.
func (p *Plan) writeTable(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range p.Routes {
		method, path, _ := strings.Cut(r.Key, " ")
		fmt.Fprintf(t, "%s\t%s\t%s\n", method, path, r.asks())
	}
	t.Flush()
}

// asks says what a route asks for.
func (r Route) asks() string {
	switch r.Auth {
	case None:
		return "open"
	case IAM:
		return "AWS signature"
	case Custom:
		return "Lambda authorizer"
	}
	scopes := "scope " + strings.Join(r.Scopes, " or ")
	switch {
	case r.Authorizer == "" && len(r.Scopes) == 0:
		return "any token"
	case r.Authorizer == "":
		return scopes
	case len(r.Scopes) == 0:
		return "token of " + r.Authorizer
	}
	return "token of " + r.Authorizer + ", " + scopes
}
