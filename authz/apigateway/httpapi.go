package apigateway

import (
	"errors"
	"regexp"
	"strings"
)

// What aws apigatewayv2 prints, as far as it counts here.
type (
	httpAPI struct {
		APIID                     string `json:"ApiId"`
		ProtocolType              string
		APIEndpoint               string `json:"ApiEndpoint"`
		CorsConfiguration         *struct{ AllowOrigins []string }
		DisableExecuteAPIEndpoint bool `json:"DisableExecuteApiEndpoint"`
	}
	httpRoutes struct {
		Items []struct {
			RouteKey, AuthorizationType, AuthorizerID, Target string
			AuthorizationScopes                               []string
		}
	}
	httpIntegrations struct {
		Items []httpIntegration
	}
	httpIntegration struct {
		IntegrationID, IntegrationType, IntegrationURI, PayloadFormatVersion string
		CredentialsArn, IntegrationSubtype                                   string
		RequestParameters                                                    map[string]any
		ResponseParameters                                                   map[string]any
	}
	httpAuthorizers struct {
		Items []httpAuthorizer
		httpAuthorizer
	}
	httpAuthorizer struct {
		AuthorizerID, AuthorizerType, AuthorizerURI string
		IdentitySource                              []string
		JwtConfiguration                            struct {
			Issuer   string
			Audience []string
		}
		AuthorizerResultTTLInSeconds *int `json:"AuthorizerResultTtlInSeconds"`
	}
	httpStages struct {
		Items []struct {
			StageName                   string
			AutoDeploy                  bool
			LastDeploymentStatusMessage string
			AccessLogSettings           struct{ DestinationArn string }
		}
	}
	httpMappings struct {
		Items []struct {
			APIID string `json:"ApiId"`
		}
	}
)

// executeAPI matches the address of an API.
var executeAPI = regexp.MustCompile(`^https://([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com`)

// loadHTTP reads an HTTP API.
func (d *deployment) loadHTTP(in inputs) error {
	err := foreignKind(in, "get-rest-api", "get-resources", "get-export", "get-base-path-mappings")
	return errors.Join(err, d.loadHTTPAPI(in), d.loadHTTPAuthorizers(in), d.loadHTTPRoutes(in), d.loadMappings(in))
}

func (d *deployment) loadHTTPAPI(in inputs) error {
	f, ok, err := d.one(in, "get-api")
	if !ok {
		return err
	}
	var api httpAPI
	if err := f.decode(&api); err != nil {
		return err
	}
	if api.ProtocolType != "HTTP" {
		return f.errorf("ProtocolType %q: only HTTP APIs are checked so", api.ProtocolType)
	}
	if !apiID.MatchString(api.APIID) {
		return f.errorf("has no ApiId")
	}
	d.id, d.cors, d.open = api.APIID, api.CorsConfiguration != nil, !api.DisableExecuteAPIEndpoint
	m := executeAPI.FindStringSubmatch(api.APIEndpoint)
	if m == nil || m[1] != d.id {
		return f.errorf("ApiEndpoint %q is not that of the API %s", api.APIEndpoint, d.id)
	}
	d.region = m[2]
	return nil
}

func (d *deployment) loadHTTPAuthorizers(in inputs) error {
	var problems []error
	for _, command := range []string{"get-authorizer", "get-authorizers"} {
		for _, f := range in[command] {
			var v httpAuthorizers
			if err := f.decode(&v); err != nil {
				problems = append(problems, err)
				continue
			}
			list := v.Items
			if command == "get-authorizer" {
				list = []httpAuthorizer{v.httpAuthorizer}
			}
			for _, a := range list {
				problems = append(problems, d.addHTTPAuthorizer(f, a))
			}
		}
	}
	return errors.Join(problems...)
}

func (d *deployment) addHTTPAuthorizer(f input, a httpAuthorizer) error {
	n := authorizer{id: a.AuthorizerID, sources: a.IdentitySource, ttl: a.AuthorizerResultTTLInSeconds}
	switch a.AuthorizerType {
	case "JWT":
		n.auth, n.issuers, n.audiences = JWT, []string{a.JwtConfiguration.Issuer}, a.JwtConfiguration.Audience
	case "REQUEST":
		n.auth, n.function = Custom, functionOf(a.AuthorizerURI)
		if n.function == "" {
			return f.errorf("AuthorizerUri %q leads to no function", a.AuthorizerURI)
		}
	default:
		return f.errorf("AuthorizerType %q is not known here", a.AuthorizerType)
	}
	return d.addAuthorizer(f, n)
}

