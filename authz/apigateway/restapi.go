package apigateway

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// What aws apigateway prints, as far as it counts here.
type (
	restAPI struct {
		ID                        string `json:"id"`
		Policy                    string `json:"policy"`
		DisableExecuteAPIEndpoint bool   `json:"disableExecuteApiEndpoint"`
		EndpointConfiguration     struct {
			Types []string `json:"types"`
		} `json:"endpointConfiguration"`
	}
	restAuthorizers struct {
		Items []restAuthorizer `json:"items"`
		restAuthorizer
	}
	restAuthorizer struct {
		ID             string   `json:"id"`
		Type           string   `json:"type"`
		ProviderARNs   []string `json:"providerARNs"`
		AuthorizerURI  string   `json:"authorizerUri"`
		IdentitySource string   `json:"identitySource"`
		TTL            *int     `json:"authorizerResultTtlInSeconds"`
	}
	restStages struct {
		Item []struct {
			StageName      string `json:"stageName"`
			DeploymentID   string `json:"deploymentId"`
			CacheCluster   bool   `json:"cacheClusterEnabled"`
			CanarySettings *struct {
				DeploymentID string `json:"deploymentId"`
			} `json:"canarySettings"`
			AccessLogSettings struct {
				DestinationARN string `json:"destinationArn"`
			} `json:"accessLogSettings"`
			MethodSettings map[string]struct {
				CachingEnabled bool `json:"cachingEnabled"`
			} `json:"methodSettings"`
		} `json:"item"`
	}
	restMappings struct {
		Items []struct {
			RestAPIID string `json:"restApiId"`
		} `json:"items"`
	}
)

// loadREST reads a REST API. Its routes come from exports alone: get-resources says
// what is configured, and changes reach callers only by a deployment.
func (d *deployment) loadREST(in inputs) error {
	err := foreignKind(in, "get-api", "get-routes", "get-integrations", "export-api", "get-api-mappings")
	return errors.Join(err, d.loadRESTAPI(in), d.loadRESTAuthorizers(in), d.loadRESTStages(in), d.loadBasePaths(in))
}

func (d *deployment) loadRESTAPI(in inputs) error {
	f, ok, err := d.one(in, "get-rest-api")
	if !ok {
		return err
	}
	var api restAPI
	if err := f.decode(&api); err != nil {
		return err
	}
	if !apiID.MatchString(api.ID) {
		return f.errorf("has no id")
	}
	d.id, d.open, d.policy = api.ID, !api.DisableExecuteAPIEndpoint, api.Policy != ""
	if len(api.EndpointConfiguration.Types) == 0 {
		return f.errorf("does not say whether the API is private: there are no endpointConfiguration.types")
	}
	for _, t := range api.EndpointConfiguration.Types {
		switch t {
		case "PRIVATE":
			d.private = true
		case "EDGE", "REGIONAL":
		default:
			return f.errorf("endpoint type %q is not known here", t)
		}
	}
	for _, export := range in["get-export"] {
		var v exported
		if err := export.decode(&v); err != nil || len(v.Servers) == 0 {
			continue // reported where it is read
		}
		if m := executeAPI.FindStringSubmatch(v.Servers[0].URL); m != nil && m[1] == d.id {
			d.region = m[2]
		}
	}
	return nil
}

func (d *deployment) loadRESTAuthorizers(in inputs) error {
	var problems []error
	for _, command := range []string{"get-authorizer", "get-authorizers"} {
		for _, f := range in[command] {
			var v restAuthorizers
			if err := f.decode(&v); err != nil {
				problems = append(problems, err)
				continue
			}
			list := v.Items
			if command == "get-authorizer" {
				list = []restAuthorizer{v.restAuthorizer}
			}
			for _, a := range list {
				problems = append(problems, d.addRESTAuthorizer(f, a))
			}
		}
	}
	return errors.Join(problems...)
}

func (d *deployment) addRESTAuthorizer(f input, a restAuthorizer) error {
	n := authorizer{id: a.ID, ttl: a.TTL, sources: strings.Split(a.IdentitySource, ",")}
	switch a.Type {
	case "COGNITO_USER_POOLS":
		n.auth = CognitoUserPools
		for _, arn := range a.ProviderARNs {
			n.issuers = append(n.issuers, poolIssuer(arn))
		}
	case "REQUEST", "TOKEN":
		n.auth, n.function = Custom, functionOf(a.AuthorizerURI)
		if n.function == "" {
			return f.errorf("authorizerUri %q leads to no function", a.AuthorizerURI)
		}
	case "JWT":
		n.auth = JWT
	default:
		return f.errorf("type %q is not known here", a.Type)
	}
	return d.addAuthorizer(f, n)
}

func (d *deployment) loadRESTStages(in inputs) error {
	exports, err := d.exports(in, "get-export")
	if err != nil {
		return err
	}
	f, ok, err := d.one(in, "get-stages")
	if !ok {
		return err
	}
	var v restStages
	if err := f.decode(&v); err != nil {
		return err
	}
	for _, s := range v.Item {
		if s.StageName == "" || s.DeploymentID == "" {
			return f.errorf("a stage without a name or a deployment")
		}
		n := stage{name: s.StageName, log: s.AccessLogSettings.DestinationARN != ""}
		for _, method := range slices.Sorted(maps.Keys(s.MethodSettings)) {
			if s.CacheCluster && s.MethodSettings[method].CachingEnabled {
				n.cached = append(n.cached, method)
			}
		}
		d.stages = append(d.stages, n)
		if s.CanarySettings != nil && s.CanarySettings.DeploymentID != s.DeploymentID {
			d.missed("canary of stage " + s.StageName) // another deployment, which no export shows
		}
		set, exported := exports[s.StageName]
		delete(exports, s.StageName)
		if !exported {
			d.missed("get-export of stage " + s.StageName)
			continue
		}
		d.sets = append(d.sets, set)
	}
	if len(v.Item) == 0 {
		d.missed("get-export")
	}
	return leftOver(exports)
}

func (d *deployment) loadBasePaths(in inputs) error {
	for _, f := range in["get-base-path-mappings"] {
		var v restMappings
		if err := f.decode(&v); err != nil {
			return err
		}
		for _, m := range v.Items {
			d.mappings = d.mappings || m.RestAPIID == d.id
		}
	}
	return nil
}
