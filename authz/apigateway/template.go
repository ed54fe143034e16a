package apigateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// kind orders the segments of a route's path by how much they match.
type kind int

const (
	literal kind = iota
	param
	greedy
)

type segment struct {
	kind kind
	text string // the literal, or the parameter's name
}

// template is the path of a route, such as /notes/{id} or /files/{proxy+}. The
// root has no segments.
type template []segment

// anyMethod is what a route key says instead of a method.
const anyMethod = "ANY"

// defaultKey is the key of an HTTP API's last resort. No plan has it: it also
// takes preflights, and asks them for a token.
const defaultKey = "$default"

// methods are those a route key can name ("Create routes for HTTP APIs in API
// Gateway"; REST APIs have the same).
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
	http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// String returns the path as a route key spells it.
func (t template) String() string {
	if len(t) == 0 {
		return "/"
	}
	var b strings.Builder
	for _, s := range t {
		b.WriteByte('/')
		switch s.kind {
		case literal:
			b.WriteString(s.text)
		case param:
			b.WriteString("{" + s.text + "}")
		case greedy:
			b.WriteString("{" + s.text + "+}")
		}
	}
	return b.String()
}

// shape is the template without the names of its parameters: an API cannot have
// two routes of one method and shape.
func (t template) shape() string {
	nameless := slices.Clone(t)
	for i := range nameless {
		if nameless[i].kind != literal {
			nameless[i].text = ""
		}
	}
	return nameless.String()
}

func (t template) isGreedy() bool { return len(t) > 0 && t[len(t)-1].kind == greedy }

// parseKey parses a route key such as "GET /notes/{id}".
func parseKey(key string) (method string, t template, err error) {
	method, path, _ := strings.Cut(key, " ")
	if method != anyMethod && !slices.Contains(methods, method) {
		return "", nil, fmt.Errorf("route %q does not begin with ANY or a method that a route can name", key)
	}
	t, err = parseTemplate(path)
	if err != nil {
		return "", nil, fmt.Errorf("route %q: %w", key, err)
	}
	return method, t, nil
}

func parseTemplate(path string) (template, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, errors.New("the path does not begin with a slash")
	}
	if path == "/" {
		return nil, nil
	}
	var t template
	for text := range strings.SplitSeq(path[1:], "/") {
		s := parseSegment(text)
		switch {
		case s.text == "":
			return nil, errors.New("a segment or a parameter's name is empty")
		case strings.ContainsAny(s.text, "{}+"):
			return nil, errors.New("a brace or a plus within a segment")
		case t.isGreedy():
			return nil, errors.New("a greedy parameter is not the last segment")
		}
		t = append(t, s)
	}
	return t, nil
}

func parseSegment(text string) segment {
	name, ok := strings.CutPrefix(text, "{")
	if !ok || !strings.HasSuffix(name, "}") {
		return segment{literal, text}
	}
	name = strings.TrimSuffix(name, "}")
	if name, ok := strings.CutSuffix(name, "+"); ok {
		return segment{greedy, name}
	}
	return segment{param, name}
}

// isLiteral reports whether a route key can have s as a segment. API Gateway
// allows these characters and says so only in its errors ("Resource's path part
// only allow a-zA-Z0-9._-"); that HTTP APIs allow others is unconfirmed.
func isLiteral(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}
