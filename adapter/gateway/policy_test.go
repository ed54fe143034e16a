package gateway_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

func TestPolicies(t *testing.T) {
	const arn = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/notes/7"
	allow := func(rest string) string { return `{"Effect":"Allow",` + rest + `}` }
	deny := func(rest string) string { return `{"Effect":"Deny",` + rest + `}` }
	on := func(resource string) string { return `"Action":"execute-api:Invoke","Resource":"` + resource + `"` }
	for _, row := range []struct {
		name, statements string
		status           int
	}{
		{"this method", allow(on(arn)), 200},
		{"a statement that is no list", allow(on(arn)), 200},
		{"another method", allow(on("arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/POST/notes/7")), 403},
		{"another case", allow(on("arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/get/notes/7")), 403},
		{"the beginning only", allow(on("arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/notes")), 403},
		{"everything", allow(on("*")), 200},
		{"a star across slashes", allow(on("arn:aws:execute-api:*/GET/*")), 200},
		{"a star for nothing", allow(on(arn + "*")), 200},
		{"stars that must give back", allow(on("*/GET/*7")), 200},
		{"a question mark", allow(on("arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/notes/?")), 200},
		{"a question mark for nothing", allow(on(arn + "?")), 403},
		{"lists", allow(`"Action":["s3:*","execute-api:*"],"Resource":["x","` + arn + `"]`), 200},
		{"an action in another case", allow(`"Action":"Execute-API:invoke","Resource":"*"`), 200},
		{"another action", allow(`"Action":"execute-api:ManageConnections","Resource":"*"`), 403},
		{"all actions but one", allow(`"NotAction":"s3:*","Resource":"*"`), 200},
		{"all actions but this", allow(`"NotAction":"execute-api:*","Resource":"*"`), 403},
		{"all resources but one", allow(`"Action":"*","NotResource":"*/POST/*"`), 200},
		{"all resources but this", allow(`"Action":"*","NotResource":"*/GET/*"`), 403},
		{"deny wins, first", deny(on(arn)) + "," + allow(on("*")), 403},
		{"deny wins, last", allow(on("*")) + "," + deny(on("*/GET/*")), 403},
		{"deny of another", allow(on("*")) + "," + deny(on("*/POST/*")), 200},
		{"allow under a condition, which is not evaluated", allow(on("*") + `,"Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`), 403},
		{"deny under a condition", allow(on("*")) + "," + deny(on("*/POST/*")+`,"Condition":{}`), 403},
		{"a variable", allow(on("*/GET/notes/${aws:username}")), 403},
		{"no effect", `{` + on("*") + `}`, 500},
		{"an effect in another case", `{"Effect":"allow",` + on("*") + `}`, 500},
		{"no action", allow(`"Resource":"*"`), 500},
		{"no resource", allow(`"Action":"*"`), 500},
		{"no resources", allow(`"Action":"*","Resource":[]`), 500},
		{"both kinds of resources", allow(`"Action":"*","Resource":"*","NotResource":"x"`), 500},
		{"a number", `7`, 500},
	} {
		a := decides(`{"principalId":"ada","policyDocument":{"Statement":[` + row.statements + `]}}`)
		if row.name == "a statement that is no list" {
			a = decides(`{"principalId":"ada","policyDocument":{"Statement":` + row.statements + `}}`)
		}
		g := gateway.Config{Function: returns(okReply), Format: adapter.RESTAPI, Authorizer: a}
		if got := serve(g, httptest.NewRequest("GET", "/prod/notes/7", nil)).StatusCode; got != row.status {
			t.Errorf("%s: status %d, want %d", row.name, got, row.status)
		}
	}
}
