package apigateway

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
)

// exported is an OpenAPI document that API Gateway wrote of a stage.
type exported struct {
	OpenAPI string `json:"openapi"`
	Servers []struct {
		URL       string `json:"url"`
		Variables map[string]struct {
			Default string `json:"default"`
		} `json:"variables"`
	} `json:"servers"`
	Paths      map[string]map[string]any `json:"paths"`
	Components struct {
		SecuritySchemes map[string]exportedScheme `json:"securitySchemes"`
	} `json:"components"`
	Security []map[string][]string `json:"security"`
}

type exportedScheme struct {
	AuthType   string `json:"x-amazon-apigateway-authtype"`
	Authorizer *struct {
		Type             string   `json:"type"`
		IdentitySource   string   `json:"identitySource"`
		AuthorizerURI    string   `json:"authorizerUri"`
		TTL              *int     `json:"authorizerResultTtlInSeconds"`
		ProviderARNs     []string `json:"providerARNs"`
		JWTConfiguration struct {
			Issuer   string   `json:"issuer"`
			Audience []string `json:"audience"`
		} `json:"jwtConfiguration"`
	} `json:"x-amazon-apigateway-authorizer"`
}

type exportedOperation struct {
	Security []map[string][]string `json:"security"`
	Auth     struct {
		Type string `json:"type"`
	} `json:"x-amazon-apigateway-auth"`
	Integration *struct {
		Type               string         `json:"type"`
		URI                string         `json:"uri"`
		Credentials        string         `json:"credentials"`
		PayloadFormat      string         `json:"payloadFormatVersion"`
		RequestParameters  map[string]any `json:"requestParameters"`
		ResponseParameters map[string]any `json:"responseParameters"`
		CacheKeyParameters []string       `json:"cacheKeyParameters"`
	} `json:"x-amazon-apigateway-integration"`
}

// exports reads what API Gateway wrote of its stages.
func (d *deployment) exports(in inputs, command string) (map[string]routeSet, error) {
	sets := map[string]routeSet{}
	var problems []error
	for _, f := range in[command] {
		set, err := d.export(f)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		name := set.stages[0]
		if _, twice := sets[name]; twice {
			problems = append(problems, f.errorf("is a second export of the stage %s", name))
		}
		sets[name] = set
	}
	return sets, errors.Join(problems...)
}

// leftOver reports exports of stages that the API does not have.
func leftOver(sets map[string]routeSet) error {
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		problems = append(problems, errors.New("apigateway: an export of the stage "+name+", which get-stages does not list"))
	}
	return errors.Join(problems...)
}

func (d *deployment) export(f input) (routeSet, error) {
	var v exported
	if err := f.decode(&v); err != nil {
		return routeSet{}, err
	}
	if !strings.HasPrefix(v.OpenAPI, "3.0.") {
		return routeSet{}, f.errorf("is not an OpenAPI 3.0 document; export with OAS30, oas30 for a REST API")
	}
	name, err := d.stageOf(f, &v)
	if err != nil {
		return routeSet{}, err
	}
	set := routeSet{stages: []string{name}}
	var problems []error
	for _, path := range slices.Sorted(maps.Keys(v.Paths)) {
		for _, member := range slices.Sorted(maps.Keys(v.Paths[path])) {
			key := keyOf(path, member)
			if key == "" {
				continue
			}
			r, err := d.exportedRoute(f, &v, name, key, v.Paths[path][member])
			problems = append(problems, err)
			set.routes = append(set.routes, r)
		}
	}
	return set, errors.Join(problems...)
}

// stageOf returns the stage that a document is of, and checks that it is of this
// API.
func (d *deployment) stageOf(f input, v *exported) (string, error) {
	if len(v.Servers) == 0 {
		return "", f.errorf("has no servers, so that it does not say which API it is of")
	}
	s := v.Servers[0]
	m := executeAPI.FindStringSubmatch(s.URL)
	if m == nil || m[1] != d.id || m[2] != d.region {
		return "", f.errorf("is of %q, not of the API %s in %s", s.URL, d.id, d.region)
	}
	_, path, _ := strings.Cut(strings.TrimPrefix(s.URL, "https://"), "/")
	if path == "{basePath}" {
		path = s.Variables["basePath"].Default
	}
	if path = strings.Trim(path, "/"); path == "" {
		path = "$default"
	}
	return path, nil
}

