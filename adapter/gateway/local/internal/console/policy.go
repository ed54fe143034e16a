package console

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Policy is what the Policy page shows.
type Policy struct {
	Known    bool     `json:"known"`
	Identity string   `json:"identity"` // the Identifier, with its pins
	Every    string   `json:"every"`
	Report   string   `json:"report"` // until when refusals are only recorded
	Rules    []Rule   `json:"rules"`
	Routes   []Route  `json:"routes"` // of the gateway
	Problems []string `json:"problems"`
	Notes    []string `json:"notes"`
	CORS     string   `json:"cors"` // who owns it
	Matrix   Matrix   `json:"matrix"`

	// Find is the policy's, nil if it is not known.
	Find func(*http.Request) (authz.Rule, authz.Requirement, bool) `json:"-"`
}

// Rule is one operation of the function's.
type Rule struct {
	Method      string `json:"method"` // "": every method
	Pattern     string `json:"pattern"`
	Requirement string `json:"requirement"`
	Gateway     string `json:"gateway"` // what the gateway's route for it asks for
}

// Route is one route of the gateway's.
type Route struct {
	Key        string   `json:"key"`
	Open       bool     `json:"open"`
	Authorizer string   `json:"authorizer"`
	Scopes     []string `json:"scopes"`
}

// Matrix says who may do what: a row for each rule, a cell for each caller.
type Matrix struct {
	Callers []string   `json:"callers"`
	Rows    [][]string `json:"rows"`
}

// ruleFor asks the policy what it requires of a request, as the function will
// see it.
func (c *Console) ruleFor(r *http.Request) rule {
	if c.config.Policy.Find == nil {
		return rule{}
	}
	path, ok := strings.CutPrefix(r.URL.Path, c.config.Prefix)
	if !ok {
		return rule{}
	}
	if path == "" {
		path = "/"
	}
	asked := &http.Request{Method: r.Method, Host: r.Host, URL: &url.URL{Path: path}, Header: http.Header{}}
	found, _, ok := c.config.Policy.Find(asked.WithContext(r.Context()))
	if !ok {
		return rule{}
	}
	return rule{true, strings.TrimSpace(found.Method + " " + found.Pattern), found.Requirement}
}
