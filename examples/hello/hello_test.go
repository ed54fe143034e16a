package hello_test

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/hello"
	"github.com/gatehouse-go/gatehouse/examples/hello/hellotest"
)

func TestHandler(t *testing.T) { hellotest.Handler(t, hello.Handler()) }

func TestLambda(t *testing.T) { hellotest.Lambda(t, "./lambda") }