// keyOf is the route key of a member of a path item, "" for a member that is not an operation.
func keyOf(path, member string) string {
	switch method := strings.ToUpper(member); {
	case member == extAnyMethod && path == "/"+defaultKey:
		return defaultKey
	case member == extAnyMethod:
		return anyMethod + " " + path
	case slices.Contains(methods, method):
		return method + " " + path
	}
	return ""
}

func (d *deployment) exportedRoute(f input, v *exported, stage, key string, raw any) (deployedRoute, error) {
	var op exportedOperation
	if err := f.remarshal(raw, &op); err != nil {
		return deployedRoute{}, err
	}
	if op.Integration == nil {
		return deployedRoute{}, f.errorf("%s: no %s; export with extensions", key, extIntegration)
	}
	if !strings.EqualFold(op.Integration.Type, "mock") && op.Integration.URI == "" {
		return deployedRoute{}, f.errorf("%s: its integration has no uri", key)
	}
	security := op.Security
	if security == nil {
		security = v.Security
	}
	if len(security) > 0 && strings.EqualFold(op.Auth.Type, "NONE") {
		return deployedRoute{}, f.errorf("%s: %s is NONE, open access, beside a security scheme", key, extAuth)
	}
	auth, id, scopes, err := d.exportedSecurity(f, v, stage, key, security)
	if err != nil {
		return deployedRoute{}, err
	}
	i := integration{
		proxy:       strings.EqualFold(op.Integration.Type, "aws_proxy"),
		function:    functionOf(op.Integration.URI),
		target:      cmp.Or(op.Integration.URI, op.Integration.Type),
		credentials: op.Integration.Credentials != "",
		mappings:    len(op.Integration.RequestParameters)+len(op.Integration.ResponseParameters) > 0,
		format:      op.Integration.PayloadFormat,
		cacheKeys:   op.Integration.CacheKeyParameters,
	}
	return newRoute(f, key, string(auth), id, scopes, i)
}

// exportedSecurity reads what an operation asks for. Its authorizers are entered
// under the name of their scheme, since the document has no ids.
func (d *deployment) exportedSecurity(f input, v *exported, stage, key string, security []map[string][]string) (Auth, string, []string, error) {
	if len(security) == 0 {
		return None, "", nil, nil
	}
	if len(security) > 1 || len(security[0]) != 1 {
		return "", "", nil, f.errorf("%s: several security schemes, and a route has one", key)
	}
	for name, scopes := range security[0] {
		scheme, ok := v.Components.SecuritySchemes[name]
		if !ok {
			return "", "", nil, f.errorf("%s: its security scheme %q is not in the document", key, name)
		}
		if strings.EqualFold(scheme.AuthType, "awsSigv4") {
			return IAM, "", nil, nil
		}
		a, err := scheme.authorizer(f, name)
		if err != nil {
			return "", "", nil, err
		}
		a.id = stage + "/" + name
		return a.auth, a.id, scopes, d.addAuthorizer(f, a)
	}
	return None, "", nil, nil
}

func (s exportedScheme) authorizer(f input, name string) (authorizer, error) {
	if s.Authorizer == nil {
		return authorizer{}, f.errorf("security scheme %q: no %s; export with extensions", name, extAuthorizer)
	}
	a := authorizer{ttl: s.Authorizer.TTL}
	for source := range strings.SplitSeq(s.Authorizer.IdentitySource, ",") {
		a.sources = append(a.sources, strings.TrimSpace(source))
	}
	switch strings.ToLower(s.Authorizer.Type) {
	case "jwt":
		a.auth, a.issuers, a.audiences = JWT, []string{s.Authorizer.JWTConfiguration.Issuer}, s.Authorizer.JWTConfiguration.Audience
	case "cognito_user_pools":
		a.auth = CognitoUserPools
		for _, arn := range s.Authorizer.ProviderARNs {
			a.issuers = append(a.issuers, poolIssuer(arn))
		}
	case "request", "token":
		a.auth, a.function = Custom, functionOf(s.Authorizer.AuthorizerURI)
		if a.function == "" {
			return a, f.errorf("security scheme %q: authorizerUri %q leads to no function", name, s.Authorizer.AuthorizerURI)
		}
	default:
		return a, f.errorf("security scheme %q: type %q is not known here", name, s.Authorizer.Type)
	}
	return a, nil
}

// poolIssuer is the issuer of a user pool, by its ARN
// ("Verifying JSON web tokens", Amazon Cognito Developer Guide).
func poolIssuer(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) != 6 || !strings.HasPrefix(parts[5], "userpool/") {
		return arn
	}
	return "https://cognito-idp." + parts[3] + ".amazonaws.com/" + strings.TrimPrefix(parts[5], "userpool/")
}
