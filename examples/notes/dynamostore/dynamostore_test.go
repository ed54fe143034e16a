package dynamostore_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/gatehouse-go/gatehouse/examples/notes/dynamostore"
)

// store is one whose database answers each call by its name, such as PutItem, with a
// status and a body.
func store(t *testing.T, answer func(call string) (status int, body string)) *dynamostore.Store {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, call, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		status, body := answer(call)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return dynamostore.New(dynamodb.New(dynamodb.Options{
		Region:           "eu-central-1",
		BaseEndpoint:     &server.URL,
		Credentials:      credentials.NewStaticCredentialsProvider("standin", "standin", ""),
		RetryMaxAttempts: 1,
	}), "notes")
}

func problem(name string) string {
	return `{"__type":"com.amazonaws.dynamodb.v20120810#` + name + `","message":"why"}`
}

// Clients may try again after what passes by itself, and only then.
func TestUnavailable(t *testing.T) {
	for _, row := range []struct {
		problem string
		status  int
		want    bool
	}{
		{"ThrottlingException", 400, true},
		{"ProvisionedThroughputExceededException", 400, true},
		{"RequestLimitExceeded", 400, true},
		{"InternalServerError", 500, true},
		{"ServiceUnavailable", 503, true},
		{"AccessDeniedException", 400, false},
		{"ResourceNotFoundException", 400, false},
		{"ValidationException", 400, false},
		{"UnrecognizedClientException", 400, false},
	} {
		s := store(t, func(string) (int, string) { return row.status, problem(row.problem) })
		_, get := s.Get(t.Context(), "a", "1")
		_, list := s.List(t.Context(), "a", "", 1)
		_, add := s.Add(t.Context(), "a", notes.Note{ID: "1"}, "k")
		for operation, err := range map[string]error{"Get": get, "List": list, "Add": add} {
			if err == nil || errors.Is(err, notes.ErrUnavailable) != row.want {
				t.Errorf("%s after %s: %v; unavailable should be %v", operation, row.problem, err, row.want)
			}
		}
	}
}

// An idempotency key may expire between the write that finds it and the read of what
// it stands for. The client is told to try again, not that there is no such note.
func TestExpiredMeanwhile(t *testing.T) {
	s := store(t, func(call string) (int, string) {
		if call == "PutItem" {
			return 400, problem("ConditionalCheckFailedException")
		}
		return 200, "{}"
	})
	if _, err := s.Add(t.Context(), "a", notes.Note{ID: "1"}, "k"); !errors.Is(err, notes.ErrUnavailable) || errors.Is(err, notes.ErrNotFound) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
}
