package claims_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

const (
	queue  = "arn:aws:sqs:eu-west-1:123456789012:notes"
	topic  = "arn:aws:sns:eu-west-1:123456789012:notes"
	bucket = "arn:aws:s3:::notes"
	rule   = "arn:aws:events:eu-west-1:123456789012:rule/nightly"
	broker = "arn:aws:kafka:eu-west-1:123456789012:cluster/notes/1"
)

// Events of AWS services, in their shapes, and whether their sources are listed.
var fallbackEvents = map[string]struct {
	event string
	known bool
}{
	"SQS":              {`{"Records":[{"eventSource":"aws:sqs","eventSourceARN":"` + queue + `","body":"{}"}]}`, true},
	"another queue":    {`{"Records":[{"eventSource":"aws:sqs","eventSourceARN":"` + queue + `2"}]}`, false},
	"a mixed batch":    {`{"Records":[{"eventSourceARN":"` + queue + `"},{"eventSourceARN":"arn:aws:sqs:eu-west-1:999999999999:notes"}]}`, false},
	"a nameless one":   {`{"Records":[{"eventSourceARN":"` + queue + `"},{"body":"{}"}]}`, false},
	"an empty batch":   {`{"Records":[]}`, false},
	"odd records":      {`{"Records":{"eventSourceARN":"` + queue + `"}}`, false},
	"other case":       {`{"records":[{"eventSourceARN":"` + queue + `"}]}`, false},
	"other case below": {`{"Records":[{"EventSourceARN":"` + queue + `"}]}`, false},
	"ARN twice":        {`{"Records":[{"eventSourceARN":"` + queue + `","eventSourceARN":"` + queue + `"}]}`, false},
	"SNS":              {`{"Records":[{"EventSource":"aws:sns","EventSubscriptionArn":"` + topic + `:1","Sns":{"TopicArn":"` + topic + `"}}]}`, true},
	"another topic":    {`{"Records":[{"EventSource":"aws:sns","Sns":{"TopicArn":"arn:aws:sns:eu-west-1:999999999999:notes"}}]}`, false},
	"S3":               {`{"Records":[{"eventSource":"aws:s3","s3":{"bucket":{"name":"notes","arn":"` + bucket + `"}}}]}`, true},
	"two in a record":  {`{"Records":[{"eventSourceARN":"` + queue + `","Sns":{"TopicArn":"` + topic + `"}}]}`, false},
	"schedule":         {`{"source":"aws.events","detail-type":"Scheduled Event","resources":["` + rule + `"],"detail":{}}`, true},
	"another's rule":   {`{"source":"aws.events","detail-type":"Scheduled Event","resources":["` + rule + `2"],"detail":{}}`, false},
	"no resources":     {`{"source":"aws.events","resources":[],"detail":{}}`, false},
	"MSK":              {`{"eventSource":"aws:kafka","eventSourceArn":"` + broker + `","records":{}}`, true},
	"two kinds":        {`{"resources":["` + rule + `"],"Records":[{"body":"{}"}]}`, false},
	"own payload":      {`{"command":"reindex"}`, false},
	"not an object":    {`["` + queue + `"]`, false},
	"malformed":        {`{"Records":`, false},
}

func TestFallbackComparesSources(t *testing.T) {
	for name, row := range fallbackEvents {
		called := false
		f := &claims.Fallback{Sources: []string{queue, topic, bucket, rule, broker}, Events: func(_ context.Context, event json.RawMessage) (any, error) {
			called = string(event) == row.event
			return "done", nil
		}}
		result, err := f.Handle(t.Context(), json.RawMessage(row.event))
		if called != row.known || (err == nil) != row.known || row.known && result != "done" {
			t.Errorf("%s: called %v, %v, %v, want called %v", name, called, result, err, row.known)
		}
		if err != nil && strings.Contains(err.Error(), "notes") {
			t.Errorf("%s: the error %q holds part of the event", name, err)
		}
	}
}

// Whatever a client of an identity pool wrote, it reaches Client or nothing, and
// Client knows who that is.
func TestFallbackOfAClient(t *testing.T) {
	const user, users = "eu-west-1:ada1", "eu-west-1:pool1"
	known := claims.MustNew(claims.Config{Sources: []claims.Source{claims.IdentityPool}, Issuers: []string{users}})
	other := claims.MustNew(claims.Config{Sources: []claims.Source{claims.IdentityPool}, Issuers: []string{"eu-west-1:pool2"}})
	unlisted := claims.MustNew(claims.Config{Issuers: []string{pool}})
	invoked := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: user, CognitoIdentityPoolID: users}})
	for name, row := range map[string]struct {
		identifier *claims.Extractor
		client     bool
		want       bool
	}{
		"known":        {known, true, true},
		"other pool":   {other, true, false},
		"not listed":   {unlisted, true, false},
		"nobody asks":  {nil, true, false},
		"not provided": {known, false, false},
	} {
		for event, sent := range fallbackEvents {
			var caller *claims.Identity
			f := &claims.Fallback{Sources: []string{queue, topic, bucket, rule, broker}, Identifier: row.identifier,
				Events: func(context.Context, json.RawMessage) (any, error) {
					t.Errorf("%s, %s: reached Events", name, event)
					return nil, nil
				}}
			if row.client {
				f.Client = func(ctx context.Context, id *claims.Identity, _ json.RawMessage) (any, error) {
					if found, _ := claims.FromContext(ctx); found != id {
						t.Errorf("%s, %s: the context carries %v", name, event, found)
					}
					caller = id
					return nil, nil
				}
			}
			_, err := f.Handle(invoked, json.RawMessage(sent.event))
			if (caller != nil) != row.want || (err == nil) != row.want || caller != nil && caller.Subject != user {
				t.Errorf("%s, %s: %+v, %v, want called %v", name, event, caller, err, row.want)
			}
		}
	}
}

func TestZeroFallbackRefuses(t *testing.T) {
	for name, row := range fallbackEvents {
		if _, err := new(claims.Fallback).Handle(t.Context(), json.RawMessage(row.event)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// In the adapter, a pool's user cannot pose as a queue.
func TestFallbackInTheAdapter(t *testing.T) {
	events := claims.Fallback{Sources: []string{queue}, Events: func(context.Context, json.RawMessage) (any, error) { return "done", nil }}
	h := adapter.New(anyone.Wrap(nil), &adapter.Options{Fallback: events.Handle})
	batch := []byte(fallbackEvents["SQS"].event)
	if reply, err := h.Invoke(t.Context(), batch); err != nil || string(reply) != `"done"` {
		t.Errorf("the queue: %s, %v", reply, err)
	}
	posing := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: "eu-west-1:ada1", CognitoIdentityPoolID: "eu-west-1:pool1"}})
	if reply, err := h.Invoke(posing, batch); err == nil {
		t.Errorf("a pool's user: %s", reply)
	}
}
