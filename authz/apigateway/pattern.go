package apigateway

import (
	"strconv"
	"strings"
)

// pattern is a rule's pattern, cut into what routers tell apart. Each router has
// its own syntax; which one it is shows when the router is asked for a path.
type pattern struct {
	host       string
	parts      []part
	tail       tail
	restricted []string // values that all parameters take, where they do not take every value
}

// part is one segment of a pattern.
type part struct {
	kind partKind
	text string // a literal, or a parameter's name; of mixed ones the whole
}

type partKind int

const (
	fixed partKind = iota // these characters
	named                 // any one segment
	mixed                 // something that no route key can say, such as v:ver or img*
)

// tail is what follows the parts.
type tail int

const (
	tailNone    tail = iota // nothing
	tailSlash               // a slash
	tailSubtree             // a slash and whatever follows
)

// parsePattern reads the syntax of net/http, Echo, gin and chi: {id} and :id are
// one segment; {rest...}, * and *rest the rest. A pattern with a slash at its end
// gets tailSlash; for net/http that is a subtree, as asking will show.
func parsePattern(text string) pattern {
	slash := strings.IndexByte(text, '/')
	if slash < 0 {
		return pattern{host: text}
	}
	p := pattern{host: text[:slash]}
	segments := strings.Split(text[slash+1:], "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case last && (s == "" || s == "{$}"):
			p.tail = tailSlash
		case last && isRest(s):
			p.tail = tailSubtree
		default:
			p.parts = append(p.parts, parsePart(s))
		}
	}
	return p
}

// isRest reports whether a pattern's last segment stands for all that follows.
func isRest(s string) bool {
	return s[0] == '*' && !strings.ContainsAny(s[1:], "*:{}") ||
		strings.HasPrefix(s, "{") && strings.HasSuffix(s, "...}")
}

func parsePart(s string) part {
	if name, ok := strings.CutPrefix(s, ":"); ok && !strings.ContainsAny(name, ":*{}") {
		return part{named, name}
	}
	if strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") && !strings.Contains(s[1:len(s)-1], "}") {
		name, _, _ := strings.Cut(s[1:len(s)-1], ":")
		return part{named, name}
	}
	if strings.ContainsAny(s, ":*{}\\") {
		return part{mixed, s}
	}
	return part{fixed, s}
}

// plainly is the same pattern read as characters that stand for themselves.
func (p pattern) plainly(text string) pattern {
	q := pattern{host: p.host}
	for s := range strings.SplitSeq(text[len(p.host)+1:], "/") {
		q.parts = append(q.parts, part{fixed, s})
	}
	if last := len(q.parts) - 1; q.parts[last].text == "" {
		q.parts, q.tail = q.parts[:last], tailSlash
	}
	return q
}

// samples are values that a parameter may be restricted to by a router that knows
// regular expressions.
var samples = []string{"", "1", "97531", "a", "zq", "A1", "2006-01-02", "018f3a5e-0000-7000-8000-000000000000", "a.b"}

// sample is a path that the pattern takes, each parameter filled with a value, ""
// for one that no pattern has as a literal.
func (p pattern) sample(value string) []string {
	var path []string
	for i, s := range p.parts {
		switch {
		case s.kind != named:
			path = append(path, spelled(s))
		case value == "":
			path = append(path, fresh(i))
		default:
			path = append(path, value)
		}
	}
	return path
}

// spelled is a value that a segment takes which is not a parameter.
func spelled(s part) string {
	if s.kind == fixed {
		return s.text
	}
	return mixedSamples(s.text)[0]
}

// mixedSamples are values that a mixed segment may take: its beginning alone, with
// something behind it, and the whole as it stands.
func mixedSamples(text string) []string {
	begin := text
	if i := strings.IndexAny(text, ":*{\\"); i >= 0 {
		begin = text[:i]
	}
	whole := strings.ReplaceAll(text, `\`, "")
	if begin == "" {
		return []string{whole, "q0"}
	}
	return []string{begin + "q0", begin, whole}
}

// fresh is a segment that no pattern has as a literal, or so it is hoped: where one
// does, the witness is merely another one.
func fresh(depth int) string { return "q" + strconv.Itoa(depth) + "z" }

// expressible reports whether a route key can name the pattern's path.
func (p pattern) expressible() bool {
	for _, s := range p.parts {
		if s.kind == mixed || s.kind == fixed && !isLiteral(s.text) {
			return false
		}
	}
	return true
}

// template is the pattern without its tail; only expressible patterns have one.
func (p pattern) template() template {
	t := make(template, len(p.parts))
	for i, s := range p.parts {
		t[i] = segment{literal, s.text}
		if s.kind == named {
			t[i].kind = param
		}
	}
	return t
}
