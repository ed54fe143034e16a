package adapter

import (
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"
)

// What a line may have as JSON without the attributes of AddAttrs, in bytes, and
// what slog and aws-lambda-go's handler put around the attributes: time, level,
// message and the request's ID.
const (
	maxLine   = 900
	lineFrame = 160
)

// fit shortens the texts of configuration in a line that would be too large: what
// an Identifier accepts first, then the cause, what was required and the pattern.
// It may change attrs, but no group in it.
func fit(attrs []slog.Attr) []slog.Attr {
	excess := lineFrame + jsonSize(attrs) - maxLine
	if excess <= 0 {
		return attrs
	}
	if i := indexOf(attrs, "authz"); i >= 0 && attrs[i].Value.Kind() == slog.KindGroup {
		members := slices.Clone(attrs[i].Value.Group())
		for _, name := range [...]string{"identity", "cause", "requirement"} {
			excess -= shorten(members, name, excess)
		}
		attrs[i].Value = slog.GroupValue(members...)
	}
	shorten(attrs, attrRoute, excess)
	return attrs
}

// shorten takes excess bytes or more from a text, as far as it has them, and
// returns how many.
func shorten(attrs []slog.Attr, name string, excess int) int {
	const mark = "…"
	i := indexOf(attrs, name)
	if i < 0 || excess <= 0 {
		return 0
	}
	text := attrs[i].Value.String()
	short := strings.ToValidUTF8(text[:max(len(text)-excess-len(mark), 0)], "") + mark
	if len(short) >= len(text) {
		return 0
	}
	attrs[i].Value = slog.StringValue(short)
	return len(text) - len(short)
}

func indexOf(attrs []slog.Attr, name string) int {
	return slices.IndexFunc(attrs, func(a slog.Attr) bool { return a.Key == name })
}

// jsonSize is what attributes take as JSON, or a little more; those of AddAttrs,
// which have a limit of their own, are left out.
func jsonSize(attrs []slog.Attr) (size int) {
	for _, a := range attrs {
		if a.Key == "app" {
			continue
		}
		size += len(a.Key) + len(`"":,`)
		switch a.Value.Kind() {
		case slog.KindString:
			size += len(`""`) + escaped(a.Value.String())
		case slog.KindGroup:
			size += len(`{}`) + jsonSize(a.Value.Group())
		default:
			size += 20 // a number or a bool
		}
	}
	return size
}

// escaped is the length of a text in a string of JSON, or a little more: a byte
// that is not printable, or no UTF-8, may take six.
func escaped(text string) int {
	size := len(text)
	for _, c := range text {
		switch {
		case c == '"', c == '\\':
			size++
		case c < ' ', c == 0x7f, c == utf8.RuneError, c == '\u2028', c == '\u2029':
			size += 5
		}
	}
	return size
}
