package main_test

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/notes/notestest"
)

func TestFunction(t *testing.T) { notestest.Deployed(t) }

func TestLogs(t *testing.T) { notestest.Logs(t, "/notes/:id") }
