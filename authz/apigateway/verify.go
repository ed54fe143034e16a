package apigateway

import (
	"cmp"
	"net/http"
)

// Verify compares the plan with the router for more requests than New thought of,
// such as those of an access log, under every reading of what AWS leaves open. Only
// method, host and path of a request count. It returns one Problem for each rule
// and kind of disagreement; one whose rule is in p.Problems was announced.
//
// r must be the Router that the plan was made from.
func (p *Plan) Verify(r Router, requests ...*http.Request) ([]Problem, error) {
	j, err := newPlanner(r, &p.opts)
	if err != nil {
		return nil, err
	}
	t, err := p.table(j.terms.authorizer)
	if err != nil {
		return nil, err
	}
	o := j.oracle
	j.exchanges = nil
	for _, request := range requests {
		host, path := request.Host, request.URL.EscapedPath()
		j.exchanges = append(j.exchanges, exchange{request.Method, host, path, o.ask(request.Method, host, path)})
	}
	j.problems = nil
	for _, f := range j.judge(t) {
		j.problems = append(j.problems, j.problem(f))
	}
	return j.problems, o.unknown
}

// table is the plan's routes, parsed. authorizer is that of routes which name none.
func (p *Plan) table(authorizer string) (table, error) { return parseRoutes(p.Routes, authorizer) }

// parseRoutes parses routes as a table.
func parseRoutes(routes []Route, authorizer string) (table, error) {
	var t table
	for i, r := range routes {
		method, path, err := parseKey(r.Key)
		if err != nil {
			return nil, err
		}
		g := gate{auth: r.Auth, scopes: r.Scopes}
		if r.Auth == JWT || r.Auth == CognitoUserPools {
			g.authorizer = cmp.Or(r.Authorizer, authorizer)
		}
		t = append(t, entry{method: method, path: path, gate: g, route: i})
	}
	return t, nil
}
