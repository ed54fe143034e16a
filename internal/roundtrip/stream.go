package roundtrip

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// streamRows are answers that leave in pieces, or are too large to leave in
// one.
var streamRows = []row{
	{name: "flush", answer: func(w http.ResponseWriter, r *http.Request) {
		ok(w, r)
		flush(w)
		write(w, " and more")
	}},
	{name: "flush before any write", answer: func(w http.ResponseWriter, _ *http.Request) {
		flush(w)
		w.Header().Set("X-Late", "1")
		write(w, "<html>")
	}},
	{name: "flush and nothing else", answer: func(w http.ResponseWriter, _ *http.Request) { flush(w) }},
	{name: "flush after each of many writes", answer: inPieces("text/event-stream", 200, "data: %d\n\n")},
	{name: "flush between a large write and a small one", answer: func(w http.ResponseWriter, _ *http.Request) {
		write(w, strings.Repeat("large ", 20_000))
		flush(w)
		write(w, "small")
	}},
	{name: "flush of HEAD", method: http.MethodHead, answer: inPieces("text/plain", 3, "%d\n")},
	{name: "flush of HEAD without a type", method: http.MethodHead, answer: inPieces("", 3, "<html>%d\n")},
	{name: "flush of 204", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
		flush(w)
		write(w, "not allowed")
		flush(w)
	}},
	{name: "flush of 304", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"a"`)
		w.WriteHeader(http.StatusNotModified)
		flush(w)
		write(w, "not allowed")
	}},
	{name: "status after a flush", answer: func(w http.ResponseWriter, _ *http.Request) {
		flush(w)
		w.WriteHeader(http.StatusTeapot)
	}},
	{name: "cookies flushed", answer: func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Set-Cookie"] = []string{"a=1", "b=2"}
		ok(w, r)
		flush(w)
	}, losses: []loss{keptFirst("a=1")}},
	{name: "eight NULs in a body", answer: says(200, "a"+strings.Repeat("\x00", 16)+"b", "Content-Type", "text/plain")},
	{name: "echo of a large body in pieces", method: post, body: strings.Repeat(binary, 1000), answer: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = io.CopyBuffer(w, r.Body, make([]byte, 1000))
	}},
	{name: "panic after a flush", answer: func(w http.ResponseWriter, _ *http.Request) {
		inPieces("text/event-stream", 2, "data: %d\n\n")(w, nil)
		panic("handler")
	}, losses: []loss{failed(every&^streamed, panicked), wholeOr500}, breaksOff: true},
	{name: "panic to abort after a flush", answer: func(w http.ResponseWriter, _ *http.Request) {
		inPieces("text/event-stream", 2, "data: %d\n\n")(w, nil)
		panic(http.ErrAbortHandler)
	}, losses: []loss{failed(every&^streamed, panicked), wholeOr500}, breaksOff: true},

	{name: "900 KB of text in a reply", large: true, answer: says(200, strings.Repeat("0123456789abcde\n", 56<<10), "Content-Type", "text/plain")},
	{name: "5 MB of text in a reply", large: true, answer: says(200, strings.Repeat("0123456789abcde\n", 5<<16), "Content-Type", "text/plain"), losses: []loss{
		failed(balancers, tooLarge),
	}},
	{name: "4 MB of binary in a reply", large: true, answer: says(200, strings.Repeat(binary, 4<<12), "Content-Type", "application/octet-stream"), losses: []loss{
		failed(balancers, tooLarge),
	}},
	{name: "7 MB of text in a reply", large: true, answer: says(200, strings.Repeat("0123456789abcde\n", 7<<16), "Content-Type", "text/plain"), losses: []loss{
		failed(every&^streamed, tooLarge),
	}},
	{name: "7 MB of binary in pieces", large: true, answer: inPieces("application/octet-stream", 7<<2, strings.Repeat(strings.ReplaceAll(binary, "%", "-"), 1<<10)+"%d"), losses: []loss{
		failed(every&^streamed, tooLarge),
	}},
	{name: "HEAD of 7 MB", large: true, method: http.MethodHead, answer: says(200, strings.Repeat("0123456789abcde\n", 7<<16), "Content-Type", "text/plain")},
}

// wholeOr500: a buffered reply is there whole or not at all.
var wholeOr500 = loss{on: every &^ streamed, fields: facts{"Reply.Body.Err": gone}, why: panicked}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }

// inPieces answers with n pieces of the form given, each flushed.
func inPieces(contentType string, n int, form string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		for i := range n {
			write(w, fmt.Sprintf(form, i))
			flush(w)
		}
	}
}
