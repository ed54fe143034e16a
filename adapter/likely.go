package adapter

import (
	"encoding/json"
	"errors"
	"strings"
)

// explain says what an event that is not a request is likely to be, and what to do
// about it. It names kinds of events and never a value.
func (e *EventError) explain(event []byte) {
	const cure = ": set Options.Fallback to serve it"
	switch e.Reason {
	case ReasonAuthorizer, ReasonAgent:
		e.Err = errors.New("not a client's request" + cure)
	case ReasonUnknown:
		if kind := likely(event); kind != "" {
			e.Err = errors.New("looks like " + kind + cure)
			return
		}
		e.Err = errors.New("an API has to use a Lambda proxy integration (AWS_PROXY); for any other event set Options.Fallback")
	}
}

// eventSources are services by what their records say of themselves.
var eventSources = map[string]string{
	"aws:sqs":          "an SQS batch",
	"aws:sns":          "an SNS notification",
	"aws:s3":           "an S3 notification",
	"aws:dynamodb":     "a DynamoDB stream's batch",
	"aws:kinesis":      "a Kinesis batch",
	"aws:ses":          "an SES notification",
	"aws:codecommit":   "a CodeCommit trigger",
	"aws:kafka":        "a Kafka batch",
	"SelfManagedKafka": "a Kafka batch",
	"aws:mq":           "an Amazon MQ batch",
	"aws:rmq":          "an Amazon MQ batch",
}

// likely returns what an event looks like, "" if it looks like nothing known.
func likely(event []byte) string {
	var e struct {
		Records       json.RawMessage
		EventSource   string
		Source        string
		DetailType    string `json:"detail-type"`
		TriggerSource string
		UserPoolID    string `json:"userPoolId"`
		AWSLogs       any    `json:"awslogs"`
		RequestType   string
		StackID       string `json:"StackId"`
	}
	if json.Unmarshal(event, &e) != nil {
		return ""
	}
	var records []struct{ EventSource string } // in either case
	if json.Unmarshal(e.Records, &records) == nil && len(records) > 0 {
		e.EventSource = records[0].EventSource
	}
	switch {
	case eventSources[e.EventSource] != "":
		return eventSources[e.EventSource]
	case len(records) > 0:
		return "a batch of records"
	case e.DetailType == "Scheduled Event":
		return "a schedule's event"
	case e.DetailType != "" || strings.HasPrefix(e.Source, "aws."):
		return "an EventBridge event"
	case e.TriggerSource != "" && e.UserPoolID != "":
		return "a Cognito user pool's trigger"
	case e.AWSLogs != nil:
		return "a CloudWatch Logs subscription's event"
	case e.RequestType != "" && e.StackID != "":
		return "a CloudFormation custom resource's event"
	}
	return ""
}
