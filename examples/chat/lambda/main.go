// Command lambda is the chat as one AWS Lambda function behind an HTTP API, with a JWT
// authorizer, and a WebSocket API. It does not start without
//
//	CHAT_ISSUER    the issuer of the tokens, as their iss names it
//	CHAT_TABLE     the DynamoDB table
//	CHAT_API       the ID of the WebSocket API
//	CHAT_ENDPOINT  where its @connections are: https://ID.execute-api.REGION.amazonaws.com/STAGE,
//	               or a custom domain without a stage
//	CHAT_ORIGINS   the origins of the pages, separated by blanks
//	CHAT_MEMBERS   subjects by room, in JSON: {"harbor": ["SUB", "SUB"]}
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/chat"
	"github.com/gatehouse-go/gatehouse/examples/chat/awschat"
	"github.com/gatehouse-go/gatehouse/examples/machines/caller"
)

func main() {
	h, err := setUp(context.Background(), os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(h)
}

// setUp reads the environment. The error names every variable that is missing.
func setUp(ctx context.Context, getenv func(string) string) (*adapter.Handler, error) {
	var problems []error
	for _, name := range []string{"CHAT_ISSUER", "CHAT_TABLE", "CHAT_API", "CHAT_ENDPOINT", "CHAT_ORIGINS", "CHAT_MEMBERS"} {
		if strings.TrimSpace(getenv(name)) == "" {
			problems = append(problems, fmt.Errorf("chat: %s is not set", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{getenv("CHAT_ISSUER")}})
	if err != nil {
		return nil, err
	}
	var members map[string][]string
	if err := json.Unmarshal([]byte(getenv("CHAT_MEMBERS")), &members); err != nil {
		return nil, fmt.Errorf("chat: CHAT_MEMBERS: %w", err)
	}
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	sender, err := chat.NewManagement(caller.IAM(c.Credentials, c.Region), getenv("CHAT_ENDPOINT"))
	if err != nil {
		return nil, fmt.Errorf("CHAT_ENDPOINT: %w", err)
	}
	table := awschat.NewTable(dynamodb.NewFromConfig(c), getenv("CHAT_TABLE"))
	s := &chat.Service{
		Tickets: table, Connections: table, Sender: sender, Members: members,
		Origins: strings.Fields(getenv("CHAT_ORIGINS")), API: getenv("CHAT_API"),
	}
	return adapter.New(s.Handler(who), &adapter.Options{Fallback: s.Fallback()}), nil
}
