package main

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// The files that the templates use are those of this policy.
func TestFilesAreUpToDate(t *testing.T) {
	if err := apigateway.Diff(notes.Handler(who(), &notes.Memory{}), options(), "."); err != nil {
		t.Errorf("%v\ngo run ./examples/notes/deploy/rest -out examples/notes/deploy/rest", err)
	}
}
