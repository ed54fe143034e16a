package apigateway

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Comparison is what changes between two versions of the routes.
type Comparison struct {
	// Added and Removed are routes that only one version has; what takes their
	// requests in the other is in Was or Is.
	Added, Removed []Change
	// Loosened are routes, added and removed ones included, at which callers get
	// to the function who did not before; Tightened those at which callers do not
	// who did. A route that changes its authorizer, or one scope for another, is
	// in both.
	Loosened, Tightened []Change
}

// Change is one route of a Comparison. Was and Is say what is asked of its
// requests; "": no route takes them.
type Change struct {
	Key     string
	Was, Is string
}

// Compare returns what changes from old to now. It asks both for requests to each
// route of either, so that a route which is gone counts with what now takes its
// requests.
func Compare(old, now []Route) (*Comparison, error) {
	was, err := parseRoutes(old, floorAuthorizer(now))
	if err != nil {
		return nil, fmt.Errorf("apigateway: old routes: %w", err)
	}
	is, err := parseRoutes(now, floorAuthorizer(old))
	if err != nil {
		return nil, fmt.Errorf("apigateway: new routes: %w", err)
	}
	c := &Comparison{}
	for _, e := range union(was, is) {
		c.add(e, was, is)
	}
	return c, nil
}

// floorAuthorizer is the authorizer that is asked where no rule decides. Routes that
// name none, because there was only one, are compared as if they named this one.
func floorAuthorizer(routes []Route) string {
	for _, r := range routes {
		if strings.HasSuffix(r.Key, " "+below(nil).String()) {
			return r.Authorizer
		}
	}
	return ""
}

// union lists the entries of both tables, those of one method and shape once.
func union(was, is table) table {
	var all table
	seen := map[string]bool{}
	for _, e := range slices.Concat(is, was) {
		if id := e.method + " " + e.path.shape(); !seen[id] {
			seen[id] = true
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.path.String(), b.path.String()), cmp.Compare(a.method, b.method))
	})
	return all
}

func (c *Comparison) add(e entry, was, is table) {
	change := Change{Key: e.String()}
	before, after := was.like(e), is.like(e)
	if before != nil {
		change.Was = described(before.gate)
	}
	if after != nil {
		change.Is = described(after.gate)
	}
	switch {
	case !was.has(e):
		c.Added = append(c.Added, change)
	case !is.has(e):
		c.Removed = append(c.Removed, change)
	}
	if after != nil && (before == nil || refusesMore(before.gate, after.gate)) {
		c.Loosened = append(c.Loosened, change)
	}
	if before != nil && (after == nil || refusesMore(after.gate, before.gate)) {
		c.Tightened = append(c.Tightened, change)
	}
}

// like returns what takes a request to the route e. An ANY route is asked for by a
// method that no other route names, and where there is no such route, by one that
// others may name in its stead.
func (t table) like(e entry) *entry {
	var path []string
	for i, s := range e.path {
		if s.kind == literal {
			path = append(path, s.text)
		} else {
			path = append(path, fresh(i))
		}
	}
	method := e.method
	if method == anyMethod {
		method = "PROPFIND" // which no route names
		if !t.has(e) {
			method = "PUT"
		}
	}
	return t.find(reading{}, method, "/"+strings.Join(path, "/"))
}

func (t table) has(e entry) bool {
	return slices.ContainsFunc(t, func(f entry) bool { return f.method == e.method && f.path.shape() == e.path.shape() })
}

// refusesMore reports whether g refuses callers whom h lets through.
func refusesMore(g, h gate) bool {
	switch {
	case g.auth == None:
		return false
	case !g.sameAuthorizer(h):
		return true
	}
	return g.asksMore(h)
}

func described(g gate) string {
	return Route{Auth: g.auth, Authorizer: g.authorizer, Scopes: g.scopes}.asks()
}

// Markdown returns the comparison for a pull request.
func (c *Comparison) Markdown() string {
	var b strings.Builder
	b.WriteString("## Gateway routes\n\n")
	for _, section := range []struct {
		title   string
		changes []Change
	}{
		{"Loosened", c.Loosened}, {"Tightened", c.Tightened}, {"Added", c.Added}, {"Removed", c.Removed},
	} {
		if len(section.changes) == 0 {
			continue
		}
		fmt.Fprintf(&b, "### %s\n\n| route | was | is |\n|---|---|---|\n", section.title)
		for _, change := range section.changes {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", change.Key, cmp.Or(cell(change.Was), "no route"), cmp.Or(cell(change.Is), "no route"))
		}
		b.WriteByte('\n')
	}
	b.WriteString(c.order() + "\n")
	return b.String()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// order says what to deploy first. At no time may the gateway refuse what the
// function that is running grants.
func (c *Comparison) order() string {
	switch loose, tight := len(c.Loosened) > 0, len(c.Tightened) > 0; {
	case loose && tight:
		return "Deploy the gateway with the routes of both versions first (`-also`), then the function, then the gateway with these routes."
	case loose:
		return "Deploy the gateway first, then the function: the running function is the stricter one."
	case tight:
		return "Deploy the function first, then the gateway: the running function still grants what these routes refuse."
	case len(c.Added)+len(c.Removed) > 0:
		return "Deploy in any order: the same callers reach the function."
	}
	return "Nothing changes."
}
