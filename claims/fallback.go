package claims

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/gatehouse-go/gatehouse/internal/cause"
)

const errEventSource = cause.Text("claims: the event does not come from the ARNs of Fallback.Sources alone")

// Fallback hands on events that are not HTTP requests once it is clear who sent
// them. Its method Handle is for adapter.Options.Fallback:
//
//	events := claims.Fallback{Sources: []string{queueARN}, Events: reindex}
//	lambda.Start(adapter.New(h, &adapter.Options{Fallback: events.Handle}))
//
// Comparing ARNs keeps out another account's topic, bucket or rule if the
// function's resource policy lacks a SourceArn, because those services write them
// into the event. It does not keep out whoever may call lambda:InvokeFunction and
// so writes the whole event. If that is a user of a Cognito identity pool, the
// Lambda runtime says so, and the event never reaches Events.
//
// The zero Fallback refuses everything. A Fallback must not be changed once it is
// used; it is safe for concurrent use if its functions are.
type Fallback struct {
	// Sources are ARNs. Each record of an event must name one of them as its
	// eventSourceARN (SQS, Kinesis, DynamoDB), its Sns.TopicArn or its
	// s3.bucket.arn; an event of Amazon MSK or MQ must name one as its
	// eventSourceArn. The resources of an EventBridge event must all be among
	// Sources; for a schedule they are the rule's ARN.
	Sources []string
	// Events is given the events that come from Sources. Nil: they are refused.
	Events func(ctx context.Context, event json.RawMessage) (any, error)

	// Client is given the event that a user of a Cognito identity pool invoked the
	// function with, if Identifier knows that user. The user wrote the whole
	// event: serve nothing but the caller's own operations. FromContext finds the
	// caller in ctx as well. Nil: such events are refused.
	Client func(ctx context.Context, caller *Identity, event json.RawMessage) (any, error)
	// Identifier says which pools' users are known. IdentityPool must be among its
	// Sources. Nil: nobody is known.
	Identifier *Extractor
}

// Handle passes the event to Events or Client, or returns an error that holds
// nothing of it.
func (f *Fallback) Handle(ctx context.Context, event json.RawMessage) (any, error) {
	if _, ok := invoker(ctx); ok {
		return f.handleClient(ctx, event)
	}
	sources := eventSources(event)
	unlisted := func(arn string) bool { return !slices.Contains(f.Sources, arn) }
	if f.Events == nil || len(sources) == 0 || slices.ContainsFunc(sources, unlisted) {
		return nil, errEventSource
	}
	return f.Events(ctx, event)
}

func (f *Fallback) handleClient(ctx context.Context, event json.RawMessage) (any, error) {
	caller, err := f.Identifier.IdentifyContext(ctx)
	switch {
	case err != nil:
		return nil, err
	case caller == nil || f.Client == nil:
		return nil, errInvoker
	}
	return f.Client(NewContext(ctx, caller), caller, event)
}

// eventSources returns the ARNs that an event names as its sources, "" for a
// record that names none. Member names count to the letter, and one that comes
// twice leaves no source.
func eventSources(event []byte) []string {
	set, err := readClaims(string(event))
	if err != nil {
		return nil
	}
	var sources []string
	for _, of := range eachSource {
		if c, ok := set.find(of.member); ok {
			sources = append(sources, of.arns(c.value())...)
		}
	}
	return sources
}

// eachSource says where an event names its sources. Sources and examples of all
// of them are in the guides of each service, such as
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html.
var eachSource = [...]struct {
	member string
	arns   func(value any) []string
}{
	{"Records", func(value any) []string { return arnsOf(value, recordSource) }},
	{"resources", func(value any) []string { return arnsOf(value, text) }},
	{"eventSourceArn", func(value any) []string { return []string{text(value)} }},
}

// arnsOf returns what arn finds in the elements of an array; "" for no array.
func arnsOf(array any, arn func(any) string) []string {
	elements, ok := array.([]any)
	if !ok {
		return []string{""}
	}
	var arns []string
	for _, element := range elements {
		arns = append(arns, arn(element))
	}
	return arns
}

// recordSource returns the one source of a record, "" if it names several.
func recordSource(record any) string {
	var found []string
	for _, path := range [...][]string{{"eventSourceARN"}, {"Sns", "TopicArn"}, {"s3", "bucket", "arn"}} {
		if arn := text(at(record, path)); arn != "" {
			found = append(found, arn)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// at returns what stands at a path of member names, nil for nothing.
func at(value any, path []string) any {
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
