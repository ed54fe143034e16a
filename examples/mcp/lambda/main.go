// Command lambda is the MCP server as an AWS Lambda function, behind a function URL
// of auth type NONE and invoke mode RESPONSE_STREAM: nothing stands between client
// and function that could answer in its place, so that its challenges arrive, and
// the tokens are verified here. It does not start without
//
//	MCP_RESOURCE  the URL that clients call, and the aud of their tokens
//	MCP_ISSUER    the issuer of the tokens, as their iss names it
//
// MCP_ORIGINS lists the origins whose pages may call it, separated by blanks; empty:
// none. MCP_KEYS names a file of the deployment with the issuer's key set; empty: the
// keys are fetched from where the issuer's discovery document says.
//
// Tasks are kept in memory: each execution environment of the function has its own.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/examples/mcp"
)

func main() {
	config, err := configFrom(os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	h, _ := mcp.Handler(config)
	lambda.Start(adapter.New(h, nil).Stream)
}

// configFrom reads the environment. The error names every variable that is wrong.
func configFrom(getenv func(string) string) (mcp.Config, error) {
	var problems []error
	for _, name := range []string{"MCP_RESOURCE", "MCP_ISSUER"} {
		if getenv(name) == "" {
			problems = append(problems, fmt.Errorf("mcp: %s is not set", name))
		}
	}
	issuer := jwtverify.OIDC(getenv("MCP_ISSUER"), getenv("MCP_RESOURCE"))
	if file := getenv("MCP_KEYS"); file != "" {
		keys, err := os.ReadFile(file)
		if err != nil {
			problems = append(problems, fmt.Errorf("mcp: MCP_KEYS: %w", err))
		}
		issuer.JWKS = keys
	}
	if err := errors.Join(problems...); err != nil {
		return mcp.Config{}, err
	}
	tokens, err := jwtverify.New(jwtverify.Config{Issuers: []jwtverify.Issuer{issuer}, Binding: jwtverify.BindingNone})
	return mcp.Config{
		Resource:   getenv("MCP_RESOURCE"),
		Identifier: tokens,
		Origins:    strings.Fields(getenv("MCP_ORIGINS")),
		Tasks:      &mcp.Memory{},
	}, err
}
