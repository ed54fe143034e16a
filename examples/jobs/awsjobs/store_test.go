package awsjobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/gatehouse-go/gatehouse/examples/internal/standin"
	"github.com/gatehouse-go/gatehouse/examples/jobs"
	"github.com/gatehouse-go/gatehouse/examples/jobs/awsjobs"
)

// TestStore: the laptop's store and DynamoDB's do the same.
func TestStore(t *testing.T) {
	t.Run("memory", func(t *testing.T) { testStore(t, &jobs.Memory{}) })
	t.Run("DynamoDB", func(t *testing.T) {
		client := standin.Client(standin.DynamoDB(t))
		standin.Table(t, client, "jobs")
		testStore(t, awsjobs.NewTable(client, "jobs"))
	})
}

func testStore(t *testing.T, s jobs.Store) {
	ctx := t.Context()
	now := time.Now().UTC().Truncate(time.Millisecond)
	add := func(id string) jobs.Job {
		t.Helper()
		j := jobs.Job{Owner: "o", ID: id, State: jobs.Queued, Created: now, Text: "text", Hash: "hash"}
		if err := s.Add(ctx, j); err != nil {
			t.Fatal(err)
		}
		return j
	}
	want := func(what string, got, want error) {
		t.Helper()
		if !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	j := add("a")
	got, err := s.Get(ctx, "o", "a")
	if got != j || err != nil {
		t.Errorf("%+v, %v, want %+v", got, err, j)
	}
	want("again", s.Add(ctx, j), jobs.ErrExists)
	_, err = s.Get(ctx, "other", "a")
	want("another owner's", err, jobs.ErrNotFound)
	_, err = s.Take(ctx, "o", "none", "w1", now, time.Minute)
	want("take what is not there", err, jobs.ErrNotFound)
	want("end what nobody has", s.End(ctx, "o", "a", "w1", jobs.Done, "x"), jobs.ErrTaken)

	if got, err = s.Take(ctx, "o", "a", "w1", now, time.Minute); err != nil || got.State != jobs.Running || got.Text != "text" || got.Tries != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = s.Take(ctx, "o", "a", "w2", now.Add(59*time.Second), time.Minute)
	want("within the lease", err, jobs.ErrTaken)
	_, err = s.Take(ctx, "o", "a", "w2", now.Add(time.Minute), time.Minute)
	want("after the lease", err, nil)
	want("the first worker's end", s.End(ctx, "o", "a", "w1", jobs.Done, "w1"), jobs.ErrTaken)
	want("the second's", s.End(ctx, "o", "a", "w2", jobs.Done, "w2"), nil)
	_, err = s.Take(ctx, "o", "a", "w3", now.Add(time.Hour), time.Minute)
	want("what is done", err, jobs.ErrTaken)
	if got, err = s.Get(ctx, "o", "a"); err != nil || got.State != jobs.Done || got.Result != "w2" || got.Tries != 2 {
		t.Errorf("%+v, %v", got, err)
	}

	add("b")
	_, err = s.Take(ctx, "o", "b", "w1", now, time.Minute)
	want("take", err, nil)
	want("give back", s.End(ctx, "o", "b", "w1", jobs.Queued, ""), nil)
	_, err = s.Take(ctx, "o", "b", "w2", now, time.Minute)
	want("take what was given back", err, nil)
	stuck, err := s.Stuck(ctx, now.Add(30*time.Second))
	if err != nil || len(stuck) != 0 {
		t.Errorf("%+v, %v", stuck, err)
	}
	add("c")
	stuck, err = s.Stuck(ctx, now.Add(time.Hour))
	if err != nil || len(stuck) != 2 {
		t.Errorf("%+v, %v", stuck, err)
	}

	// Of many who want a job at once, one gets it.
	for i := range 20 {
		id := fmt.Sprint("many", i)
		add(id)
		var workers sync.WaitGroup
		var got atomic.Int32
		for w := range 4 {
			workers.Go(func() {
				if _, err := s.Take(ctx, "o", id, fmt.Sprint(w), now, time.Minute); err == nil {
					got.Add(1)
				} else if !errors.Is(err, jobs.ErrTaken) {
					t.Error(err)
				}
			})
		}
		workers.Wait()
		if got.Load() != 1 {
			t.Errorf("%d workers have job %s", got.Load(), id)
		}
	}
}

// TestQueue: from the request to the result through SQS, and a poison message to the
// dead-letter queue after three deliveries.
func TestQueue(t *testing.T) {
	endpoint := standin.Moto(t)
	client := sqs.New(sqs.Options{Region: standin.Region, BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("standin", "standin", "")})
	ctx := t.Context()
	create := func(name string, attributes map[string]string) (url, arn string) {
		t.Helper()
		made, err := client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
		if err != nil {
			t.Fatal(err)
		}
		out, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: made.QueueUrl, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn}})
		if err != nil {
			t.Fatal(err)
		}
		return *made.QueueUrl, out.Attributes["QueueArn"]
	}
	deadURL, deadARN := create("dead", nil)
	url, arn := create("jobs", map[string]string{
		"VisibilityTimeout": "0",
		"RedrivePolicy":     `{"deadLetterTargetArn":"` + deadARN + `","maxReceiveCount":"3"}`,
	})
	store := &jobs.Memory{}
	s := &jobs.Service{Store: store, Queue: awsjobs.NewQueue(client, url), Work: func(_ context.Context, _, text string) (string, error) {
		if text == "poison" {
			return "", errors.New("cannot be done")
		}
		return text, nil
	}}
	fallback := s.Fallback(arn, "arn:aws:events:eu-central-1:123456789012:rule/sweep", nil)
	for _, id := range []string{"good", "poison"} {
		j := jobs.Job{Owner: "o", ID: id, State: jobs.Queued, Created: time.Now(), Text: id}
		if err := errors.Join(store.Add(ctx, j), s.Queue.Send(ctx, `{"owner":"o","id":"`+id+`"}`)); err != nil {
			t.Fatal(err)
		}
	}
	// What Lambda's poller does: receive, invoke, delete what was done.
	polls := 0
	for ; polls < 20; polls++ {
		out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &url, MaxNumberOfMessages: 10, MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Messages) == 0 {
			break
		}
		var batch events.SQSEvent
		for _, m := range out.Messages {
			batch.Records = append(batch.Records, events.SQSMessage{MessageId: *m.MessageId, ReceiptHandle: *m.ReceiptHandle, Body: *m.Body, Attributes: m.Attributes, EventSource: "aws:sqs", EventSourceARN: arn})
		}
		event, err := json.Marshal(batch)
		if err != nil {
			t.Fatal(err)
		}
		reply, err := fallback.Handle(ctx, event)
		if err != nil {
			t.Fatal(err)
		}
		again := map[string]bool{}
		for _, item := range reply.(events.SQSEventResponse).BatchItemFailures {
			again[item.ItemIdentifier] = true
		}
		for _, m := range out.Messages {
			if again[*m.MessageId] {
				continue
			}
			if _, err := client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle}); err != nil {
				t.Fatal(err)
			}
		}
	}
	dead, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &deadURL, MaxNumberOfMessages: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(dead.Messages) != 1 || aws.ToString(dead.Messages[0].Body) != `{"owner":"o","id":"poison"}` {
		t.Errorf("%d messages in the dead-letter queue after %d polls", len(dead.Messages), polls)
	}
	for id, want := range map[string]jobs.State{"good": jobs.Done, "poison": jobs.Failed} {
		if j, err := store.Get(ctx, "o", id); err != nil || j.State != want {
			t.Errorf("%s: %q, %v", id, j.State, err)
		}
	}
}
