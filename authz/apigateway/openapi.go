package apigateway

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gatehouse-go/gatehouse/cors"
)

type object = map[string]any

// document writes one OpenAPI document.
type document struct {
	plan *Plan
	// refer makes the value of a text of the environment's.
	refer func(text string) any
	// quote makes the value of a text of the policy's.
	quote func(text string) any
	// target is what the texts of the environment are.
	target CloudFormation
}

// OpenAPI returns the API as an OpenAPI 3.0 document for import-api, or for a body
// in Terraform. A nil Environment leaves placeholders, which no import accepts, so
// that the document depends on the policy alone.
func (p *Plan) OpenAPI(e *Environment) []byte {
	plainly := func(s string) any { return s }
	d := document{plan: p, refer: plainly, quote: plainly, target: placeholders(p)}
	if e != nil {
		d.target = e.target(p)
	}
	return d.encode()
}

// CloudFormationOpenAPI returns the same document for a template's DefinitionBody
// or Body, with Fn::Sub where Options.CloudFormation refers to something.
func (p *Plan) CloudFormationOpenAPI() []byte {
	d := document{plan: p, refer: substitute, quote: literally, target: p.opts.CloudFormation.withDefaults(p)}
	return d.encode()
}

func substitute(s string) any { return object{"Fn::Sub": s} }

// literally keeps a text as it is. Only where it holds what Fn::Sub would take for
// a reference must it be escaped, and then it must go through Fn::Sub.
func literally(s string) any {
	if strings.Contains(s, "${") {
		return object{"Fn::Sub": strings.ReplaceAll(s, "${", "${!")}
	}
	return s
}

func (d *document) encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	root := d.root()
	if d.plan.app != nil {
		root = d.plan.app.merge(root)
	}
	if err := e.Encode(root); err != nil {
		panic(err) // only maps, lists and texts
	}
	return b.Bytes()
}

func (d *document) root() object {
	root := object{
		"openapi":    "3.0.1",
		"info":       object{"title": d.quote(cmp.Or(d.plan.opts.Title, "API")), "version": "1"},
		"paths":      d.paths(),
		"components": object{"securitySchemes": d.schemes()},
	}
	if c := d.plan.opts.CORS; c != nil && c.Owner == cors.OwnerGateway && len(c.AllowOrigins) > 0 {
		root[extCORS] = d.cors(c)
	}
	return root
}

func (d *document) paths() object {
	paths := object{}
	for _, r := range d.plan.Routes {
		method, path, _ := strings.Cut(r.Key, " ")
		item, ok := paths[path].(object)
		if !ok {
			item = d.pathItem(path)
			paths[path] = item
			if d.plan.opts.mocks() {
				item[operationName(http.MethodOptions)] = d.mock()
			}
		}
		item[operationName(method)] = d.operation(r)
	}
	return paths
}

// operationName is the member of a path item for a method.
func operationName(method string) string {
	if method == anyMethod {
		return extAnyMethod
	}
	return strings.ToLower(method)
}

// pathItem declares the path's parameters, as OpenAPI demands. An HTTP API calls a
// greedy one by its name with the plus, a REST API without.
func (d *document) pathItem(path string) object {
	t, err := parseTemplate(path)
	if err != nil {
		panic(err) // the plan made it
	}
	var parameters []any
	for _, s := range t {
		name := s.text
		switch {
		case s.kind == literal:
			continue
		case s.kind == greedy && d.plan.Kind == HTTPAPI:
			name += "+"
		}
		parameters = append(parameters, object{
			"name": name, "in": "path", "required": true, "schema": object{"type": "string"},
		})
	}
	if parameters == nil {
		return object{}
	}
	return object{"parameters": parameters}
}

func (d *document) operation(r Route) object {
	return object{
		"security":     d.security(r),
		"responses":    object{"default": object{"description": "what the function answers"}},
		extIntegration: d.integration(),
	}
}

// security is what a route asks for. Empty, not absent: an open operation must not
// inherit anything.
func (d *document) security(r Route) []any {
	if r.Auth == None {
		return []any{}
	}
	scopes := []any{}
	for _, s := range r.Scopes {
		scopes = append(scopes, d.quote(s))
	}
	return []any{object{r.scheme(): scopes}}
}

func (d *document) integration() object {
	i := object{"type": "aws_proxy", "httpMethod": http.MethodPost, "uri": d.invocation(d.target.Function)}
	if d.plan.Kind == HTTPAPI {
		i["payloadFormatVersion"] = "2.0"
	} else {
		i["passthroughBehavior"] = "when_no_match"
	}
	return i
}

func (d *document) cors(c *cors.Config) object {
	settings := object{"allowOrigins": d.list(c.AllowOrigins), "allowCredentials": c.AllowCredentials}
	for name, values := range map[string][]string{"allowMethods": c.AllowMethods, "allowHeaders": c.AllowHeaders, "exposeHeaders": c.ExposeHeaders} {
		if len(values) > 0 {
			settings[name] = d.list(values)
		}
	}
	if c.MaxAge != 0 {
		settings["maxAge"] = c.MaxAge
	}
	return settings
}

func (d *document) list(values []string) []any {
	list := []any{}
	for _, v := range values {
		list = append(list, d.quote(v))
	}
	return list
}

// invocation is the URI by which API Gateway invokes a function.
func (d *document) invocation(arn string) any {
	partition, region := "aws", "us-east-1"
	switch parts := strings.Split(arn, ":"); {
	case strings.HasPrefix(arn, "arn:${AWS::Partition}:lambda:${AWS::Region}:"):
		partition, region = "${AWS::Partition}", "${AWS::Region}"
	case len(parts) > 3:
		partition, region = parts[1], parts[3]
	}
	return d.refer("arn:" + partition + ":apigateway:" + region + ":lambda:path/2015-03-31/functions/" + arn + "/invocations")
}
