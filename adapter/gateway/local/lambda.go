package local

import (
	"errors"
	"os"
)

// checkNotInLambda keeps this package out of production: a deployed program that
// starts it gets an error instead of a gateway where everybody can sign in.
func checkNotInLambda() error {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		return errors.New("local: this is a development tool and does not run inside AWS Lambda (AWS_LAMBDA_RUNTIME_API is set)")
	}
	return nil
}
