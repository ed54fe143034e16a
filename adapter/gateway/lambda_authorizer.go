package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// LambdaAuthorizer is a Lambda authorizer of a REST, HTTP or WebSocket API ("Use
// API Gateway Lambda authorizers", "Control access to HTTP APIs with AWS Lambda
// authorizers"): it asks a function whether a request may pass, and caches the
// answer for TTL. New refuses settings that the API does not have. It is safe for
// concurrent use and must not be copied after New. Gateways that share a
// LambdaAuthorizer do not share cached answers.
//
// A cached answer decides about every request with the same values at
// IdentitySources, whatever its route. A simple response, or a policy with a
// wildcard, can thus allow requests that the function was never asked about.
type LambdaAuthorizer struct {
	// Function is invoked with the API's event for authorizers and answers within
	// 10 s with a policy or a simple response. Any other answer, an error and a
	// panic count as a failed authorizer (500), except that an error with the text
	// "Unauthorized" is a 401 on REST and WebSocket APIs. It must not be nil.
	Function Function
	// IdentitySources are expressions such as "$request.header.Authorization" on
	// an HTTP API, "method.request.header.Authorization" or "context.path" on a
	// REST API and "route.request.querystring.ticket" on a WebSocket API. If a
	// request lacks one of them, the answer is 401 and Function is not asked.
	// Empty: none; a Token authorizer then uses the header Authorization.
	IdentitySources []string
	// TTL is how long an answer is cached, at most 1 h; 0: not at all, unlike the
	// 5 min that AWS takes for a REST API if nothing is set. A TTL needs
	// IdentitySources.
	TTL time.Duration
	// Payload is the version of the event on an HTTP API, "1.0" or "2.0";
	// "": "2.0". The other APIs have no such setting.
	Payload string
	// SimpleResponses lets Function answer {"isAuthorized": …, "context": …}
	// instead of a policy, on an HTTP API with Payload 2.0.
	SimpleResponses bool
	// Token makes it a TOKEN authorizer of a REST API, whose event has the value
	// of its one identity source, a header, and the method's ARN. False: REQUEST.
	Token bool
	// Validation is a regular expression that the whole value of a Token
	// authorizer must match; otherwise the answer is 401 and Function is not asked.
	// "": any value will do.
	Validation string

	mu      sync.Mutex
	answers map[answerKey]remembered
}

// answerKey is what an answer is remembered by.
type answerKey struct {
	gateway  *Gateway
	identity string
}

// remembered is a cached answer.
type remembered struct {
	answer  *lambdaAnswer
	expires time.Time
}

const (
	maxTTL         = time.Hour        // "Quotas for configuring and running a REST API", the same for HTTP APIs
	authorizerTime = 10 * time.Second // the same
	maxAnswers     = 1000             // bounds the cache on a laptop; AWS documents no number
)

// check reports the settings that the API does not have.
func (a *LambdaAuthorizer) check(c *Config) error {
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("gateway: LambdaAuthorizer: "+format, args...))
	}
	httpAPI := c.Format == adapter.HTTPAPIV1 || c.Format == adapter.HTTPAPIV2
	if !httpAPI && c.Format != adapter.RESTAPI && c.Format != adapter.WebSocketAPI {
		return fmt.Errorf("gateway: LambdaAuthorizer: Format %v has no such authorizer", c.Format)
	}
	if a.Function == nil {
		problem("Function is nil")
	}
	if a.TTL < 0 || a.TTL > maxTTL {
		problem("TTL %v: not from 0 to %v", a.TTL, maxTTL)
	}
	if a.TTL > 0 && len(a.sources()) == 0 {
		problem("TTL %v: needs IdentitySources, or one answer would be everybody's", a.TTL)
	}
	if a.Payload != "" && (!httpAPI || a.Payload != "1.0" && a.Payload != "2.0") {
		problem("Payload %q: not a version that Format %v has", a.Payload, c.Format)
	}
	if a.SimpleResponses && (!httpAPI || a.Payload == "1.0") {
		problem("SimpleResponses: only on an HTTP API with Payload 2.0")
	}
	for _, expression := range a.sources() {
		if s, err := parseSource(c.Format, expression); err != nil {
			problem("%w", err)
		} else if a.Token && s.kind != headerSource {
			problem("identity source %q: a Token authorizer's is a header", expression)
		}
	}
	return errors.Join(append(problems, a.checkToken(c.Format))...)
}

