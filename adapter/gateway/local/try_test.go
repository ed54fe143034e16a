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

func TestFirstRunPrints(t *testing.T) {
	want := `HTTP API payload 2.0: http://localhost:PORT
Token issuer: http://127.0.0.1:PORT

To watch requests, make tokens and try them, open http://127.0.0.1:PORT/
Users who can sign in there: alice (password alice-password), bob (password bob-password)

Or paste these lines; Ctrl-C stops the server:

READER=TOKEN
WRITER=TOKEN
ALICE=TOKEN
BOB=TOKEN

# nobody
curl -i http://localhost:PORT/open
# nobody, expects 401
curl -i http://localhost:PORT/notes
# reader, expects 200
curl -i 'http://localhost:PORT/notes?q=it'\''s&n=1' -H "Authorization: Bearer $READER"
# writer, expects 200
curl -i -X POST http://localhost:PORT/notes -H 'Content-Type: application/json' --data-raw '{"title":"$HOME ` + "`id`" + ` \"x\""}' -H "Authorization: Bearer $WRITER"
# reader, expects 200
curl -i -X PUT http://localhost:PORT/notes -H 'Content-Type: text/plain; charset=utf-8' --data-raw @/etc/passwd -H "Authorization: Bearer $READER"
# alice by page, expects 200
curl --head --path-as-is --globoff 'http://localhost:PORT/a/../b[1]' -H "Authorization: Bearer $ALICE"
# bob by writer, expects 200
curl -i -X DELETE http://localhost:PORT/notes -H "Authorization: Bearer $BOB"

`
	withIssuer(t, tries, func(_ string, _ *local.Issuer, output string) {
		output = regexp.MustCompile(`(localhost|127\.0\.0\.1):\d+`).ReplaceAllString(output, "$1:PORT")
		output = regexp.MustCompile(`=[\w-]+\.[\w-]+\.[\w-]+`).ReplaceAllString(output, "=TOKEN")
		if diff := cmp.Diff(want, output); diff != "" {
			t.Errorf("printed (-want +got):\n%s", diff)
		}
	})
}

// Callers whose names make one variable get two, and none takes a variable that
// the shell needs.
func TestVariables(t *testing.T) {
	taken := map[string]bool{}
	var got []string
	for _, caller := range []string{"reader", "Reader", "re ader", "re-ader", "7up", "path", "~", "reader_2"} {
		got = append(got, local.Variable(caller, taken))
	}
	want := []string{"READER", "READER_2", "RE_ADER", "RE_ADER_2", "T7UP", "PATH_2", "T", "READER_2_2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCurlLinesWorkWhenPasted(t *testing.T) {
	for _, program := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs %s: %v", program, err)
		}
	}
	withIssuer(t, tries, func(_ string, _ *local.Issuer, output string) {
		var assignments, comment string
		pasted := 0
		for line := range strings.Lines(output) {
			switch {
			case regexp.MustCompile(`^[A-Z0-9_]+=`).MatchString(line):
				assignments += line
			case strings.HasPrefix(line, "#"):
				comment = line
			case strings.HasPrefix(line, "curl "):
				pasted++
				answer, err := exec.Command("sh", "-c", assignments+comment+line).Output()
				if err != nil {
					t.Errorf("%s: %v", line, err)
				}
				if _, want, ok := strings.Cut(strings.TrimSpace(comment), "expects "); ok && !strings.HasPrefix(string(answer), "HTTP/1.1 "+want) {
					t.Errorf("%s%s: %s", comment, line, answer)
				}
			}
		}
		if pasted != len(tries.Try) {
			t.Errorf("%d curl lines, want %d", pasted, len(tries.Try))
		}
	})
}
