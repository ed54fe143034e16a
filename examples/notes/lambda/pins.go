package main

import (
	"errors"
	"fmt"

	"github.com/gatehouse-go/gatehouse/claims"
)

// pinsFrom reads the pins from the environment. The error names every variable
// that is missing: an API that is not pinned must not be deployed by accident.
func pinsFrom(getenv func(string) string) (claims.Config, error) {
	var c claims.Config
	var problems []error
	for _, v := range []struct {
		name string
		pin  *[]string
	}{
		{"NOTES_ISSUER", &c.Issuers},
		{"NOTES_API", &c.APIs},
	} {
		value := getenv(v.name)
		if value == "" {
			problems = append(problems, fmt.Errorf("notes: %s is not set", v.name))
		}
		*v.pin = []string{value}
	}
	return c, errors.Join(problems...)
}
