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
// or makes it relative to the request's path, which needs no base path.
func (e *Event) BasePath() string {
	if e.basePath == nil {
		return ""
	}
	return *e.basePath
}

// base returns how much of a path is the stage and the base path. Both are
// taken off once, and only whole segments.
func (h *Handler) base(f *fields, path []byte) int {
	n := 0
	if h.options.StripStage {
		n = f.stagePrefix(path)
	}
	for _, base := range h.options.BasePaths {
		if hasSegments(path[n:], base) {
			return n + len(base)
		}
	}
	return n
}

// stagePrefix returns the length of the stage at the start of a path, with its
// slash. HTTP APIs have it there unless it is $default. REST APIs do only behind
// a custom domain whose mapping names no stage; on their own domain the stage is
// in requestContext's path alone.
func (f *fields) stagePrefix(path []byte) int {
	stage := "/" + string(f.context.stage.Bytes(f.data))
	if stage == "/" || stage == "/$default" || !hasSegments(path, stage) {
		return 0
	}
	rest, ok := bytes.CutPrefix(f.context.path.Bytes(f.data), []byte(stage))
	if ok && bytes.Equal(bytes.TrimLeft(rest, "/"), bytes.TrimLeft(path, "/")) {
		return 0
	}
	return len(stage)
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
