// Command function is the Lambda function that the tests of runtimeapi start.
// Each event names what it should do.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string
	Text string
	Size int
	URL  string
}

func main() {
	if os.Getenv("EXIT_AT_INIT") != "" {
		fmt.Println("leaving early")
		os.Exit(3)
	}
	var barrier sync.WaitGroup
	barrier.Add(lambdacontext.MaxConcurrency())

	var options []lambda.Option
	if os.Getenv("SIGTERM") != "" {
		options = append(options, lambda.WithEnableSIGTERM(func() { fmt.Println("told to end") }))
	}
	lambda.StartWithOptions(func(ctx context.Context, e event) (any, error) {
		switch e.Do {
		case "echo":
			return e.Text, nil
		case "context":
			return describe(ctx), nil
		case "environment":
			return os.Environ(), nil
		case "error":
			return nil, errors.New(e.Text)
		case "panic":
			panic(e.Text)
		case "exit":
			os.Exit(3)
		case "large":
			return strings.Repeat("a", e.Size-len(`""`)), nil
		case "wait":
			wait(e.URL)
			return e.Text, nil
		case "meet":
			barrier.Done()
			barrier.Wait()
			return e.Text, nil
		case "stream":
			return stream{strings.NewReader(e.Text)}, nil
		case "stream and fail":
			return stream{io.MultiReader(strings.NewReader(e.Text), broken{})}, nil
		case "stream and wait":
			return stream{io.MultiReader(strings.NewReader(e.Text), waiting{e.URL})}, nil
		}
		return nil, errors.New("unknown event")
	}, options...)
}

func describe(ctx context.Context) map[string]any {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return map[string]any{
		"requestID":  lc.AwsRequestID,
		"arn":        lc.InvokedFunctionArn,
		"deadlineMS": deadline.UnixMilli(),
		"app":        lc.ClientContext.Client.AppTitle,
		"identity":   lc.Identity.CognitoIdentityID,
		"tenant":     lc.TenantID,
		"trace":      ctx.Value("x-amzn-trace-id"),
	}
}

// stream is sent as it is read: a failing MarshalJSON is what makes
// aws-lambda-go treat an io.Reader as a reader.
type stream struct{ io.Reader }

func (stream) MarshalJSON() ([]byte, error) { return nil, errors.New("not JSON") }
func (stream) ContentType() string          { return "text/plain" }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("ran dry") }

// waiting ends when its URL has answered.
type waiting struct{ url string }

func (w waiting) Read([]byte) (int, error) {
	wait(w.url)
	return 0, io.EOF
}

// wait returns when the test lets it: by answering at url.
func wait(url string) {
	if resp, err := http.Get(url); err == nil {
		resp.Body.Close()
	}
}
