package notes_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// vouched is what an authorizer says of writer, as members of the claims object.
const vouched = `"iss":"` + issuerURL + `","sub":"writer","client_id":"tests","username":"ada","token_use":"access",` +
	`"scope":"notes-api/read notes-api/write","exp":"FUTURE"`

// fill replaces CLAIMS by the claims object, MEMBERS by what is in it, and
// FUTURE and PAST by dates as the front's authorizer writes them.
func (f front) fill(text string) string {
	future, past := "4102444800", "1000000000"
	if f.format == adapter.RESTAPI {
		future, past = "Fri Jan  1 00:00:00 UTC 2100", "Sun Sep  9 01:46:40 UTC 2001"
	}
	text = strings.NewReplacer("CLAIMS", "{"+vouched+"}", "MEMBERS", vouched).Replace(text)
	return strings.NewReplacer("FUTURE", future, "PAST", past).Replace(text)
}

// authorizerOf is the authorizer's data as the front has it around the claims.
func (f front) authorizerOf(members string) string {
	if f.format == adapter.HTTPAPIV2 {
		return f.fill(`{"jwt":{"claims":{` + members + `},"scopes":null}}`)
	}
	if f.format == adapter.HTTPAPIV1 {
		return f.fill(`{"claims":{` + members + `},"scopes":null}`)
	}
	return f.fill(`{"claims":{` + members + `}}`)
}

// forge returns an event as the front would send it, except for members of
// requestContext that its sender chose: text of JSON, "" to leave one out.
func (f front) forge(t *testing.T, method, path string, chosen map[string]string) []byte {
	t.Helper()
	genuine, err := f.gateway(http.NotFoundHandler(), nil).Event(httptest.NewRequest(method, f.prefix+path, nil))
	if err != nil {
		t.Fatal(err)
	}
	event, requestContext := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	unmarshal(t, genuine, &event)
	unmarshal(t, event["requestContext"], &requestContext)
	for name, text := range chosen {
		delete(requestContext, name)
		if text != "" {
			requestContext[name] = json.RawMessage(text)
		}
	}
	event["requestContext"] = marshal(t, requestContext)
	return marshal(t, event)
}

func unmarshal(t *testing.T, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A function is the API as Lambda has it, pinned, and what ran in it.
type function struct {
	*adapter.Handler
	ran func() string
}

func newFunction(t *testing.T) function {
	t.Helper()
	ran, taken := record()
	return function{adapter.New(notes.Recorded(pinned(t, issuerURL), &notes.Memory{}, ran), nil), taken}
}

// statusOf is the status in a reply.
func statusOf(t *testing.T, reply []byte, err error) int {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var r struct{ StatusCode int }
	unmarshal(t, reply, &r)
	return r.StatusCode
}

// wantRefused sends an event for each guarded operation, with these members of
// requestContext.
func wantRefused(t *testing.T, f front, chosen map[string]string, status int) {
	t.Helper()
	api := newFunction(t)
	for _, operation := range []string{"GET /profile", "GET /notes", "HEAD /notes", "GET /notes/1", "POST /notes"} {
		method, path, _ := strings.Cut(operation, " ")
		reply, err := api.Invoke(t.Context(), f.forge(t, method, path, chosen))
		if got := statusOf(t, reply, err); got != status {
			t.Errorf("%s: status %d, want %d", operation, got, status)
		}
		if ran := api.ran(); ran != "" {
			t.Errorf("%s: %s ran", operation, ran)
		}
	}
}

// Without this, the refusal of a forged event would mean nothing.
func TestGenuineEventsAreServed(t *testing.T) {
	for _, front := range fronts {
		api := newFunction(t)
		event := front.forge(t, "GET", "/profile", map[string]string{"authorizer": front.authorizerOf(vouched)})
		reply, err := api.Invoke(t.Context(), event)
		if status := statusOf(t, reply, err); status != 200 || api.ran() != "GET /profile" {
			t.Errorf("%v: status %d, reply %s", front.format, status, reply)
		}
	}
}
