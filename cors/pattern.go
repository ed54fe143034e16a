package cors

import (
	"net/http/cookiejar"
	"strings"
)

// pattern is an entry of AllowOrigins with a star. New has checked the text before
// and after the star, so match only has to check what stands in its place.
type pattern struct {
	before, after string
	star          func(origin, s string) bool // reports whether s may stand in its place
}

func (p pattern) match(origin string) bool {
	s, ok := strings.CutPrefix(origin, p.before)
	if !ok {
		return false
	}
	s, ok = strings.CutSuffix(s, p.after)
	return ok && p.star(origin, s)
}

func anyHost(origin, _ string) bool { return originProblem(origin) == "" }
func anyLabel(_, s string) bool     { return isLabel(s) }
func anyPort(origin, s string) bool {
	return s == "" || s[0] == ':' && originProblem(origin) == ""
}

// parsePattern reads an entry with a star. problem is "" if it is valid.
func parsePattern(s string, suffixes cookiejar.PublicSuffixList) (p pattern, problem string) {
	before, after, _ := strings.Cut(s, "*")
	switch {
	case !strings.Contains(s, "://"):
		return pattern{}, "not an origin: it has no ://"
	case strings.Contains(after, "*"):
		return pattern{}, "more than one *"
	case after == "" && (before == "https://" || before == "http://"):
		return pattern{before: before, star: anyHost}, ""
	case after == "" && strings.HasSuffix(before, ":"):
		origin := strings.TrimSuffix(before, ":")
		return pattern{before: origin, star: anyPort}, anyPortProblem(origin)
	case isHTTP(before) && strings.HasPrefix(after, "."):
		return pattern{before: before, after: after, star: anyLabel}, subdomainProblem(before, after, suffixes)
	}
	return pattern{}, "a * stands for the first label of an http or https host, a loopback port, or a whole host"
}

func isHTTP(prefix string) bool { return prefix == "https://" || prefix == "http://" }

func anyPortProblem(origin string) string {
	if problem := originProblem(origin); problem != "" {
		return problem
	}
	if !isHTTP(origin[:strings.Index(origin, "://")+3]) || !isLoopback(hostOf(origin)) {
		return "any port is for http and https on loopback hosts"
	}
	return ""
}

func subdomainProblem(before, after string, suffixes cookiejar.PublicSuffixList) string {
	if problem := originProblem(before + strings.Repeat("a", maxLabel) + after); problem != "" {
		return problem
	}
	domain, _ := splitPort(after[1:])
	switch {
	case !strings.Contains(domain, "."):
		return "fewer than two labels after the *"
	case suffixes != nil && suffixes.PublicSuffix(domain) == domain:
		return "anybody can register a name under this public suffix"
	}
	return ""
}

// hostOf returns the host of a valid origin or pattern.
func hostOf(origin string) string {
	_, authority, _ := strings.Cut(origin, "://")
	host, _ := splitPort(authority)
	return host
}
