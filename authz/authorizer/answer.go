package authorizer

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
)

// Reason says in a few words why an answer is not a grant.
type Reason = adapter.Reason

// The reasons for refusals, and below for failures.
const (
	ReasonNoToken   Reason = "no token was offered"
	ReasonSeveral   Reason = "more than one credential was offered"
	ReasonToken     Reason = "the token is not accepted"
	ReasonForbidden Reason = "the caller lacks what the operation requires"
	ReasonWildcard  Reason = "the path holds *, ? or ${, which a policy would not take literally"
	ReasonLongARN   Reason = "the path is too long for a policy"
	ReasonARN       Reason = "the path holds a character that a policy cannot"
	ReasonHost      Reason = "a TOKEN authorizer does not see the host that a rule is for"

	// Failures.
	ReasonUnavailable Reason = "the token cannot be checked now"
	ReasonEvent       Reason = "the event is not one that this authorizer is configured for"
	ReasonContext     Reason = "the caller cannot be handed on to the function"
	ReasonUndecided   Reason = "no decision was reached"
)

// Answer describes how one invocation ended.
type Answer struct {
	Allow  bool
	Reason Reason     // "" if Allow
	Rule   authz.Rule // that decided; zero if there is none
	// Err is the *authz.Error of a refusal, or why the invocation failed. It may
	// hold what an Identifier or a Func said, and is not for the client.
	Err error
	// Failed reports that Invoke returned an error other than Unauthorized, of
	// which the API makes a 500.
	Failed bool
}

// unauthorized is the error of which REST and WebSocket APIs make a 401, by its
// text
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html).
type unauthorized struct{ cause error }

func (unauthorized) Error() string   { return "Unauthorized" }
func (u unauthorized) Unwrap() error { return u.cause }

// Invoke answers one event of a Lambda authorizer. Its error is one that says
// Unauthorized, which REST and WebSocket APIs answer with 401, or a failure, of
// which the API makes a 500. No error's text holds a value of the event.
func (a *Authorizer) Invoke(ctx context.Context, data []byte) ([]byte, error) {
	answer, reply := a.answer(ctx, data)
	if a.onAnswer != nil {
		a.onAnswer(ctx, answer)
	}
	switch {
	case reply != nil:
		return reply, nil
	case answer.Failed:
		return nil, answer.Err
	}
	return nil, unauthorized{answer.Err}
}

// answer returns no reply if an error is the answer.
func (a *Authorizer) answer(ctx context.Context, data []byte) (Answer, []byte) {
	e, err := readEvent(data)
	if err == nil {
		err = a.cache.suits(e)
	}
	if err != nil {
		return failure(ReasonEvent, authz.Rule{}, err), nil
	}
	if reason := a.flaw(e); reason != "" {
		return Answer{Reason: reason}, a.denied(e)
	}
	v, err := a.ask(ctx, e)
	if err != nil {
		return failure(ReasonUndecided, v.rule, err), nil
	}
	if v.refusal != nil {
		return a.refused(e, v)
	}
	context, err := a.context(v.caller)
	if err != nil {
		return failure(ReasonContext, v.rule, err), nil
	}
	if err := a.cache.keeps(e, v.rule); err != nil {
		return failure(ReasonEvent, v.rule, err), nil
	}
	principal := "nobody"
	if v.caller != nil {
		principal = v.caller.Subject
	}
	return Answer{Allow: true, Rule: v.rule}, a.reply(e, true, principal, context)
}

func failure(reason Reason, rule authz.Rule, err error) Answer {
	return Answer{Reason: reason, Rule: rule, Err: err, Failed: true}
}

// flaw is why an event's request is denied whoever sends it, "" for none. Where
// answers are kept by the route, they do not depend on the path.
func (a *Authorizer) flaw(e *event) Reason {
	switch reason := e.arn.flaw(); {
	case a.cache.routes != nil:
	case reason == ReasonWildcard, reason != "" && !a.simple(e):
		return reason
	}
	if e.kind == restToken && a.hosts {
		return ReasonHost
	}
	return ""
}

// simple reports whether the answer is a simple response, which has no ARN.
func (a *Authorizer) simple(e *event) bool { return e.kind == httpAPIV2 && !a.policies }

// refused answers what the Guard refused.
func (a *Authorizer) refused(e *event, v verdict) (Answer, []byte) {
	answer := Answer{Rule: v.rule, Err: v.refusal}
	unknown := false
	switch status := v.refusal.Status; {
	case status >= http.StatusInternalServerError:
		return failure(ReasonUnavailable, v.rule, fmt.Errorf("authorizer: %s: %w", ReasonUnavailable, opaque{v.refusal})), nil
	case status == http.StatusBadRequest:
		answer.Reason, unknown = ReasonSeveral, true
	case status == http.StatusUnauthorized && v.refusal.Code == "":
		answer.Reason, unknown = ReasonNoToken, true
	case status == http.StatusUnauthorized:
		answer.Reason, unknown = ReasonToken, true
	default:
		answer.Reason = ReasonForbidden
	}
	if unknown && !e.kind.isHTTPAPI() {
		return answer, nil
	}
	return answer, a.denied(e)
}

// opaque keeps a cause for errors.As whose text is not the authorizer's to print.
type opaque struct{ cause *authz.Error }

func (o opaque) Error() string { return cmp.Or(o.cause.Code, authz.CodeServerError) }
func (o opaque) Unwrap() error { return o.cause }

func (a *Authorizer) denied(e *event) []byte { return a.reply(e, false, "nobody", nil) }

// reply renders an answer in the form that the API reads
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html and
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html).
func (a *Authorizer) reply(e *event, allow bool, principal string, context map[string]string) []byte {
	if a.simple(e) {
		return encode(struct {
			IsAuthorized bool              `json:"isAuthorized"`
			Context      map[string]string `json:"context,omitempty"`
		}{allow, context})
	}
	return encode(policyReply{principal, policyOf(e.arn, allow), context})
}

type policyReply struct {
	PrincipalID    string            `json:"principalId"`
	PolicyDocument policyDocument    `json:"policyDocument"`
	Context        map[string]string `json:"context,omitempty"`
}

type policyDocument struct {
	Version   string
	Statement [1]statement
}

type statement struct{ Action, Effect, Resource string }

// policyOf allows or denies one method of one path. A path that no policy may
// name is denied with all others: that answer is only kept for the same caller,
// and the next request is asked about anew where nothing is kept.
func policyOf(arn methodARN, allow bool) policyDocument {
	effect, resource := "Deny", arn.text
	switch {
	case allow:
		effect = "Allow"
	case arn.flaw() != "":
		resource = "*"
	}
	return policyDocument{"2012-10-17", [1]statement{{"execute-api:Invoke", effect, resource}}}
}
