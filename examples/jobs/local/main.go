// Command local runs the API for jobs on a laptop, with a token issuer and a queue
// beside it that delivers every message twice, as SQS sometimes does.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/jobs"
)

const queueARN = "arn:aws:sqs:eu-central-1:123456789012:jobs"

func main() {
	addr := flag.String("addr", "localhost:8080", "`address` of the API")
	issuer := flag.String("issuer", "localhost:8081", "`address` of the token issuer")
	flag.Parse()
	h, opts, err := setUp(*issuer)
	if err == nil {
		err = local.ListenAndServe(*addr, h, opts)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func setUp(issuerAddr string) (http.Handler, *local.Options, error) {
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL: "http://" + issuerAddr,
		Clients: []local.Client{
			{ID: "robot", Secret: "robot-secret", Scopes: []string{jobs.ReadScope, jobs.WriteScope}},
			{ID: "viewer", Secret: "viewer-secret", Scopes: []string{jobs.ReadScope}},
		},
	})
	if err != nil {
		return nil, nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{issuer.URL()}})
	if err != nil {
		return nil, nil, err
	}
	s := &jobs.Service{Store: &jobs.Memory{}, Work: jobs.Count}
	mux := s.Handler(who)
	// The function, which the queue invokes as SQS does.
	fallback := s.Fallback(queueARN, "arn:aws:events:eu-central-1:123456789012:rule/sweep", nil)
	s.Queue = queue{adapter.New(mux, &adapter.Options{Fallback: fallback.Handle})}
	return mux, &local.Options{
		Policy:  mux,
		Issuers: []*local.Issuer{issuer},
		Try: []local.Try{
			{Method: "POST", Path: "/jobs", Client: "robot", Body: `{"text":"count these words"}`, Want: http.StatusAccepted},
			{Method: "POST", Path: "/jobs", Client: "viewer", Body: `{"text":"count these words"}`, Want: http.StatusForbidden},
			{Path: "/jobs/none", Client: "robot", Want: http.StatusNotFound},
		},
	}, nil
}

type queue struct{ function *adapter.Handler }

func (q queue) Send(_ context.Context, message string) error {
	event, err := json.Marshal(events.SQSEvent{Records: []events.SQSMessage{{
		MessageId: "1", Body: message, EventSource: "aws:sqs", EventSourceARN: queueARN,
		Attributes: map[string]string{"ApproximateReceiveCount": "1"},
	}}})
	if err != nil {
		return err
	}
	for range 2 {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if reply, err := q.function.Invoke(ctx, event); err != nil {
				log.Printf("queue: %s, %v", reply, err)
			}
		}()
	}
	return nil
}
