package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// Whatever a function replies, the client gets a final status, and a body that
// is as long as it says; and an answer of the front's own only as a 5xx.
func FuzzReply(f *testing.F) {
	for _, seed := range []string{
		okReply, `{}`, `null`, `""`, `"text"`, `[]`, `{"statusCode":0}`, `{"statusCode":"201"}`, `{"statusCode":204,"body":"x"}`, `{"statusCode":101}`,
		`{"statusCode":200,"headers":{"a":true,"b":null},"multiValueHeaders":{"A":["1",2]},"cookies":["c=1"]}`,
		`{"statusCode":200,"headers":{"content-length":"7","connection":"close","bad name":"\r\n"},"body":"eA==","isBase64Encoded":true}`,
		`{"statusCode":200,"body":"*","isBase64Encoded":true}`, `{"statusCode":1e9}`, `{"statusCode":200`, "\xff", "",
	} {
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, reply []byte, get bool) {
		method := http.MethodHead
		if get {
			method = http.MethodGet
		}
		for _, front := range formats {
			var record gateway.Record
			g := gateway.Config{Function: returns(string(reply)), Format: front.format, MultiValueHeaders: get,
				Observe: func(_ *http.Request, got gateway.Record) { record = got }}
			w := httptest.NewRecorder()
			gateway.MustNew(g).ServeHTTP(w, httptest.NewRequest(method, front.base+"/", nil))
			resp := w.Result()
			if resp.StatusCode < 200 || resp.StatusCode > 599 {
				t.Errorf("%v: status %d", front.format, resp.StatusCode)
			}
			if get && resp.ContentLength >= 0 && resp.ContentLength != int64(w.Body.Len()) {
				t.Errorf("%v: Content-Length %d with %d bytes", front.format, resp.ContentLength, w.Body.Len())
			}
			if !get && w.Body.Len() > 0 {
				t.Errorf("%v: a body after HEAD", front.format)
			}
			if record.RefusedBy == "gateway" && resp.StatusCode < 500 {
				t.Errorf("%v: status %d for %s", front.format, resp.StatusCode, record.Reason)
			}
		}
	})
}

// However a stream is cut into pieces, the client gets what follows the first
// delimiter, byte by byte, or an answer of the front's own.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		`{}` + nul, `{"statusCode":201,"headers":{"a":"b"},"cookies":["c=1"]}` + nul + "ahoy", `{"multiValueHeaders":{"a":["1","2"]}}` + nul + nul,
		okReply, "", nul, nul + nul, `{` + nul, `null` + nul, `{}` + nul[1:] + "x", `{"statusCode":101}` + nul, "{}\x00x" + nul, `{"body":"x"}` + nul + "y",
	} {
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, content []byte, bytewise bool) {
		fn := streams(func(context.Context, json.RawMessage) (io.ReadCloser, error) {
			var r io.Reader = bytes.NewReader(content)
			if bytewise {
				r = iotest.OneByteReader(r)
			}
			return reply{io.NopCloser(r)}, nil
		})
		for _, front := range streamFormats {
			_, want, _ := bytes.Cut(content, []byte(nul))
			var record gateway.Record
			g := gateway.Config{Function: fn, Format: front.format, Streaming: true,
				Observe: func(_ *http.Request, got gateway.Record) { record = got }}
			w := httptest.NewRecorder()
			gateway.MustNew(g).ServeHTTP(w, httptest.NewRequest("GET", front.base+"/", nil))
			if w.Code == 204 || w.Code == 304 {
				want = nil
			}
			switch {
			case record.RefusedBy == "gateway":
				if w.Code != 502 {
					t.Errorf("%v: status %d for %s", front.format, w.Code, record.Reason)
				}
			case w.Code < 200 || w.Code > 599:
				t.Errorf("%v: status %d", front.format, w.Code)
			case !bytes.Equal(w.Body.Bytes(), want):
				t.Errorf("%v: body %q, want %q", front.format, w.Body, want)
			}
		}
	})
}

// A route that was chosen, with its parameters filled in, is the path that was
// asked for; and what Check refuses is never chosen.
func FuzzRoute(f *testing.F) {
	for _, seed := range [][2]string{
		{"/{proxy+}", "/a/b"}, {"/users/{id}", "/users/a%2Fb"}, {"/", "/"}, {"/a/{b}/{c+}", "/a//b"}, {"/a", "/%61"},
		{"/{a}/{a}", "/x/y"}, {"/{}", "/"}, {"/a/", "/a/"}, {"/{a+}/b", "/x/b"}, {"/a", "//a"}, {"/{x}", "/%zz"}, {"/{\xa5+}", "/0"}, {"/{0}", "/\xff\xff"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, template, target string) {
		if !strings.HasPrefix(target, "/") || strings.ContainsAny(target, "?") {
			return
		}
		r := &http.Request{Method: "GET", RequestURI: target, URL: &url.URL{}, Host: "example.com"}
		var err error
		if r.URL.Path, err = url.PathUnescape(target); err != nil {
			return
		}
		g := gateway.Config{Function: returns(okReply), Format: adapter.HTTPAPIV2, Routes: []gateway.Route{{Key: "GET " + template}}}
		played, err := gateway.New(g)
		if err != nil {
			return
		}
		data, err := played.Event(r)
		if err != nil {
			return
		}
		params, _ := decode(t, data).(map[string]any)["pathParameters"].(map[string]any)
		if asJSON(r.URL.Path) != asJSON(fill(template, params)) {
			t.Errorf("%q with %q gives %q, not %q", template, params, fill(template, params), r.URL.Path)
		}
	})
}

// asJSON has what JSON can hold of a text.
func asJSON(text string) string { return string([]rune(text)) }

func fill(template string, params map[string]any) string {
	segments := strings.Split(template, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			segments[i], _ = params[strings.TrimRight(name, "+}")].(string)
		}
	}
	return strings.Join(segments, "/")
}
