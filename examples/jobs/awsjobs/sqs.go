package awsjobs

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Queue is a jobs.Queue. It is safe for concurrent use.
type Queue struct {
	client *sqs.Client
	url    string
}

// NewQueue returns the Queue at a URL.
func NewQueue(client *sqs.Client, url string) *Queue { return &Queue{client, url} }

// Send sends a message.
func (q *Queue) Send(ctx context.Context, message string) error {
	_, err := q.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: &message})
	return err
}
