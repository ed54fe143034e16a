package apigateway

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// deployment is what is deployed, as far as the files say.
type deployment struct {
	kind     Kind
	id       string // of the API
	region   string
	private  bool // a private REST API
	policy   bool // a REST API with a resource policy of its own
	cors     bool // an HTTP API with CORS settings
	open     bool // the execute-api endpoint is enabled
	mappings bool // a custom domain leads here

	authorizers map[string]authorizer // by id
	stages      []stage
	sets        []routeSet // what counts as deployed
	policies    []policy
	urls        []functionURL
	noURLs      []input // that say of which function there are none

	missing []string // files that must be there and are not
}

// routeSet is the routes of some stages.
type routeSet struct {
	stages []string
	routes []deployedRoute
}

// deployedRoute is a route with where it leads.
type deployedRoute struct {
	entry
	key        string
	authorizer string // an id
	integration
}

// integration is where a route leads.
type integration struct {
	proxy       bool   // AWS_PROXY: the function gets the whole request
	function    string // ARN, qualified or not; "" for something else
	target      string // what it leads to, for texts
	credentials bool
	mappings    bool
	format      string // of the payload; "" on a REST API
	cacheKeys   []string
}

// authorizer is an authorizer of the API.
type authorizer struct {
	id        string
	auth      Auth
	issuers   []string // a JWT authorizer's issuer, or those of the user pools
	audiences []string // nil: none are checked
	function  string   // a Lambda authorizer's
	ttl       *int
	sources   []string
	source    string // the file
}

// stage is a stage of the API.
type stage struct {
	name   string
	log    bool
	cached []string // REST: methods with a cache, as "PATH/METHOD" or "*/*"
}

// missed notes that something is not among the files.
func (d *deployment) missed(name string) {
	if !slices.Contains(d.missing, name) {
		d.missing = append(d.missing, name)
	}
}

// invoked matches the URI by which API Gateway invokes a function, or, on a REST API,
// streams its response.
var invoked = regexp.MustCompile(`^arn:[a-z-]+:apigateway:[a-z0-9-]+:lambda:path/[0-9-]+/functions/(.+)/(?:response-streaming-)?invocations$`)

// functionOf returns the ARN of the function that a URI leads to, "" if it leads to
// something else.
func functionOf(uri string) string {
	if m := invoked.FindStringSubmatch(uri); m != nil {
		uri = m[1]
	}
	if functionARN.MatchString(uri) {
		return uri
	}
	return ""
}

// unqualified is a function's ARN without version or alias.
func unqualified(arn string) string {
	m := functionARN.FindStringSubmatch(arn)
	if m == nil || m[5] == "" {
		return arn
	}
	return strings.TrimSuffix(arn, ":"+m[5])
}

// place is the account and region of an ARN.
func place(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4] + " in " + parts[3]
}

// load makes a deployment of the files. Its errors are contradictions.
func load(in inputs, kind Kind) (*deployment, error) {
	d := &deployment{kind: kind, authorizers: map[string]authorizer{}}
	var err error
	if kind == RESTAPI {
		err = d.loadREST(in)
	} else {
		err = d.loadHTTP(in)
	}
	return d, errors.Join(err, d.loadFunctions(in))
}

// one returns the only file of a command; false if there is none.
func (d *deployment) one(in inputs, command string) (input, bool, error) {
	switch files := in[command]; len(files) {
	case 0:
		d.missed(command)
		return input{}, false, nil
	case 1:
		return files[0], true, nil
	default:
		return input{}, false, fmt.Errorf("apigateway: %s and %s: two outputs of one command, perhaps of two APIs", files[0].file, files[1].file)
	}
}

// foreign reports files of the other kind of API.
func foreignKind(in inputs, names ...string) error {
	var problems []error
	for _, n := range names {
		for _, f := range in[n] {
			problems = append(problems, f.errorf("is of another kind of API than Options.Kind says"))
		}
	}
	return errors.Join(problems...)
}

// authKinds are what AWS calls the ways to authorize.
var authKinds = map[string]Auth{
	"NONE": None, "JWT": JWT, "AWS_IAM": IAM, "CUSTOM": Custom, "COGNITO_USER_POOLS": CognitoUserPools,
}

// newRoute makes a route of its key and what it asks for.
func newRoute(f input, key, authType, authorizer string, scopes []string, i integration) (deployedRoute, error) {
	r := deployedRoute{key: key, authorizer: authorizer, integration: i}
	auth, ok := authKinds[authType]
	if !ok {
		return r, f.errorf("route %q: authorization type %q is not known here", key, authType)
	}
	r.gate = gate{auth: auth, scopes: slices.Sorted(slices.Values(scopes))}
	if key == defaultKey {
		r.method, r.last = anyMethod, true
		return r, nil
	}
	var err error
	if r.method, r.path, err = parseKey(key); err != nil {
		return r, f.errorf("%w", err)
	}
	return r, nil
}

// known checks that the route's authorizer is among the files.
func (d *deployment) known(f input, r *deployedRoute) error {
	if r.gate.auth == None || r.gate.auth == IAM {
		return nil
	}
	a, ok := d.authorizers[r.authorizer]
	switch {
	case r.authorizer == "":
		return f.errorf("route %q: asks an authorizer and names none", r.key)
	case !ok && len(d.authorizers) > 0:
		return f.errorf("route %q: its authorizer %s is not among the files", r.key, r.authorizer)
	case !ok:
		d.missed("get-authorizer " + r.authorizer)
		return nil
	case a.auth != r.gate.auth:
		return f.errorf("route %q: asks for %s, and its authorizer %s is for %s", r.key, r.gate.auth, r.authorizer, a.auth)
	}
	return nil
}

// addAuthorizer enters an authorizer. Two files may say the same.
func (d *deployment) addAuthorizer(f input, a authorizer) error {
	if a.id == "" {
		return f.errorf("an authorizer without an id")
	}
	a.source = f.file
	if old, ok := d.authorizers[a.id]; ok && !old.same(a) {
		return f.errorf("the authorizer %s is another one in %s", a.id, old.source)
	}
	d.authorizers[a.id] = a
	return nil
}

// same reports whether two files say the same of an authorizer.
func (a authorizer) same(b authorizer) bool {
	ttl := a.ttl == b.ttl || a.ttl != nil && b.ttl != nil && *a.ttl == *b.ttl
	return ttl && a.auth == b.auth && a.function == b.function && slices.Equal(a.issuers, b.issuers) &&
		slices.Equal(a.audiences, b.audiences) && slices.Equal(a.sources, b.sources)
}
