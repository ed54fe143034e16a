package apigateway

import (
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
	t, keys, err := parseRoutes(p.Routes, j.terms.authorizer)
	if err != nil {
		return nil, err
	}
	o := newOracle(r, j.rules)
	j.exchanges = nil
	for _, request := range requests {
		host, path := request.Host, request.URL.EscapedPath()
		j.exchanges = append(j.exchanges, exchange{request.Method, host, path, o.ask(request.Method, host, path)})
	}
	j.problems = nil
	for _, f := range j.judge(t) {
		j.problems = append(j.problems, j.problem(f, keys))
	}
	return j.problems, o.unknown
}

// parseRoutes parses routes as a table. authorizer is that of routes which name
// none.
func parseRoutes(routes []Route, authorizer string) (table, []*key, error) {
	var t table
	var keys []*key
	for i, r := range routes {
		method, path, err := parseKey(r.Key)
		if err != nil {
			return nil, nil, err
		}
		k := &key{method: method, path: path, gate: gate{auth: r.Auth, scopes: r.Scopes}}
		if r.Auth == JWT || r.Auth == CognitoUserPools {
			k.gate.authorizer = r.Authorizer
			if k.gate.authorizer == "" {
				k.gate.authorizer = authorizer
			}
		}
		keys = append(keys, k)
		t = append(t, entry{method: method, path: path, gate: k.gate, route: i})
	}
	return t, keys, nil
}
