package apigateway

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/gatehouse-go/gatehouse/authz"
)

// noRule is the answer for a request that no rule decides.
const noRule = -1

// oracle asks the code's own router and knows the rules by number.
type oracle struct {
	router  Router
	rules   []authz.Rule
	numbers map[string]int // by name
	unknown error          // a rule that the policy does not have
}

func newOracle(r Router, rules []authz.Rule) *oracle {
	o := &oracle{router: r, rules: rules, numbers: map[string]int{}}
	for i, rule := range rules {
		o.numbers[name(rule)] = i
	}
	return o
}

// someHost is the host of requests for no host in particular.
const someHost = "api.example"

// ask returns the number of the rule that decides a request, or noRule.
func (o *oracle) ask(method, host, path string) int {
	if host == "" {
		host = someHost
	}
	rule, _, ok := o.router.Find(request(method, host, path))
	if !ok {
		return noRule
	}
	i, known := o.numbers[name(rule)]
	if !known {
		o.unknown = fmt.Errorf("apigateway: the router's Find names the rule %q, which its Policy does not list", name(rule))
		return noRule
	}
	return i
}

// request is what the function would be given. path is percent-encoded.
func request(method, host, path string) *http.Request {
	target := &url.URL{Path: unescape(path)}
	if target.EscapedPath() != path {
		target.RawPath = path
	}
	return &http.Request{
		Method: method, URL: target, Host: host, RequestURI: path,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody,
	}
}

// escape percent-encodes a path as a client would.
func escape(path string) string { return (&url.URL{Path: path}).EscapedPath() }
