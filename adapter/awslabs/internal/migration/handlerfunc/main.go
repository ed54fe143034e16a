//go:build !library

package main

import (
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
)

func main() {
	lambda.Start(adapter.New(awslabs.Export(http.HandlerFunc(serve)), nil))
}