func (d *deployment) loadHTTPRoutes(in inputs) error {
	integrations, haveIntegrations, err1 := d.httpIntegrations(in)
	routes, ok, err2 := d.one(in, "get-routes")
	deployed, err3 := d.loadHTTPStages(in)
	if err := errors.Join(err1, err2, err3); err != nil || !ok || !haveIntegrations {
		return err
	}
	var v httpRoutes
	if err := routes.decode(&v); err != nil {
		return err
	}
	var problems []error
	set := routeSet{stages: deployed}
	seen := map[string]bool{}
	for _, r := range v.Items {
		i, ok := integrations[strings.TrimPrefix(r.Target, "integrations/")]
		if !ok {
			problems = append(problems, routes.errorf("route %q: its target %q is not among the integrations", r.RouteKey, r.Target))
			continue
		}
		route, err := newRoute(routes, r.RouteKey, r.AuthorizationType, r.AuthorizerID, r.AuthorizationScopes, i)
		if err == nil {
			err = d.known(routes, &route)
		}
		if seen[r.RouteKey] {
			err = errors.Join(err, routes.errorf("route %q is there twice, perhaps of two APIs", r.RouteKey))
		}
		seen[r.RouteKey] = true
		problems = append(problems, err)
		set.routes = append(set.routes, route)
	}
	if len(deployed) > 0 {
		d.sets = append(d.sets, set)
	}
	return errors.Join(problems...)
}

func (d *deployment) httpIntegrations(in inputs) (map[string]integration, bool, error) {
	f, ok, err := d.one(in, "get-integrations")
	if !ok {
		return nil, false, err
	}
	var v httpIntegrations
	if err := f.decode(&v); err != nil {
		return nil, false, err
	}
	all := map[string]integration{}
	for _, i := range v.Items {
		switch i.IntegrationType {
		case "AWS_PROXY", "HTTP_PROXY", "AWS", "HTTP", "MOCK":
		default:
			return nil, false, f.errorf("integration %s: IntegrationType %q is not known here", i.IntegrationID, i.IntegrationType)
		}
		if _, twice := all[i.IntegrationID]; twice || i.IntegrationID == "" {
			return nil, false, f.errorf("integration %q has no id, or that of another", i.IntegrationID)
		}
		all[i.IntegrationID] = integration{
			proxy:       i.IntegrationType == "AWS_PROXY",
			function:    functionOf(i.IntegrationURI),
			target:      strings.TrimSpace(i.IntegrationURI + " " + i.IntegrationSubtype),
			credentials: i.CredentialsArn != "",
			mappings:    len(i.RequestParameters)+len(i.ResponseParameters) > 0,
			format:      i.PayloadFormatVersion,
		}
	}
	return all, true, nil
}

// loadHTTPStages reads the stages and returns those whose routes are what is
// configured. The others need an export.
func (d *deployment) loadHTTPStages(in inputs) (deployed []string, err error) {
	exports, err := d.exports(in, "export-api")
	if err != nil {
		return nil, err
	}
	f, ok, err := d.one(in, "get-stages")
	if !ok {
		return nil, err
	}
	var v httpStages
	if err := f.decode(&v); err != nil {
		return nil, err
	}
	for _, s := range v.Items {
		if s.StageName == "" {
			return nil, f.errorf("a stage without a name")
		}
		d.stages = append(d.stages, stage{name: s.StageName, log: s.AccessLogSettings.DestinationArn != ""})
		set, exported := exports[s.StageName]
		delete(exports, s.StageName)
		switch {
		case exported:
			d.sets = append(d.sets, set)
		case s.AutoDeploy && strings.HasPrefix(s.LastDeploymentStatusMessage, "Successfully deployed"):
			deployed = append(deployed, s.StageName)
		default:
			deployed = append(deployed, s.StageName) // the best guess, and not enough
			d.missed(notDeployed(s.StageName, s.AutoDeploy, s.LastDeploymentStatusMessage))
		}
	}
	return deployed, leftOver(exports)
}

// notDeployed names what is missing to know the routes of a stage: get-routes says
// what is configured, and that is deployed only by itself and only if it succeeded.
func notDeployed(stage string, auto bool, message string) string {
	if auto && message == "" {
		return "deployment of stage " + stage
	}
	return "export-api of stage " + stage
}

func (d *deployment) loadMappings(in inputs) error {
	for _, f := range in["get-api-mappings"] {
		var v httpMappings
		if err := f.decode(&v); err != nil {
			return err
		}
		for _, m := range v.Items {
			d.mappings = d.mappings || m.APIID == d.id
		}
	}
	return nil
}
