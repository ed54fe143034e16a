package adapter

import (
	"log/slog"
	"net/http"
	"strings"
)

// loss is a set of what a handler did that no front, or not this one, can hand
// on to the client. Each kind is logged once in the life of a Handler.
type loss uint8

const (
	lostTrailer loss = 1 << iota
	lostName
	lostFlush
	lostEvents
)

var losses = [...]struct {
	loss
	text    string
	streams bool // a streamed reply does not lose it
}{
	{lostTrailer, "no front sends trailers: they are left out", false},
	{lostName, "a header whose name HTTP does not allow is left out", false},
	{lostFlush, "a flush has no effect on a buffered reply", true},
	{lostEvents, "server-sent events of a buffered reply arrive together when it is complete", true},
}

// lossOf returns what a header is lost as that is not sent.
func lossOf(name string) loss {
	switch {
	case name == "Trailer", strings.HasPrefix(name, http.TrailerPrefix):
		return lostTrailer
	case !isToken(name):
		return lostName
	}
	return 0
}

// warnOf logs the kinds of loss that were not logged before.
func (h *Handler) warnOf(x *exchange, lost loss) {
	before := loss(h.warned.Or(uint32(lost)))
	for _, l := range losses {
		if lost&^before&l.loss == 0 {
			continue
		}
		h.log(x, slog.LevelWarn, l.text, "", adviceOn(l.streams, x.event.format)...)
	}
}

func adviceOn(streams bool, format Format) []slog.Attr {
	switch {
	case !streams:
		return nil
	case fronts[format].streams:
		return []slog.Attr{slog.String(attrAdvice, "pass Handler.Stream to lambda.Start, and set the front to stream")}
	}
	return []slog.Attr{slog.String(attrAdvice, "this front cannot stream; REST APIs and function URLs can")}
}
