// Package awsjobs keeps jobs in a DynamoDB table and sends their messages to an SQS
// queue.
//
// The table has the partition key owner and the sort key id, both strings. The
// function's role needs dynamodb:PutItem, GetItem, UpdateItem and Scan on it, and
// sqs:SendMessage, ReceiveMessage, DeleteMessage and GetQueueAttributes on the queue.
package awsjobs

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/gatehouse-go/gatehouse/examples/jobs"
)

// Table is a jobs.Store. It is safe for concurrent use.
type Table struct {
	client *dynamodb.Client
	name   string
}

// NewTable returns the Store in a client's table.
func NewTable(client *dynamodb.Client, name string) *Table { return &Table{client, name} }

type item = map[string]types.AttributeValue

// Add adds a job. A repeat by the SDK, of a call whose answer was lost, finds its own
// job and gets ErrExists, as a client's repeat does: the job is there.
func (t *Table) Add(ctx context.Context, j jobs.Job) error {
	_, err := t.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           &t.name,
		ConditionExpression: aws.String("attribute_not_exists(id)"),
		Item: item{
			"owner": text(j.Owner), "id": text(j.ID), "state": text(string(j.State)),
			"created": instant(j.Created), "text": text(j.Text), "hash": text(j.Hash),
		},
	})
	if refused(err) {
		return jobs.ErrExists
	}
	return err
}

// Get returns a job.
func (t *Table) Get(ctx context.Context, owner, id string) (jobs.Job, error) {
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.name, Key: key(owner, id), ConsistentRead: aws.Bool(true),
	})
	switch {
	case err != nil:
		return jobs.Job{}, err
	case out.Item == nil:
		return jobs.Job{}, jobs.ErrNotFound
	}
	return job(out.Item), nil
}

// Take makes a job the worker's. A repeat by the SDK finds the worker's own token, and
// counts as one more try.
func (t *Table) Take(ctx context.Context, owner, id, token string, now time.Time, lease time.Duration) (jobs.Job, error) {
	out, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &t.name,
		Key:                       key(owner, id),
		UpdateExpression:          aws.String("SET #s = :running, #t = :token, lease = :lease ADD tries :one"),
		ConditionExpression:       aws.String("#s = :queued OR (#s = :running AND (lease <= :now OR #t = :token))"),
		ExpressionAttributeNames:  map[string]string{"#s": "state", "#t": "token"},
		ExpressionAttributeValues: item{":queued": text(string(jobs.Queued)), ":running": text(string(jobs.Running)), ":token": text(token), ":now": instant(now), ":lease": instant(now.Add(lease)), ":one": number(1)},
		ReturnValues:              types.ReturnValueAllNew,
	})
	if refused(err) {
		if _, err := t.Get(ctx, owner, id); err != nil {
			return jobs.Job{}, err
		}
		return jobs.Job{}, jobs.ErrTaken
	}
	if err != nil {
		return jobs.Job{}, err
	}
	return job(out.Attributes), nil
}

// End ends a job or gives it back. The token stays, by which a repeat by the SDK
// knows the end that it made.
func (t *Table) End(ctx context.Context, owner, id, token string, s jobs.State, result string) error {
	_, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &t.name,
		Key:                       key(owner, id),
		UpdateExpression:          aws.String("SET #s = :state, #r = :result REMOVE lease"),
		ConditionExpression:       aws.String("#t = :token AND (#s = :running OR #s = :state)"),
		ExpressionAttributeNames:  map[string]string{"#s": "state", "#t": "token", "#r": "result"},
		ExpressionAttributeValues: item{":state": text(string(s)), ":running": text(string(jobs.Running)), ":token": text(token), ":result": text(result)},
	})
	if refused(err) {
		return jobs.ErrTaken
	}
	return err
}

// Stuck looks at every job. A table of many has a sparse index of those that are not
// done instead.
func (t *Table) Stuck(ctx context.Context, before time.Time) ([]jobs.Job, error) {
	var stuck []jobs.Job
	pages := dynamodb.NewScanPaginator(t.client, &dynamodb.ScanInput{
		TableName:                 &t.name,
		FilterExpression:          aws.String("(#s = :queued AND created < :before) OR (#s = :running AND lease < :before)"),
		ExpressionAttributeNames:  map[string]string{"#s": "state"},
		ExpressionAttributeValues: item{":queued": text(string(jobs.Queued)), ":running": text(string(jobs.Running)), ":before": instant(before)},
	})
	for pages.HasMorePages() && len(stuck) < 100 {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return stuck, err
		}
		for _, i := range page.Items {
			stuck = append(stuck, job(i))
		}
	}
	return stuck[:min(len(stuck), 100)], nil
}

func key(owner, id string) item { return item{"owner": text(owner), "id": text(id)} }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func instant(t time.Time) types.AttributeValue { return number(t.UnixMilli()) }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func job(i item) jobs.Job {
	s := func(name string) string {
		if v, ok := i[name].(*types.AttributeValueMemberS); ok {
			return v.Value
		}
		return ""
	}
	n := func(name string) (n int64, ok bool) {
		v, ok := i[name].(*types.AttributeValueMemberN)
		if !ok {
			return 0, false
		}
		n, err := strconv.ParseInt(v.Value, 10, 64)
		return n, err == nil
	}
	at := func(name string) time.Time {
		if ms, ok := n(name); ok {
			return time.UnixMilli(ms).UTC()
		}
		return time.Time{}
	}
	tries, _ := n("tries")
	return jobs.Job{
		Owner: s("owner"), ID: s("id"), State: jobs.State(s("state")), Result: s("result"),
		Created: at("created"), Text: s("text"), Hash: s("hash"), Lease: at("lease"), Token: s("token"), Tries: int(tries),
	}
}

func refused(err error) bool {
	var condition *types.ConditionalCheckFailedException
	return errors.As(err, &condition)
}
