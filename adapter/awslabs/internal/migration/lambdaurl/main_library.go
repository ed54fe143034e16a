//go:build library

package main

import (
	"github.com/aws/aws-lambda-go/lambdaurl"
)

func main() {
	lambdaurl.Start(routes())
}
