package local

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local/internal/console"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

// policyView is what the console shows of Policy and of the gateway's routes.
func (s *service) policyView() console.Policy {
	var view console.Policy
	for _, route := range s.routes {
		view.Routes = append(view.Routes, console.Route{Key: route.Key, Open: route.Open, Authorizer: route.Authorizer, Scopes: route.Scopes})
	}
	view.CORS = s.corsOwner()
	if s.Policy == nil {
		return view
	}
	policy := s.Policy.Policy()
	view.Known, view.Identity, view.Every, view.Find = true, policy.Identity, policy.Every, s.Policy.Find
	if !policy.ReportUntil.IsZero() {
		view.Report = policy.ReportUntil.UTC().Format(time.RFC3339)
	}
	for _, rule := range policy.Rules {
		view.Rules = append(view.Rules, console.Rule{
			Method: rule.Method, Pattern: rule.Pattern, Requirement: rule.Requirement, Gateway: gateText(rule.Gate),
		})
	}
	if s.plan != nil {
		view.Problems, view.Notes = s.problems(), s.plan.Notes
	}
	view.Matrix = s.matrix(policy)
	return view
}

// gateText is what of a rule a gateway can ask for.
func gateText(g authz.Gate) string {
	switch {
	case g.Public:
		return "nothing"
	case len(g.Scopes) > 0:
		return strings.TrimSpace("a token " + issuedBy(g) + "with " + strings.Join(g.Scopes, " or "))
	}
	return strings.TrimSpace("a token " + issuedBy(g))
}

func issuedBy(g authz.Gate) string {
	if g.Issuer == "" {
		return ""
	}
	return "of " + g.Issuer + " "
}

func (o *Options) corsOwner() string {
	if o.CORS == nil {
		return "Options.CORS is not set: preflights are treated as any other request."
	}
	switch o.CORS.Owner {
	case cors.OwnerGateway:
		return "The gateway answers preflights and sets the headers."
	case cors.OwnerGatewayPreflight:
		return "The gateway answers preflights, the function sets the headers."
	}
	return "The function answers preflights and sets the headers."
}

// matrix asks the policy's own Guard about nobody, each client and each user. It
// is empty where a token has to be verified, for it is asked with the event's
// word alone, or where the routes have no Guard to ask.
func (s *service) matrix(policy authz.Policy) (m console.Matrix) {
	routes, ok := s.Policy.(authztest.Routes)
	if !ok || slices.Contains(policy.Trust.Sources, claims.Verified) {
		return console.Matrix{}
	}
	defer func() {
		if recover() != nil { // there is no front that this Identifier would believe
			m = console.Matrix{}
		}
	}()
	callers := s.callers()
	for _, caller := range callers {
		m.Callers = append(m.Callers, caller.Name)
	}
	lines := strings.Split(strings.TrimRight(authztest.Matrix(routes, callers...), "\n"), "\n")
	for i, line := range lines[1:] {
		cells := strings.Fields(line)
		cells = cells[len(cells)-len(callers):]
		row := []string{"any", "anything else"}
		if i < len(policy.Rules) {
			row = []string{cmp.Or(policy.Rules[i].Method, "any"), policy.Rules[i].Pattern}
		}
		m.Rows = append(m.Rows, append(row, cells...))
	}
	return m
}

// callers are those that the first issuer's tokens can be of.
func (s *service) callers() []authztest.Caller {
	callers := []authztest.Caller{{Name: "nobody"}}
	i := s.issuer()
	claims := func(client Client, more map[string]any) map[string]any {
		all := map[string]any{
			"iss": i.url, "sub": client.ID, "client_id": client.ID, "token_use": "access",
			"scope": strings.Join(client.ownScopes(), " "), "exp": time.Now().Add(time.Hour).Unix(),
		}
		for name, value := range more {
			all[name] = value
		}
		return all
	}
	for _, id := range i.clientIDs() {
		client := i.clients[id]
		if client.Secret != "" {
			callers = append(callers, authztest.Caller{Name: id, Claims: claims(client, nil)})
		}
		if len(client.RedirectURIs) == 0 {
			continue
		}
		for _, user := range i.sortedUsers() {
			callers = append(callers, authztest.Caller{Name: user.Username + " by " + id, Claims: claims(client, map[string]any{
				"sub": user.Sub, "username": user.Username, "cognito:groups": absent(user.Groups),
			})})
		}
	}
	return callers
}
