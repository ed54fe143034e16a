package runtimeapi

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// functionARN is what every invocation says it was addressed to.
const functionARN = "arn:aws:lambda:eu-west-1:123456789012:function:under-test"

// command prepares the binary with the environment variables that Lambda
// reserves (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
func command(binary, address string, concurrency int, env []string) *exec.Cmd {
	cmd := exec.Command(binary)
	cmd.Env = append(cmd.Env,
		"AWS_LAMBDA_RUNTIME_API="+address,
		"AWS_LAMBDA_FUNCTION_NAME=under-test",
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
		"AWS_LAMBDA_INITIALIZATION_TYPE="+initializationType(concurrency),
		"AWS_REGION=eu-west-1",
		"LAMBDA_TASK_ROOT="+filepath.Dir(binary),
		"TZ=:UTC",
		"_HANDLER=bootstrap",
	)
	if concurrency > 1 {
		cmd.Env = append(cmd.Env, "AWS_LAMBDA_MAX_CONCURRENCY="+strconv.Itoa(concurrency))
	}
	cmd.Env = append(cmd.Env, env...)
	// A child of the function that keeps its output open must not keep Wait.
	cmd.WaitDelay = time.Second
	return cmd
}

func initializationType(concurrency int) string {
	if concurrency > 1 {
		return "lambda-managed-instances"
	}
	return "on-demand"
}

// Build compiles the main package at path (as go build takes it, relative to
// the working directory) for the machine the test runs on and returns the
// binary's path in dir. It is built as for a deployment, without -trimpath and
// CGO_ENABLED=0, which would compile the standard library once more. Further
// flags, such as -race, come last.
func Build(ctx context.Context, dir, path string, flags ...string) (string, error) {
	binary := filepath.Join(dir, "bootstrap")
	if runtime.GOOS == "windows" {
		binary += ".exe" // or it cannot be started
	}
	args := []string{"build", "-tags", "lambda.norpc", "-ldflags=-s -w", "-o", binary}
	args = append(append(args, flags...), path)
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("runtimeapi: go build %s: %w\n%s", path, err, out)
	}
	return binary, nil
}
