package cors_test

import (
	"net/http"
	"testing"
)

// TestOracle holds the oracle itself to what browsers are known to do with
// headers that no policy of ours sends, or the tables would prove nothing.
func TestOracle(t *testing.T) {
	for _, test := range []struct {
		name    string
		headers http.Header
		call    call
		want    string
	}{
		{"no header", nil, ask(page, "GET"), unreadable},
		{"the origin", http.Header{"Access-Control-Allow-Origin": {page}}, ask(page, "GET"), read},
		{"the origin twice", http.Header{"Access-Control-Allow-Origin": {page, page}}, ask(page, "GET"), unreadable},
		{"a star twice", http.Header{"Access-Control-Allow-Origin": {"*", "*"}}, ask(page, "GET"), unreadable},
		{"two origins in one line", http.Header{"Access-Control-Allow-Origin": {page + ", " + evil}}, ask(page, "GET"), unreadable},
		{"a trailing slash", http.Header{"Access-Control-Allow-Origin": {page + "/"}}, ask(page, "GET"), unreadable},
		{"null for null", http.Header{"Access-Control-Allow-Origin": {"null"}}, ask("null", "GET"), read},
		{"True is not true", http.Header{"Access-Control-Allow-Origin": {page},
			"Access-Control-Allow-Credentials": {"True"}}, ask(page, "GET").cookies(), unreadable},
		{"a star does not cover Authorization", http.Header{"Access-Control-Allow-Origin": {"*"},
			"Access-Control-Allow-Headers": {"*"}}, ask(page, "GET", "Authorization", "Bearer t"), stopped},
		{"a star covers other names", http.Header{"Access-Control-Allow-Origin": {"*"},
			"Access-Control-Allow-Headers": {"*"}}, ask(page, "GET", "X-Other", "7"), readAfter},
		{"a star is a name with credentials", http.Header{"Access-Control-Allow-Origin": {page},
			"Access-Control-Allow-Credentials": {"true"}, "Access-Control-Allow-Headers": {"*"},
		}, ask(page, "GET", "X-Other", "7").cookies(), stopped},
		{"a list that is none", http.Header{"Access-Control-Allow-Origin": {"*"},
			"Access-Control-Allow-Methods": {"PUT DELETE"}}, ask(page, "PUT"), stopped},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for name, values := range test.headers {
					w.Header()[name] = values
				}
			})
			if got := test.call.fetch(api); got.String() != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
