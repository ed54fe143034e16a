package helloecho_test

import (
	"testing"

	helloecho "github.com/gatehouse-go/gatehouse/examples/hello-echo"
	"github.com/gatehouse-go/gatehouse/examples/hello/hellotest"
)

func TestHandler(t *testing.T) { hellotest.Handler(t, helloecho.Handler()) }

func TestLambda(t *testing.T) { hellotest.Lambda(t, "./lambda") }
