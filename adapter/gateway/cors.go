package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// Responses are headers that a REST API adds to its own answers, by the types of
// gateway responses ("Gateway response types for API Gateway"); nil: none. The
// answer to a body that is too large cannot have any ("Amazon API Gateway important
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

// preflight answers preflights of an API with CORS settings, whether or not a
// route matches them. If one does, its authorizer is asked first, which refuses a
// preflight since it has no token: "Configure CORS for HTTP APIs" says so of
// $default, and users report it of ANY routes
// (https://github.com/anomalyco/sst/issues/5493). For a route of OPTIONS alone it is
// unconfirmed.
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
	header, reason := c.allow(), reasonPreflight
	if len(header) > 0 {
		c.allowRequest(header)
	} else {
		reason += ", whose CORS settings do not allow the origin"
	}
	answer := c.front.refuse(preflight, reason)
	answer.Header = header
	return answer
}

const reasonPreflight adapter.Reason = "a preflight, answered by the gateway"

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

// allowRequest adds the headers of preflights alone. They list all that the
// settings allow, whatever the preflight asks for (unconfirmed).
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

// allows reports whether an entry of the settings matches the origin. An entry is
// an origin, *, or a scheme with a wildcard.
func allows(entry, origin string) bool {
	switch entry {
	case "*":
		return true
	case "https://*", "http://*":
		return strings.HasPrefix(origin, strings.TrimSuffix(entry, "*"))
	}
	return entry == origin
}

// replaceCORS removes the function's CORS headers, which an HTTP API with settings
// ignores ("Configure CORS for HTTP APIs"), and adds its own. Errors that the API
// makes have no such headers here (unconfirmed).
func replaceCORS(c *call, header http.Header) {
	for name := range header {
		if strings.HasPrefix(name, "Access-Control-") {
			header.Del(name)
		}
	}
	addCORS(c, header)
}

// addCORS adds the headers of the settings. A Function URL is reported to send them
// beside the function's, and browsers refuse such a pair
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
