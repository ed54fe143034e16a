// Command smoke asks a deployed notes API what the laptop run asks, and fails
// where an answer has another status.
//
//	go run ./examples/notes/deploy/smoke -url URL -token-url URL -client ID -pool POOL
//
// It takes its tokens as a machine does, by client credentials. The client's
// secret comes from the AWS CLI, or from standard input with -secret-stdin: it is
// on no command line and in no output. A REST API's key, if it wants one, is in the
// variable SMOKE_API_KEY.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	s := smoke{key: os.Getenv("SMOKE_API_KEY")}
	flag.StringVar(&s.api, "url", "", "`URL` of the API")
	flag.StringVar(&s.tokens, "token-url", "", "`URL` of the token endpoint")
	flag.StringVar(&s.client, "client", "", "`ID` of the machine client")
	pool := flag.String("pool", "", "`ID` of the user pool, to ask for the client's secret")
	stdin := flag.Bool("secret-stdin", false, "read the secret from standard input")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var err error
	if s.secret, err = secret(ctx, *stdin, *pool, s.client); err != nil {
		log.Fatal("smoke: ", err)
	}
	if err := s.run(ctx, os.Stdout); err != nil {
		log.Fatal("smoke: ", err)
	}
}

// secret reads the machine client's secret.
func secret(ctx context.Context, stdin bool, pool, client string) (string, error) {
	if stdin {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return strings.TrimSpace(line), nil
	}
	out, err := exec.CommandContext(ctx, "aws", "cognito-idp", "describe-user-pool-client",
		"--user-pool-id", pool, "--client-id", client, "--query", "UserPoolClient.ClientSecret", "--output", "text").Output()
	if err != nil {
		return "", fmt.Errorf("the AWS CLI could not read the client's secret: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
