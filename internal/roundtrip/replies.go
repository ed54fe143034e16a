package roundtrip

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing/fstest"
	"time"
)

// says answers with a header, given as name and value in turn, and a body.
func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Add(header[i], header[i+1])
		}
		w.WriteHeader(status)
		write(w, body)
	}
}

// write ignores the error of a write that must fail, as after a 204.
func write(w io.Writer, body string) {
	if body != "" {
		_, _ = io.WriteString(w, body)
	}
}

// okWith answers ok with more headers.
func okWith(header ...string) http.HandlerFunc {
	return says(200, "ok", append([]string{"Content-Type", "text/plain"}, header...)...)
}

func ok(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	write(w, "ok")
}

// replyRows are the answers of a handler.
var replyRows = []row{
	{name: "text", answer: says(200, "hello", "Content-Type", "text/plain; charset=utf-8")},
	{name: "JSON reply", answer: says(200, `{"a":"λ </script> \u2028"}`, "Content-Type", "application/json")},
	{name: "text with control bytes in a reply", answer: says(200, "a\x00b\u2028\x7f\"\\", "Content-Type", "text/plain")},
	{name: "text that is not UTF-8", answer: says(200, "Zo\xeb", "Content-Type", "text/plain; charset=iso-8859-1")},
	{name: "binary reply", answer: says(200, binary, "Content-Type", "application/octet-stream")},
	{name: "image of text", answer: says(200, "<svg/>", "Content-Type", "image/svg+xml")},
	{name: "compressed reply", answer: says(200, "\x1f\x8b\x08\x00"+binary, "Content-Type", "application/json", "Content-Encoding", "gzip")},
	{name: "compressed reply that looks like text", answer: says(200, "plain", "Content-Type", "text/plain", "Content-Encoding", "br")},
	{name: "identity encoding", answer: says(200, "plain", "Content-Type", "text/plain", "Content-Encoding", "identity")},

	{name: "type sniffed as HTML", answer: says(200, "<!DOCTYPE html><p>x")},
	{name: "type sniffed as text", answer: says(200, "hello")},
	{name: "type sniffed as PNG", answer: says(200, "\x89PNG\x0D\x0A\x1A\x0A"+binary)},
	{name: "type sniffed from the first write", answer: func(w http.ResponseWriter, _ *http.Request) {
		write(w, "<ht")
		write(w, "ml>")
	}},
	{name: "type sniffed beyond 512 bytes", answer: says(200, strings.Repeat("a", 512)+"\x00\x01")},
	{name: "type suppressed with nil", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		write(w, "hello")
	}},
	{name: "type empty", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{""}
		write(w, "hello")
	}, losses: []loss{
		{on: rests | urls, fields: facts{contentType: `["application/json"]`}, why: defaultType},
		{on: v1 | v2, fields: facts{contentType: `["text/plain; charset=utf-8"]`}, why: defaultType},
		{on: balancers | lattices, fields: facts{contentType: gone}, why: emptyType},
	}},
	{name: "type not sniffed under an encoding", answer: says(200, "plain", "Content-Encoding", "gzip")},

	{name: "write nothing", answer: func(http.ResponseWriter, *http.Request) {}},
	{name: "header and nothing else", answer: func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Id", "1") }},
	{name: "empty write", answer: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(nil) }},
	{name: "status without a body", answer: says(202, "")},
	{name: "created", answer: says(201, `{"id":1}`, "Content-Type", "application/json", "Location", "/users/1")},
	{name: "204", answer: says(204, "")},
	{name: "204 with a body", answer: says(204, "not allowed")},
	{name: "204 with a type", answer: says(204, "", "Content-Type", "application/json")},
	{name: "304 with a body", answer: says(304, "not allowed", "ETag", `"a"`)},
	{name: "304 with a type", answer: says(304, "", "Content-Type", "text/html", "ETag", `"a"`)},
	{name: "HEAD with a body", method: http.MethodHead, answer: says(200, "not sent", "Content-Type", "text/plain", "X-Id", "1")},
	{name: "HEAD without a type", method: http.MethodHead, answer: says(200, "<html>")},
	{name: "HEAD with a length", method: http.MethodHead, answer: says(200, "", "Content-Length", "5000", "Content-Type", "text/plain")},
	{name: "status 418", answer: says(418, "teapot", "Content-Type", "text/plain")},
	{name: "status 599", answer: says(599, "odd", "Content-Type", "text/plain")},
	{name: "status 600", answer: says(600, "odd", "Content-Type", "text/plain"), losses: []loss{failed(every, noSuchStatus)}},
	{name: "status 999", answer: says(999, "odd", "Content-Type", "text/plain"), losses: []loss{failed(every, noSuchStatus)}},
	{name: "status 99", answer: says(99, "odd", "Content-Type", "text/plain"), losses: []loss{failed(every, noSuchStatus)}},
	{name: "status 500", answer: says(500, "failed", "Content-Type", "text/plain")},
	{name: "status 101", answer: says(101, ""), losses: []loss{failed(every, noSuchStatus)}},
	{name: "first status wins", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(201)
		w.WriteHeader(500)
	}},
	{name: "write before status", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		write(w, "ok")
		w.WriteHeader(500)
	}},
	{name: "early hints", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Content-Type", "text/plain")
		write(w, "ok")
	}, losses: []loss{{on: every, fields: facts{"Reply.Early": gone}, why: finalOnly}}},

	{name: "redirect", answer: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/users/é?a=b c", http.StatusFound) }},
	{name: "relative redirect", path: "/files/a/b", answer: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "../c", http.StatusSeeOther)
	}},
	{name: "redirect of a POST", method: post, answer: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://example.com/", http.StatusTemporaryRedirect)
	}},
	{name: "http.Error", answer: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such thing", http.StatusNotFound) }},
	{name: "http.NotFound", answer: http.NotFound},
	{name: "http.ServeContent", header: []string{"Range: bytes=2-4"}, answer: func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader("0123456789"))
	}},
	{name: "http.ServeFileFS", answer: func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, fstest.MapFS{"a.css": {Data: []byte("a{}")}}, "a.css")
	}},
	{name: "http.FileServer without the file", path: "/files/none", answer: http.FileServerFS(fstest.MapFS{}).ServeHTTP},
	{name: "http.MaxBytesReader", method: post, body: "too long", answer: func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(w, http.MaxBytesReader(w, r.Body, 3)); err != nil {
			write(w, err.Error())
		}
	}},
	{name: "http.TimeoutHandler", answer: http.TimeoutHandler(http.HandlerFunc(ok), time.Minute, "").ServeHTTP},
	{name: "http.StripPrefix", path: "/files/a%2Fb", answer: http.StripPrefix("/files", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		write(w, r.URL.EscapedPath())
	})).ServeHTTP, losses: []loss{
		decoded("/files/a/b"),
		{on: v2, fields: facts{"Reply.Body": `"/a/b"`}, why: pathDecoded},
		{on: v2, by: "Echo", fields: facts{"Param[*]": "a/b"}, why: pathDecoded},
	}},
	{name: "http.ResponseController", answer: func(w http.ResponseWriter, _ *http.Request) {
		c := http.NewResponseController(w)
		w.Header().Set("Content-Type", "text/plain")
		_, _ = fmt.Fprintln(w, c.Flush(), c.EnableFullDuplex(), c.SetReadDeadline(time.Time{}), c.SetWriteDeadline(time.Time{}))
	}},
	{name: "panic", answer: func(http.ResponseWriter, *http.Request) { panic("handler") }, losses: []loss{failed(every, panicked)}},
	{name: "panic after a write", answer: func(w http.ResponseWriter, _ *http.Request) { write(w, "partial"); panic("handler") }, losses: []loss{
		failed(every, panicked),
	}},
	{name: "panic to abort", answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, losses: []loss{failed(every, panicked)}},

	{name: "one cookie set", answer: okWith("Set-Cookie", "a=1; Path=/; HttpOnly")},
	{name: "one cookie with a comma set", answer: okWith("Set-Cookie", "a=1; Expires=Tue, 10 Nov 2026 10:00:00 GMT; Path=/")},
	{name: "several cookies set", answer: okWith("Set-Cookie", "b=2; Expires=Tue, 10 Nov 2026 10:00:00 GMT", "Set-Cookie", "a=1; Path=/", "Set-Cookie", "a=3"), losses: []loss{
		keptFirst("b=2; Expires=Tue, 10 Nov 2026 10:00:00 GMT"),
	}},
	{name: "http.SetCookie", answer: func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "x y", Secure: true, SameSite: http.SameSiteLaxMode})
		ok(w, r)
	}},
	{name: "cookies set in lower case", answer: func(w http.ResponseWriter, r *http.Request) {
		w.Header()["set-cookie"] = []string{"a=1", "b=2"}
		ok(w, r)
	}, losses: []loss{keptFirst("a=1")}},
	{name: "repeated reply header", answer: okWith("Vary", "Origin", "Vary", "Accept"), losses: []loss{
		oneText("Vary", "Origin, Accept"),
	}},
	{name: "repeated challenges", answer: okWith("X-Auth", `Basic realm="a, b"`, "X-Auth", "Bearer"), losses: []loss{
		oneText("X-Auth", `Basic realm="a, b", Bearer`),
	}},
	{name: "challenge", answer: says(401, "no", "Content-Type", "text/plain", "WWW-Authenticate", `Bearer error="invalid_token"`)},
	{name: "comma in a reply header", answer: okWith("Cache-Control", "no-cache, no-store")},
	{name: "empty reply header", answer: okWith("X-Empty", "")},
	{name: "reply header of odd case", answer: func(w http.ResponseWriter, r *http.Request) { w.Header()["x-oDD"] = []string{"1"}; ok(w, r) }},
	{name: "reply header in two cases", answer: func(w http.ResponseWriter, r *http.Request) {
		w.Header()["x-odd"] = []string{"1"}
		w.Header()["X-Odd"] = []string{"2"}
		ok(w, r)
	}, losses: []loss{oneText("X-Odd", "2, 1")}},
	{name: "line end in a reply header", answer: okWith("X-Id", "a\r\nSet-Cookie: evil=1\nb")},
	{name: "blanks around a reply header", answer: okWith("X-Id", "  a  ")},
	{name: "NUL in a reply header", answer: okWith("X-Id", "a\x00b"), losses: []loss{{on: every, why: noNUL, fields: facts{
		"Reply.Status": "200", "Reply.Body": `"ok"`, contentType: list("text/plain"), "Reply.Header[X-Id]": list("a b"),
	}}}},
	{name: "UTF-8 in a reply header", answer: okWith("X-Name", "Zoë")},
	{name: "Latin-1 in a reply header", answer: okWith("X-Name", "Zo\xeb"), losses: []loss{
		{on: every, fields: facts{"Reply.Header[X-Name]": list("Zo\uFFFD")}, why: utf8Only},
	}},
	{name: "invalid header name", answer: func(w http.ResponseWriter, r *http.Request) { w.Header()["a b:"] = []string{"1"}; ok(w, r) }},
	{name: "empty header name", answer: func(w http.ResponseWriter, r *http.Request) { w.Header()[""] = []string{"1"}; ok(w, r) }},
	{name: "nil header values", answer: func(w http.ResponseWriter, r *http.Request) { w.Header()["X-Id"] = nil; ok(w, r) }},
	{name: "header added after the status", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(200)
		w.Header().Set("X-Late", "1")
		write(w, "ok")
	}},
	{name: "header changed after the status", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("X-Id", "1")
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(200)
		w.Header()["X-Id"][0] = "2"
		write(w, "ok")
	}},
	{name: "hop-by-hop headers", answer: okWith("Connection", "close", "Keep-Alive", "timeout=5", "Upgrade", "h2c", "Proxy-Authenticate", "Basic")},
	{name: "length set by the handler", answer: okWith("Content-Length", "2")},
	{name: "length set too small", answer: says(200, "too long", "Content-Type", "text/plain", "Content-Length", "3"), losses: shortReply},
	{name: "length set too large", answer: okWith("Content-Length", "3"), losses: shortReply},
	{name: "length that is not a number", answer: okWith("Content-Length", "two")},
	{name: "server and date", answer: okWith("Server", "app/1")},
	{name: "trailer announced", answer: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		ok(w, r)
		w.Header().Set("X-Sum", "1")
	}},
	{name: "trailer set before the status", answer: okWith("Trailer", "X-Sum", "X-Sum", "1")},
	{name: "trailer by prefix", answer: func(w http.ResponseWriter, r *http.Request) {
		ok(w, r)
		_ = http.NewResponseController(w).Flush()
		w.Header().Set(http.TrailerPrefix+"X-Sum", "1")
	}},

	{name: "body echoed", method: post, body: binary, answer: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = io.Copy(w, r.Body)
	}},
	{name: "many small writes", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		for range 5000 {
			write(w, "0123456789")
		}
	}},
}
