package roundtrip

import (
	"fmt"
	"net/http"
	"strings"
)

// headerRows are the methods and header fields at which fronts and adapters
// differ.
var headerRows = []row{
	{name: "HEAD", method: http.MethodHead},
	{name: "OPTIONS", method: http.MethodOptions},
	{name: "preflight", method: http.MethodOptions, header: []string{"Origin: https://app.example.com", "Access-Control-Request-Method: PUT"}},
	{name: "PUT", method: http.MethodPut, body: "x"},
	{name: "PATCH", method: http.MethodPatch, header: []string{"Content-Type: application/json"}, body: `{"a":1}`},
	{name: "DELETE", method: http.MethodDelete},
	{name: "DELETE with a body", method: http.MethodDelete, header: []string{"Content-Type: application/json"}, body: `{"ids":[1,2]}`},
	{name: "method of another protocol", method: "PROPFIND"},
	{name: "method override", method: http.MethodPost, header: []string{"X-HTTP-Method-Override: DELETE"}, losses: []loss{
		{on: rests, fields: facts{"Method": "DELETE"}, why: overridden},
	}},

	{name: "client's usual headers", header: []string{"User-Agent: curl/8.7.1", "Accept: */*", "Accept-Language: en, de;q=0.5", "Accept-Encoding: gzip, br"}},
	{name: "conditional request", header: []string{`If-None-Match: "a", W/"b"`, "If-Modified-Since: Tue, 10 Nov 2026 10:00:00 GMT", "Range: bytes=0-9"}},
	{name: "upper and lower case names", header: []string{"x-lower: a", "X-UPPER: b", "x-MiXeD: c"}},
	{name: "repeated header", header: []string{"X-Id: 1", "X-Id: 2"}, losses: repeated("X-Id", "1", "2")},
	{name: "repeated header in different case", header: []string{"X-Id: 1", "x-id: 2"}, losses: repeated("X-Id", "1", "2")},
	{name: "repeated header out of line", header: []string{"X-Id: 1", "X-Other: x", "X-Id: 2"}, losses: repeated("X-Id", "1", "2")},
	{name: "repeated header with equal values", header: []string{"X-Id: 1", "X-Id: 1"}, losses: repeated("X-Id", "1", "1")},
	{name: "comma in a value", header: []string{"X-List: a,b, c"}},
	{name: "commas in repeated values", header: []string{"X-List: a, b", "X-List: c"}, losses: repeated("X-List", "a, b", "c")},
	{name: "empty value in a header", header: []string{"X-Empty:"}},
	{name: "empty value among repeated", header: []string{"X-Id:", "X-Id: 2"}, losses: repeated("X-Id", "", "2")},
	{name: "blanks around a value", header: []string{"X-Blank:  \t a  b \t "}},
	{name: "tab within a value", header: []string{"X-Tab: a\tb"}},
	{name: "quotes and backslashes", header: []string{`X-Quoted: "a\"b\\c" </script>`}},
	{name: "UTF-8 in a value", header: []string{"X-Name: Zoë ☕"}},
	{name: "Latin-1 in a value", header: []string{"X-Name: Zo\xeb"}, losses: []loss{
		{on: every, fields: facts{"Header[X-Name]": list("Zo\uFFFD")}, why: utf8Only},
	}},
	{name: "long header", header: []string{"X-Long: " + strings.Repeat("0123456789", 500)}},
	{name: "names with every kind of character", header: []string{"X_Under.Score: 1", "x!#$%&'*+-.^`|~: 2", "9: 3"}},
	{name: "accept repeated", header: []string{"Accept: text/html, */*;q=0.1", "Accept: application/json"}, losses: repeated("Accept", "text/html, */*;q=0.1", "application/json")},
	{name: "content type repeated", method: post, header: []string{"Content-Type: text/plain", "Content-Type: application/json"}, body: "{}", losses: repeated("Content-Type", "text/plain", "application/json")},
	{name: "many headers", header: many(60)},

	{name: "one cookie", header: []string{"Cookie: session=abc"}},
	{name: "two cookies in one header", header: []string{"Cookie: session=abc; theme=dark"}},
	{name: "two cookies in two headers", header: []string{"Cookie: session=abc", "Cookie: theme=dark"}, losses: []loss{
		{on: v2 | urls, fields: facts{"Header[Cookie]": `["session=abc; theme=dark"]`}, why: cookiesApart},
		{on: queryTexts, fields: facts{"Header[Cookie]": `["session=abc; theme=dark"]`}, why: headersJoined},
		{on: alb, fields: facts{"Header[Cookie]": `["theme=dark"]`, "Cookie[session]": gone}, why: lastOnly},
	}},
	{name: "cookie of one name twice", header: []string{"Cookie: a=1; a=2"}},
	{name: "cookies without blanks", header: []string{"Cookie: a=1;b=2"}, losses: []loss{
		{on: v2 | urls, fields: facts{"Header[Cookie]": `["a=1; b=2"]`}, why: cookiesApart},
	}},
	{name: "cookie with comma, equals sign and quotes", header: []string{`Cookie: a="x=y,z"; b==; c`}},
	{name: "cookie header empty", header: []string{"Cookie:"}, losses: []loss{{on: v2, fields: facts{"Header[Cookie]": gone}, why: cookiesApart}}},

	{name: "basic credentials", header: []string{"Authorization: Basic dXNlcjpwYXNz"}},
	{name: "bearer token", header: []string{"Authorization: Bearer a.b.c"}},
	{name: "credentials twice", header: []string{"Authorization: Bearer a", "Authorization: Bearer b"}, losses: repeated("Authorization", "Bearer a", "Bearer b")},

	{name: "host with a port", header: []string{"Host: " + host + ":8443"}},
	{name: "host empty", header: []string{"Host:"}, losses: []loss{{on: withHost, fields: facts{"Host": anything}, why: domainName}}},
	{name: "host in upper case", header: []string{"Host: API.Example.COM"}},
	{name: "host as IPv6 address", header: []string{"Host: [2001:db8::1]:8443"}},

	{name: "forwarded for from the client", header: []string{"X-Forwarded-For: 203.0.113.9"}, losses: []loss{
		forwardedAs(every, "For", "203.0.113.9, 127.0.0.1"),
	}},
	{name: "forwarded for twice from the client", header: []string{"X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 203.0.113.10"}, losses: []loss{
		forwardedAs(every, "For", "203.0.113.9, 203.0.113.10, 127.0.0.1"),
	}},
	{name: "forwarded proto from the client", header: []string{"X-Forwarded-Proto: http"}, losses: []loss{forwardedAs(every&^lattices, "Proto", "https")}},
	{name: "https claimed by the client", header: []string{"X-Forwarded-Proto: https"}},
	{name: "identity claimed by the client", header: []string{"X-Amzn-Lattice-Identity: Principal=arn:aws:iam::123456789012:user/eve"}},
	{name: "forwarded port from the client", header: []string{"X-Forwarded-Port: 8080"}, losses: []loss{forwardedAs(every&^lattices, "Port", "443")}},
	{name: "forwarded host from the client", header: []string{"X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"}},
	{name: "trace id from the client", header: []string{"X-Amzn-Trace-Id: Root=1-00000000-000000000000000000000000"},
		losses: []loss{{on: every, fields: facts{"Header[X-Amzn-Trace-Id]": anything}, why: traced}}},
	{name: "whole trace from the client", header: []string{"X-Amzn-Trace-Id: Root=1-00000000-000000000000000000000000;Parent=0000000000000001;Sampled=1"},
		losses: []loss{{on: balancers | lattices, fields: facts{"Header[X-Amzn-Trace-Id]": anything}, why: traced}}},

	{name: "connection header", header: []string{"Connection: keep-alive", "Keep-Alive: timeout=5"}},
	{name: "upgrade", header: []string{"Connection: Upgrade", "Upgrade: websocket"}, losses: []loss{
		refusedByALB("400", "400 Bad Request", noUpgrade),
	}},
	{name: "trailers accepted", header: []string{"TE: trailers"}},
	{name: "proxy headers", header: []string{"Via: 1.1 proxy", "Max-Forwards: 5", "Pragma: no-cache"}},
}

func many(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("X-Many-%d: %d", i, i)
	}
	return lines
}
