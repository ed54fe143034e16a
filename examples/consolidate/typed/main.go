// Command typed is one of the three functions as they were. ROUTE is the key of its
// route, such as "GET /notes".
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/examples/consolidate"
)

func main() {
	f, err := function(os.Getenv("ROUTE"))
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(f)
}

func function(route string) (any, error) {
	f := consolidate.Typed{Notes: new(consolidate.Notes)}
	switch route {
	case "GET /notes/{id}":
		return f.Read, nil
	case "GET /notes":
		return f.List, nil
	case "POST /notes":
		return f.Write, nil
	}
	return nil, fmt.Errorf("consolidate: ROUTE is %q, which none of the three functions is for", route)
}
