package jobs

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Fallback returns what serves the events that are not HTTP: messages of a queue,
// a schedule's rule, and what users of an identity pool invoke the function with. A
// nil pools knows none of these users.
func (s *Service) Fallback(queueARN, ruleARN string, pools *claims.Extractor) *claims.Fallback {
	return &claims.Fallback{
		Sources:    []string{queueARN, ruleARN},
		Identifier: pools,
		Client:     s.operate,
		Events: func(ctx context.Context, event json.RawMessage) (any, error) {
			var is struct{ Records []json.RawMessage }
			if json.Unmarshal(event, &is) != nil {
				return nil, errMessage
			}
			if is.Records == nil {
				return nil, s.Sweep(ctx)
			}
			var batch events.SQSEvent
			if json.Unmarshal(event, &batch) != nil {
				return nil, errMessage
			}
			return s.serve(ctx, batch), nil
		},
	}
}

// serve does a batch of messages. It returns those that are to come again, and the
// queue keeps these alone: FunctionResponseTypes must hold ReportBatchItemFailures
// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
func (s *Service) serve(ctx context.Context, batch events.SQSEvent) events.SQSEventResponse {
	failed := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for _, m := range batch.Records {
		if err := s.one(ctx, m); err != nil {
			slog.ErrorContext(ctx, "jobs: a message comes again, or goes to the dead-letter queue", "message", m.MessageId, "error", err)
			failed.BatchItemFailures = append(failed.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		}
	}
	return failed
}

// What cannot be read is not quoted: anything may be in it.
var errMessage = errors.New("jobs: the message is not one that this program sends")

// one does the job of a message, unless it is done. The result is kept in the same
// step that ends the job, so that there is one result, however often it is worked on.
func (s *Service) one(ctx context.Context, m events.SQSMessage) (err error) {
	var at message
	if decode(m.Body, &at) != nil {
		return errMessage
	}
	token, lease := rand.Text(), cmp.Or(s.Lease, time.Minute)
	if end, ok := ctx.Deadline(); ok {
		lease = max(lease, time.Until(end))
	}
	job, err := s.Store.Take(ctx, at.Owner, at.ID, token, time.Now(), lease)
	if errors.Is(err, ErrTaken) {
		return s.ended(ctx, at)
	}
	if err != nil {
		return err
	}
	attempts := cmp.Or(s.Attempts, 3)
	if job.Tries > attempts { // none of them came to an end: Sweep has sent it again
		return s.Store.End(ctx, at.Owner, at.ID, token, Failed, "")
	}
	result, err := s.attempt(ctx, job)
	if err == nil {
		return s.Store.End(ctx, at.Owner, at.ID, token, Done, result)
	}
	state := Queued
	if received, _ := strconv.Atoi(m.Attributes["ApproximateReceiveCount"]); received >= attempts {
		state = Failed // the queue gives up now
	}
	// Also where ctx has ended, or the job would wait for the end of its lease.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return errors.Join(err, s.Store.End(ctx, at.Owner, at.ID, token, state, ""))
}

var errPanicked = errors.New("jobs: the work panicked")

// attempt contains a panic: the other messages of the batch are not to blame.
func (s *Service) attempt(ctx context.Context, j Job) (result string, err error) {
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
	}()
	return s.Work(ctx, j.ID, j.Text)
}

// ended returns nil for a message whose job is over, so that the queue forgets it.
func (s *Service) ended(ctx context.Context, at message) error {
	job, err := s.Store.Get(ctx, at.Owner, at.ID)
	if err == nil && job.State != Done && job.State != Failed {
		err = ErrTaken // by a worker that may yet crash
	}
	return err
}

// Sweep sends the messages again of jobs that nobody has worked on for ten minutes.
func (s *Service) Sweep(ctx context.Context) error {
	stuck, err := s.Store.Stuck(ctx, time.Now().Add(-10*time.Minute))
	for _, job := range stuck {
		err = errors.Join(err, s.send(ctx, job))
	}
	return err
}

// An operation is what a client that invokes the function itself may ask for.
type operation struct {
	require authz.Requirement
	do      func(*Service, context.Context, *claims.Identity, ask) (any, error)
}

type ask struct {
	Operation string `json:"operation"`
	ID        string `json:"id"`
	Text      string `json:"text"`
}

// operations are all there are. Whoever has an identity of the pool may ask for
// them: such an identity has no scopes. If the pool admits guests, of whom anybody can
// be many, they may as well, since the runtime does not tell them from users: their
// role must not have lambda:InvokeFunction.
var operations = map[string]operation{
	"create": {authz.Source(claims.IdentityPool), (*Service).create},
	"status": {authz.Source(claims.IdentityPool), (*Service).status},
}

var errOperation = errors.New(`jobs: "operation" must be create or status`)

// operate serves a client that invoked the function itself, by its own identity and
// not by anything in the event, all of which the client wrote.
func (s *Service) operate(ctx context.Context, caller *claims.Identity, event json.RawMessage) (any, error) {
	var a ask
	if err := decode(string(event), &a); err != nil {
		return nil, errOperation
	}
	op, ok := operations[a.Operation]
	if !ok {
		return nil, errOperation
	}
	if err := op.require.Check((&http.Request{}).WithContext(ctx), caller); err != nil {
		return nil, err
	}
	return op.do(s, ctx, caller, a)
}

func (s *Service) create(ctx context.Context, caller *claims.Identity, a ask) (any, error) {
	if a.Text == "" || len(a.Text) > MaxText {
		return nil, fmt.Errorf(`jobs: "text" must have 1 to %d bytes`, MaxText)
	}
	return s.add(ctx, caller, rand.Text(), a.Text, hash(a.Text))
}

func (s *Service) status(ctx context.Context, caller *claims.Identity, a ask) (any, error) {
	return s.Store.Get(ctx, hash(caller.Key()), a.ID)
}

// decode is strict, so that an event of another kind is not taken for one of ours.
func decode(content string, v any) error {
	decoder := json.NewDecoder(bytes.NewReader([]byte(content)))
	decoder.DisallowUnknownFields()
	return decoder.Decode(v)
}
