package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Responses are the headers of a REST API's gateway responses of these types
// ("Gateway response types for API Gateway"), as plain texts; nil: none. That a
// body is too large cannot be customized ("Amazon API Gateway important
// notes").
type Responses struct {
	Default4XX, Default5XX http.Header
}

// of returns what is added to the gateway's own answer with a status.
func (r Responses) of(status int) http.Header {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return nil
	case status >= 500:
		return r.Default5XX
	}
	return r.Default4XX
}

// isPreflight: Fetch standard, "CORS-preflight request". API Gateway looks at
// the same headers ("Configure CORS for HTTP APIs in API Gateway"); that it
// routes other OPTIONS requests as usual is unconfirmed.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions &&
		r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// preflight answers preflights of an API with CORS settings, also where no
// route takes them. If a route does, its authorizer comes first, and a preflight
// has no token: "Configure CORS for HTTP APIs" says so of $default, users of ANY
// routes (https://github.com/anomalyco/sst/issues/5493). That it is so for a
// route of OPTIONS alone is unconfirmed.
func (c *call) preflight() error {
	if c.gateway.config.CORS == nil || !isPreflight(c.request) {
		return nil
	}
	if c.match() == nil {
		if err := c.authorize(); err != nil {
			return err
		}
	}
	c.route = nil // the gateway answers, whatever the route
	answer := c.front.refuse(preflight, "a preflight, answered by the gateway")
	answer.Header = c.allow()
	if len(answer.Header) > 0 {
		c.allowRequest(answer.Header)
	}
	return answer
}

// allow returns the headers that let a page of the request's origin read an
// answer, none for an origin that is not allowed.
func (c *call) allow() http.Header {
	settings, header := c.gateway.config.CORS, http.Header{}
	origin := c.request.Header.Get("Origin")
	switch {
	case origin == "" || !slices.ContainsFunc(settings.AllowOrigins, func(entry string) bool { return allows(entry, origin) }):
		return header
	case slices.Contains(settings.AllowOrigins, "*"):
		origin = "*"
	}
	header.Set("Access-Control-Allow-Origin", origin)
	if settings.AllowCredentials {
		header.Set("Access-Control-Allow-Credentials", "true")
	}
	setList(header, "Access-Control-Expose-Headers", settings.ExposeHeaders)
	return header
}

// allowRequest adds what only preflights are told. The lists are the settings',
// whatever the preflight asks for (unconfirmed).
func (c *call) allowRequest(header http.Header) {
	settings := c.gateway.config.CORS
	setList(header, "Access-Control-Allow-Methods", settings.AllowMethods)
	setList(header, "Access-Control-Allow-Headers", settings.AllowHeaders)
	if settings.MaxAge != 0 {
		header.Set("Access-Control-Max-Age", strconv.Itoa(settings.MaxAge))
	}
}

func setList(header http.Header, name string, values []string) {
	if len(values) > 0 {
		header.Set(name, strings.Join(values, ","))
	}
}

// allows compares an origin with an entry of the settings: an origin, * or one
// of the schemes that have a wildcard.
func allows(entry, origin string) bool {
	switch entry {
	case "*":
		return true
	case "https://*", "http://*":
		return strings.HasPrefix(origin, strings.TrimSuffix(entry, "*"))
	}
	return entry == origin
}

// replaceCORS: an HTTP API ignores what the function says of CORS ("Configure
// CORS for HTTP APIs"). Its own errors have no such headers here
// (unconfirmed).
func replaceCORS(c *call, header http.Header) {
	for name := range header {
		if strings.HasPrefix(name, "Access-Control-") {
			header.Del(name)
		}
	}
	addCORS(c, header)
}

// addCORS: a Function URL is reported to send the function's headers and its
// own, which browsers refuse to read
// (https://github.com/aws-powertools/powertools-lambda-python/issues/4163;
// unconfirmed).
func addCORS(c *call, header http.Header) {
	for name, values := range c.allow() {
		header[name] = append(header[name], values...)
	}
}

// checkCORS reports CORS settings that the front does not have, or not in this
// form.
func (c *Config) checkCORS(f *front) error {
	var problems []error
	if !f.rest && (c.Responses.Default4XX != nil || c.Responses.Default5XX != nil) {
		problems = append(problems, errors.New("gateway: Responses: only a REST API has gateway responses"))
	}
	if c.CORS == nil {
		return errors.Join(problems...)
	}
	if f.cors == nil {
		problems = append(problems, fmt.Errorf("gateway: CORS: Format %v has no such settings", c.Format))
	}
	for _, origin := range c.CORS.AllowOrigins {
		switch plain := strings.TrimSuffix(origin, "*"); {
		case origin == "*" && c.CORS.AllowCredentials:
			problems = append(problems, errors.New(`gateway: CORS: AllowOrigins "*": not with AllowCredentials`))
		case strings.Contains(plain, "*") || plain != origin && plain != "" && plain != "https://" && plain != "http://":
			problems = append(problems, fmt.Errorf("gateway: CORS: AllowOrigins %q: AWS has no such pattern", origin))
		}
	}
	return errors.Join(problems...)
}
