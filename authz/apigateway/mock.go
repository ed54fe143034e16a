package apigateway

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/cors"
)

// mocks reports whether a REST API's OPTIONS methods answer preflights by
// themselves. Such an answer is always the same, so that it can name one origin.
func (o *Options) mocks() bool {
	c := o.CORS
	return o.Kind == RESTAPI && c != nil && c.Owner == cors.OwnerGatewayPreflight && len(c.AllowOrigins) == 1
}

// mock is the OPTIONS method of a REST API that answers preflights by a mock
// integration ("Enable CORS on a resource using the API Gateway import API").
func (d *document) mock() object {
	declared, sent := object{}, object{}
	for name, value := range preflightHeaders(d.plan.opts.CORS) {
		declared[name] = object{"schema": object{"type": "string"}}
		sent["method.response.header."+name] = d.quote("'" + value + "'")
	}
	return object{
		"security":  []any{},
		"responses": object{"200": object{"description": "the answer to a preflight", "headers": declared}},
		extIntegration: object{
			"type":             "mock",
			"requestTemplates": object{"application/json": `{"statusCode":200}`},
			"responses":        object{"default": object{"statusCode": "200", "responseParameters": sent}},
		},
	}
}

// preflightHeaders are what a preflight is told, by the function's own settings.
func preflightHeaders(c *cors.Config) map[string]string {
	methods := strings.Join(c.AllowMethods, ",")
	if methods == "" {
		methods = strings.Join([]string{http.MethodGet, http.MethodHead, http.MethodPost}, ",") // what needs no leave
	}
	headers := map[string]string{
		"Access-Control-Allow-Origin":  c.AllowOrigins[0],
		"Access-Control-Allow-Methods": methods,
	}
	if len(c.AllowHeaders) > 0 {
		headers["Access-Control-Allow-Headers"] = strings.Join(c.AllowHeaders, ",")
	}
	if c.MaxAge > 0 {
		headers["Access-Control-Max-Age"] = strconv.Itoa(c.MaxAge)
	}
	if c.AllowCredentials {
		headers["Access-Control-Allow-Credentials"] = "true"
	}
	return headers
}
