//go:build !library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
)

func main() {
	lambda.Start(adapter.New(routes(), nil).Stream)
}
