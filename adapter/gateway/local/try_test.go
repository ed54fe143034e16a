package local_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

var tries = local.Options{
	Routes: []gateway.Route{{Key: "GET /open", Open: true}, {Key: "ANY /{proxy+}", Scopes: []string{"notes-api/read"}}},
	Try: []local.Try{
		{Path: "/open"},
		{Path: "/notes", Want: 401},
		{Path: "/notes?q=it's&n=1", Client: "reader", Want: 200},
		{Path: "/notes", Method: "POST", Client: "writer", Body: "{\n\t\"title\": \"$HOME `id` \\\"x\\\"\"\n}", Want: 200},
		{Path: "/notes", Method: "PUT", Client: "reader", Body: "@/etc/passwd", Want: 200},
		{Path: "/a/../b[1]", Method: "HEAD", Client: "page", User: "alice", Want: 200},
		{Path: "/notes", Method: "DELETE", Client: "writer", User: "bob", Want: 200},
	},
}

func TestCurlLines(t *testing.T) {
	want := `HTTP API payload 2.0: http://localhost:PORT
Token issuer: http://127.0.0.1:PORT

Paste any of these; Ctrl-C stops the server:

curl -sS -w '\n%{http_code}\n' http://localhost:PORT/open
curl -sS -w '\n%{http_code}, expected 401\n' http://localhost:PORT/notes
curl -sS -w '\n%{http_code}, expected 200\n' 'http://localhost:PORT/notes?q=it'\''s&n=1' -H 'Authorization: Bearer TOKEN'
curl -sS -w '\n%{http_code}, expected 200\n' -X POST http://localhost:PORT/notes -H 'Content-Type: application/json' --data-raw '{"title":"$HOME ` + "`id`" + ` \"x\""}' -H 'Authorization: Bearer TOKEN'
curl -sS -w '\n%{http_code}, expected 200\n' -X PUT http://localhost:PORT/notes -H 'Content-Type: text/plain; charset=utf-8' --data-raw @/etc/passwd -H 'Authorization: Bearer TOKEN'
curl -sS -w '\n%{http_code}, expected 200\n' --head --path-as-is --globoff 'http://localhost:PORT/a/../b[1]' -H 'Authorization: Bearer TOKEN'
curl -sS -w '\n%{http_code}, expected 200\n' -X DELETE http://localhost:PORT/notes -H 'Authorization: Bearer TOKEN'

When the tokens have expired:

curl -sS -u reader:reader-secret -d grant_type=client_credentials http://127.0.0.1:PORT/oauth2/token
curl -sS -u writer:writer-secret -d grant_type=client_credentials http://127.0.0.1:PORT/oauth2/token
`
	withIssuer(t, tries, func(_ string, _ *local.Issuer, output string) {
		output = regexp.MustCompile(`(localhost|127\.0\.0\.1):\d+`).ReplaceAllString(output, "$1:PORT")
		output = regexp.MustCompile(`Bearer [\w-]+\.[\w-]+\.[\w-]+`).ReplaceAllString(output, "Bearer TOKEN")
		if diff := cmp.Diff(want, output[:min(len(output), len(want))]); diff != "" {
			t.Errorf("printed (-want +got):\n%s", diff)
		}
	})
}

func TestCurlLinesWorkWhenPasted(t *testing.T) {
	for _, program := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs %s: %v", program, err)
		}
	}
	withIssuer(t, tries, func(_ string, _ *local.Issuer, output string) {
		pasted := 0
		for line := range strings.Lines(output) {
			if !strings.HasPrefix(line, "curl ") {
				continue
			}
			pasted++
			answer, err := exec.Command("sh", "-c", line).Output()
			if err != nil {
				t.Errorf("%s: %v", line, err)
			}
			status := regexp.MustCompile(`\n(\d+), expected (\d+)\n$`).FindSubmatch(answer)
			if status != nil && string(status[1]) != string(status[2]) {
				t.Errorf("%s: %s", line, answer)
			}
			if want := strings.Contains(line, "expected"); want != (status != nil) {
				t.Errorf("%s: a status to expect is printed: %t, want %t", line, status != nil, want)
			}
		}
		if want := len(tries.Try) + 2; pasted != want {
			t.Errorf("%d curl lines, want %d", pasted, want)
		}
	})
}
