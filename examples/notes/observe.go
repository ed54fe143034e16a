package notes

import (
	"encoding/base64"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
)

// Guard returns the Guard of the API, in whichever router its routes are. If
// GATEHOUSE_SUBJECT_KEY holds the base64 of 32 bytes or more, log lines tell
// callers apart by a hash that nobody can undo without that key. Guard panics if
// it holds something else.
func Guard(who authz.Identifier) *authz.Guard {
	g := &authz.Guard{Realm: "notes", Identifier: who}
	if text := os.Getenv("GATEHOUSE_SUBJECT_KEY"); text != "" {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			panic("notes: GATEHOUSE_SUBJECT_KEY is not base64") // the text is a secret
		}
		g.SubjectKey = key
	}
	return g
}

// Observed returns the adapter's options of the deployed functions: one line for
// each request, in the form that the function's logging settings ask for, and with
// GATEHOUSE_METRICS metrics in the namespace of that name. The logger becomes
// slog's default, so that every other line has that form too.
func Observed() *adapter.Options {
	log := lambdacontext.NewLogger()
	slog.SetDefault(log)
	return &adapter.Options{
		Logger: log,
		Done:   adapter.AccessLog(log, &adapter.AccessLogOptions{Metrics: os.Getenv("GATEHOUSE_METRICS")}),
	}
}
