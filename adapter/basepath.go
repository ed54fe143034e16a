package adapter

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// BasePath returns what was taken off the front of the client's path because
// of Options.StripStage and Options.BasePaths, as it stood there: "" if nothing
// was. A handler that makes a link or a Location to itself puts it before the
// path:
//
//	http.Redirect(w, r, event.BasePath()+"/notes", http.StatusSeeOther)
//
// or makes it relative to the request's path, which needs no base path. The
// redirects of http.ServeMux to a clean path do not know of it.
func (e *Event) BasePath() string {
	if e.basePath == nil {
		return ""
	}
	return *e.basePath
}

// base returns how much of a path is the stage and the base path. Each is taken
// off once, and only whole segments. The stage stands before the base path, but
// behind it on a REST API's custom domain whose mapping names no stage.
func (h *Handler) base(f *fields, path []byte) int {
	stage := h.stage(f, path)
	n := prefix(path, stage)
	for _, base := range h.options.BasePaths {
		if m := prefix(path[n:], base); m > 0 {
			if n == 0 {
				m += prefix(path[m:], stage)
			}
			return n + m
		}
	}
	return n
}

// stage returns the stage that may stand in the path, with its slash, or "".
// HTTP APIs have it there unless it is $default. REST APIs do only behind a
// custom domain; on their own domain it is in requestContext's path alone.
func (h *Handler) stage(f *fields, path []byte) string {
	if !h.options.StripStage {
		return ""
	}
	stage := "/" + string(f.context.stage.Bytes(f.data))
	if stage == "/" || stage == "/$default" {
		return ""
	}
	rest, ok := bytes.CutPrefix(f.context.path.Bytes(f.data), []byte(stage))
	if ok && bytes.Equal(bytes.TrimLeft(rest, "/"), bytes.TrimLeft(path, "/")) {
		return ""
	}
	return stage
}

// prefix returns the length of whole segments at the start of a path, 0 if they
// do not stand there.
func prefix(path []byte, segments string) int {
	if !hasSegments(path, segments) {
		return 0
	}
	return len(segments)
}

func hasSegments(path []byte, prefix string) bool {
	return len(path) >= len(prefix) && string(path[:len(prefix)]) == prefix &&
		(len(path) == len(prefix) || path[len(prefix)] == '/')
}

// configureBasePaths has the longest match first.
func (h *Handler) configureBasePaths() error {
	var problems []error
	for _, base := range h.options.BasePaths {
		if len(base) < 2 || !isPlainPath([]byte(base)) || strings.Contains(base, "//") || strings.HasSuffix(base, "/") {
			problems = append(problems, fmt.Errorf(`adapter: Options.BasePaths: %q is not of the form "/orders" or "/orders/v1"`, base))
		}
	}
	h.options.BasePaths = slices.SortedFunc(slices.Values(h.options.BasePaths), func(a, b string) int { return len(b) - len(a) })
	return errors.Join(problems...)
}
