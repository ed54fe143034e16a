package claims_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// bare are events of each front that say nothing of a caller.
var bare = map[adapter.Format]string{
	adapter.HTTPAPIV2:    "http-api-2.0-lambda-no-context",
	adapter.HTTPAPIV1:    "http-api-1.0-jwt",
	adapter.RESTAPI:      "rest-api-key",
	adapter.FunctionURL:  "function-url-iam",
	adapter.WebSocketAPI: "websocket-lambda-message",
	adapter.LatticeV2:    "lattice-none",
	adapter.ALB:          "alb",
}

// carriers are the fronts that can carry the very words of another.
var carriers = map[adapter.Format]map[claims.Source][]adapter.Format{
	adapter.HTTPAPIV2: {
		claims.JWT:               {adapter.HTTPAPIV2},
		claims.LambdaAuthorizer:  {adapter.HTTPAPIV2},
		claims.SigV4:             {adapter.HTTPAPIV2, adapter.FunctionURL},
		claims.ClientCertificate: {adapter.HTTPAPIV2},
	},
	adapter.HTTPAPIV1: {
		claims.JWT:               {adapter.HTTPAPIV1},
		claims.LambdaAuthorizer:  {adapter.HTTPAPIV1, adapter.RESTAPI, adapter.WebSocketAPI},
		claims.ClientCertificate: {adapter.HTTPAPIV1, adapter.RESTAPI},
	},
	adapter.RESTAPI: {
		claims.Cognito:           {adapter.RESTAPI},
		claims.NativeJWT:         {adapter.RESTAPI},
		claims.LambdaAuthorizer:  {adapter.HTTPAPIV1, adapter.RESTAPI, adapter.WebSocketAPI},
		claims.SigV4:             {adapter.RESTAPI},
		claims.ClientCertificate: {adapter.HTTPAPIV1, adapter.RESTAPI},
	},
	adapter.FunctionURL:  {claims.SigV4: {adapter.HTTPAPIV2, adapter.FunctionURL}},
	adapter.WebSocketAPI: {claims.LambdaAuthorizer: {adapter.HTTPAPIV1, adapter.RESTAPI, adapter.WebSocketAPI}},
	adapter.LatticeV2:    {claims.Lattice: {adapter.LatticeV2}},
}

// What one front says of a caller is nobody on a front that cannot say so, even
// with every Source listed.
func TestEverySourceOnEveryFront(t *testing.T) {
	for _, row := range events {
		if row.want.Source == 0 {
			continue
		}
		said := requestContextOf(t, row.file)
		for front, file := range bare {
			moved := requestContextOf(t, file)
			for _, name := range []string{"authorizer", "identity", "authentication"} {
				delete(moved, name)
				if data, ok := said[name]; ok {
					moved[name] = data
				}
			}
			r := request(t, eventWith(t, file, moved))
			if event, _ := adapter.FromContext(r.Context()); event.Format() != front {
				t.Fatalf("%s is an event of %v, want %v", file, event.Format(), front)
			}
			id, err := everybody.Identify(r)
			want := slices.Contains(carriers[row.front][row.want.Source], front)
			switch {
			case want && (id == nil || err != nil):
				t.Errorf("%s on %v: %v, want an Identity", row.file, front, err)
			case !want && (id != nil || err == nil):
				t.Errorf("%s on %v: %+v, want an error", row.file, front, id)
			}
		}
	}
}

// Two callers in one event are nobody, whatever the Sources.
func TestTwoCallersInOneEvent(t *testing.T) {
	clashes := 0
	for _, row := range events {
		for _, other := range events {
			if row.front != other.front || row.want.Source == 0 || other.want.Source == 0 || row.file == other.file {
				continue
			}
			both := requestContextOf(t, row.file)
			clash := merge(both, requestContextOf(t, other.file))
			if !clash {
				continue
			}
			clashes++
			if id, err := everybody.Identify(request(t, eventWith(t, row.file, both))); id != nil || err == nil {
				t.Errorf("%s and %s: %+v, want an error", row.file, other.file, id)
			}
		}
	}
	if clashes < 30 {
		t.Errorf("only %d pairs of events were put together", clashes)
	}
}

// merge adds what other says of its caller, and reports whether the two say so in
// different blocks. A certificate clashes with nothing.
func merge(into, other map[string]any) bool {
	certificate := into["authentication"] != nil || other["authentication"] != nil || hasCertificate(into) || hasCertificate(other)
	before := blockNames(into)
	for _, name := range []string{"authorizer", "identity"} {
		mine, _ := into[name].(map[string]any)
		theirs, _ := other[name].(map[string]any)
		if mine == nil {
			mine = map[string]any{}
		}
		for name, value := range theirs {
			if value != nil {
				mine[name] = value
			}
		}
		if len(mine) > 0 {
			into[name] = mine
		}
	}
	return !certificate && len(blockNames(into)) > len(before)
}

func hasCertificate(context map[string]any) bool {
	identity, _ := context["identity"].(map[string]any)
	return identity["clientCert"] != nil
}

// blockNames are the blocks in which a requestContext names a caller.
func blockNames(context map[string]any) map[string]bool {
	names := map[string]bool{}
	authorizer, _ := context["authorizer"].(map[string]any)
	identity, _ := context["identity"].(map[string]any)
	for name := range maps.Keys(authorizer) {
		if slices.Contains([]string{"jwt", "lambda", "iam", "claims", "principalId"}, name) {
			names[name] = true
		}
	}
	if identity["userArn"] != nil || identity["principal"] != nil {
		names["identity"] = true
	}
	return names
}

func requestContextOf(t testing.TB, file string) map[string]any {
	t.Helper()
	event, _ := adapter.FromContext(recorded(t, file).Context())
	var context map[string]any
	if err := event.RequestContext(&context); err != nil {
		t.Fatal(err)
	}
	return context
}

// eventWith returns the event of a file with another requestContext.
func eventWith(t testing.TB, file string, context map[string]any) string {
	t.Helper()
	event, _ := adapter.FromContext(recorded(t, file).Context())
	var members map[string]any
	if err := event.Decode(&members); err != nil {
		t.Fatal(err)
	}
	members["requestContext"] = context
	text, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