func (a *LambdaAuthorizer) checkToken(f adapter.Format) error {
	_, err := regexp.Compile(a.Validation)
	switch {
	case a.Token && f != adapter.RESTAPI:
		return errors.New("gateway: LambdaAuthorizer: Token: only a REST API has such authorizers")
	case a.Token && len(a.IdentitySources) > 1:
		return errors.New("gateway: LambdaAuthorizer: Token: has one identity source")
	case a.Validation != "" && !a.Token:
		return errors.New("gateway: LambdaAuthorizer: Validation: only for Token")
	case err != nil:
		return fmt.Errorf("gateway: LambdaAuthorizer: Validation: %w", err)
	}
	return nil
}

func (a *LambdaAuthorizer) sources() []string {
	if a.Token && len(a.IdentitySources) == 0 {
		return []string{"method.request.header.Authorization"}
	}
	return a.IdentitySources
}

// Authorize is an Authorizer. It returns an error unless a Gateway calls it.
func (a *LambdaAuthorizer) Authorize(r *http.Request, _ Route) (*Authorization, error) {
	c := callOf(r.Context())
	if c == nil {
		return nil, errors.New("gateway: LambdaAuthorizer: not asked by a Gateway")
	}
	identity, err := a.identity(c)
	if err != nil {
		return nil, err
	}
	answer, err := a.answer(c, identity)
	if err != nil {
		return nil, err
	}
	return answer.judge(c)
}

// identity is the request's values at the identity sources.
func (a *LambdaAuthorizer) identity(c *call) ([]string, error) {
	var values []string
	for _, expression := range a.sources() {
		s, err := parseSource(c.gateway.config.Format, expression)
		if err != nil {
			return nil, err
		}
		value := s.value(c)
		if value == "" {
			return nil, &Refusal{Status: http.StatusUnauthorized, Reason: "identity source missing"}
		}
		values = append(values, value)
	}
	if a.Validation != "" && !regexp.MustCompile("^(?:"+a.Validation+")$").MatchString(values[0]) {
		return nil, &Refusal{Status: http.StatusUnauthorized, Reason: "identity source does not match Validation"}
	}
	return values, nil
}

// answer is the function's, remembered or new. Only answers are remembered, and
// no failure.
func (a *LambdaAuthorizer) answer(c *call, identity []string) (*lambdaAnswer, error) {
	key := answerKey{c.gateway, fmt.Sprintf("%q", identity)}
	if answer := a.recall(key, c.at); answer != nil {
		return answer, nil
	}
	event, err := c.encode(a.event(c, identity))
	if err != nil {
		return nil, err
	}
	reply, err := a.invoke(c, event)
	if err != nil {
		return nil, err
	}
	answer, err := a.parse(c, reply)
	if err != nil {
		return nil, err
	}
	a.remember(key, answer, c.at)
	return answer, nil
}

func (a *LambdaAuthorizer) recall(key answerKey, now time.Time) *lambdaAnswer {
	if a.TTL == 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, ok := a.answers[key]; ok && now.Before(r.expires) {
		return r.answer
	}
	return nil
}

func (a *LambdaAuthorizer) remember(key answerKey, answer *lambdaAnswer, now time.Time) {
	if a.TTL == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.answers == nil || len(a.answers) >= maxAnswers {
		a.answers = map[answerKey]remembered{}
	}
	a.answers[key] = remembered{answer, now.Add(a.TTL)}
}

// invoke asks the function within its time.
func (a *LambdaAuthorizer) invoke(c *call, event []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(c.values(), authorizerTime)
	defer cancel()
	done := make(chan result, 1)
	go run(ctx, a.Function, event, done)
	select {
	case got := <-done:
		if got.err != nil && got.err.Error() == "Unauthorized" && c.gateway.config.unauthorizes() {
			return nil, &Refusal{Status: http.StatusUnauthorized, Reason: "the authorizer function said Unauthorized"}
		}
		return got.reply, got.err
	case <-ctx.Done():
		return nil, errors.New("gateway: the authorizer function did not answer in time")
	}
}

// unauthorizes reports whether an authorizer function can ask for a 401.
func (c *Config) unauthorizes() bool {
	return c.Format == adapter.RESTAPI || c.Format == adapter.WebSocketAPI
}
