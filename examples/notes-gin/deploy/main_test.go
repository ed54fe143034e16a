package main

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/authz/apigateway"
)

// The files that templates use are those of this policy.
func TestFilesAreUpToDate(t *testing.T) {
	if err := apigateway.Diff(routes(), options(), "."); err != nil {
		t.Errorf("%v\ngo run ./examples/notes-gin/deploy -out examples/notes-gin/deploy", err)
	}
}
