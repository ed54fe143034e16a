package runtimeapi_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// In a test, t.TempDir and t.Cleanup make this shorter.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	binary, err := runtimeapi.Build(ctx, dir, "./testdata/function")
	if err != nil {
		log.Fatal(err)
	}
	process, err := runtimeapi.Start(ctx, binary, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer process.Close()

	result, err := process.Invoke(ctx, runtimeapi.Invocation{Payload: []byte(`{"Do":"echo","Text":"hello"}`)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", result.Body)
	// Output: "hello"
}
