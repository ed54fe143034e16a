package roundtrip

import (
	"net/http"
	"strings"
)

const post = http.MethodPost

// binary is every byte value, so it is not UTF-8.
var binary = allBytes()

// bodyRows are request bodies. The two large ones stay below Lambda's 6 MB of
// event ("Lambda quotas"), the binary one in base64.
var bodyRows = []row{
	{name: "POST without a body", method: post},
	{name: "POST with Content-Length 0", method: post, header: []string{"Content-Length: 0"}, losses: unsized},
	{name: "empty body with a type", method: post, header: []string{"Content-Length: 0", "Content-Type: application/json"}, losses: unsized},
	{name: "GET with a body", method: http.MethodGet, header: []string{"Content-Type: text/plain"}, body: "odd"},
	{name: "one byte", method: post, header: []string{"Content-Type: text/plain"}, body: "x"},
	{name: "JSON", method: post, header: []string{"Content-Type: application/json"}, body: `{"a":"b\n\"c\" \\ \u0041 </script>"}`},
	{name: "JSON of another name", method: post, header: []string{"Content-Type: application/problem+json"}, body: `{"a":1}`},
	{name: "XML", method: post, header: []string{"Content-Type: application/xml"}, body: "<a b='c'>&amp;</a>"},
	{name: "form", method: post, header: []string{"Content-Type: application/x-www-form-urlencoded"}, body: "a=1&a=2&b=x+y%20z"},
	{name: "multipart form", method: post, header: []string{"Content-Type: multipart/form-data; boundary=b"}, body: "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nv\r\n--b--\r\n"},
	{name: "UTF-8 text", method: post, header: []string{"Content-Type: text/plain; charset=utf-8"}, body: "λ ☕ 😊 \u2028 \uFEFF"},
	{name: "text with control bytes", method: post, header: []string{"Content-Type: text/plain"}, body: "a\x00b\x1b\x7f\r\n\t"},
	{name: "text with the replacement character", method: post, header: []string{"Content-Type: text/plain"}, body: "a\uFFFDb"},
	{name: "invalid UTF-8 called text", method: post, header: []string{"Content-Type: text/plain; charset=iso-8859-1"}, body: "Zo\xeb"},
	{name: "invalid UTF-8 called JSON", method: post, header: []string{"Content-Type: application/json"}, body: "{\"a\":\"\xff\"}"},
	{name: "text without a type", method: post, body: "plain words"},
	{name: "binary", method: post, header: []string{"Content-Type: application/octet-stream"}, body: binary},
	{name: "binary without a type", method: post, body: binary},
	{name: "type in upper case", method: post, header: []string{"Content-Type: APPLICATION/JSON"}, body: `{"a":1}`},
	{name: "type that is malformed", method: post, header: []string{"Content-Type: ;;"}, body: "x"},
	{name: "compressed JSON", method: post, header: []string{"Content-Type: application/json", "Content-Encoding: gzip"}, body: "\x1f\x8b\x08\x00" + binary},
	{name: "chunked", method: post, header: []string{"Content-Type: text/plain", "Transfer-Encoding: chunked"}, body: "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", losses: unchunked("5")},
	{name: "chunked with a trailer", method: post, header: []string{"Content-Type: text/plain", "Transfer-Encoding: chunked", "Trailer: X-Sum"}, body: "3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n", losses: unchunked("3")},
	{name: "expecting 100 Continue", method: post, header: []string{"Content-Type: text/plain", "Expect: 100-continue"}, body: "abc"},
	{name: "5 MB of text", large: true, method: post, header: []string{"Content-Type: text/plain"}, body: strings.Repeat("0123456789abcde\n", 5<<16), losses: []loss{
		refusedByALB("413", "413 Request Entity Too Large", albBody),
		{on: rests, why: binaryTypes, fields: facts{
			request: gone, "Reply.Status": "413", "Reply.Body": `"{\"message\":\"Request Too Long\"}"`,
			contentType: list("application/json"), "Reply.Header[X-Amzn-Errortype]": list("RequestTooLargeException"),
		}},
	}},
	{name: "4 MB of binary", large: true, method: post, header: []string{"Content-Type: application/octet-stream"}, body: strings.Repeat(binary, 4<<12), losses: []loss{
		refusedByALB("413", "413 Request Entity Too Large", albBody),
	}},
	{name: "900 KB of binary", large: true, method: post, header: []string{"Content-Type: application/octet-stream"}, body: strings.Repeat(binary, 3600)},
}

func allBytes() string {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return string(b)
}
