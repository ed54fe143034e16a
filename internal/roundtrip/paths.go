package roundtrip

import "strings"

// pathRows are the ways of writing a path at which fronts and adapters differ.
var pathRows = []row{
	{name: "plain path", path: "/hello"},
	{name: "root", path: "/"},
	{name: "parameter", path: "/users/42"},
	{name: "trailing slash after a parameter", path: "/users/42/"},
	{name: "trailing slash after a collection", path: "/users/"},
	{name: "rest parameter", path: "/files/a/b/c.txt"},
	{name: "rest parameter with trailing slash", path: "/files/a/b/"},
	{name: "rest parameter empty", path: "/files/"},
	{name: "collection without its slash", path: "/files"},
	{name: "collection without its slash with a query", path: "/files?page=2"},
	{name: "encoded blank", path: "/users/a%20b"},
	{name: "encoded slash in a parameter", path: "/users/a%2Fb", losses: []loss{
		decoded("/users/a/b"),
		{on: v2, by: "ServeMux", fields: facts{"Route": "/{path...}", "Param[id]": gone, "Param[path]": "users/a/b"}, why: pathDecoded},
		{on: v2, by: "Echo", fields: facts{"Param[id]": "a/b"}, why: pathDecoded},
	}},
	{name: "encoded slash in lower case", path: "/users/a%2fb", losses: []loss{
		decoded("/users/a/b"),
		{on: v2, by: "ServeMux", fields: facts{"Route": "/{path...}", "Param[id]": gone, "Param[path]": "users/a/b"}, why: pathDecoded},
		{on: v2, by: "Echo", fields: facts{"Param[id]": "a/b"}, why: pathDecoded},
	}},
	{name: "encoded slash in a rest parameter", path: "/files/a%2Fb/c", losses: []loss{
		decoded("/files/a/b/c"),
		{on: v2, by: "Echo", fields: facts{"Param[*]": "a/b/c"}, why: pathDecoded},
	}},
	{name: "encoded slash at the end", path: "/files/a%2F", losses: []loss{
		decoded("/files/a/"),
		{on: v2, by: "Echo", fields: facts{"Param[*]": "a/"}, why: pathDecoded},
	}},
	{name: "encoded percent", path: "/users/100%25"},
	{name: "escape encoded twice", path: "/users/a%252Fb"},
	{name: "encoded question mark", path: "/users/me%3Fadmin=true"},
	{name: "encoded question mark before a query", path: "/users/me%3Fa=1?b=2"},
	{name: "encoded number sign", path: "/users/c%23?lang=en"},
	{name: "encoded plus", path: "/users/a%2Bb", losses: []loss{
		decoded("/users/a+b"),
		{on: v2, by: "Echo", fields: facts{"Param[id]": "a+b"}, why: pathDecoded},
	}},
	{name: "literal plus", path: "/users/a+b"},
	{name: "encoded semicolon", path: "/users/a%3Bb", losses: []loss{
		decoded("/users/a;b"),
		{on: v2, by: "Echo", fields: facts{"Param[id]": "a;b"}, why: pathDecoded},
	}},
	{name: "sub-delimiters", path: "/users/!$&'()*+,;=:@-._~", losses: []loss{decoded("/users/%21$&%27%28%29%2A+,;=:@-._~")}},
	{name: "encoded sub-delimiters", path: "/users/%21%24%26%27%28%29%2A%2C%3B%3D%3A%40", losses: []loss{
		decoded("/users/%21$&%27%28%29%2A,;=:@"),
		{on: v2, by: "Echo", fields: facts{"Param[id]": "!$&'()*,;=:@"}, why: pathDecoded},
	}},
	{name: "needless escape", path: "/users/%61bc", losses: []loss{
		decoded("/users/abc"),
		{on: v2, by: "Echo", fields: facts{"Param[id]": "abc"}, why: pathDecoded},
	}},
	{name: "encoded backslash", path: "/users/a%5Cb"},
	{name: "encoded line end", path: "/users/a%0D%0Ab"},
	{name: "encoded NUL", path: "/users/a%00b"},
	{name: "unicode encoded", path: "/users/%C3%A9t%C3%A9"},
	{name: "unicode encoded in lower case", path: "/users/%c3%a9", losses: []loss{
		decoded("/users/%C3%A9"),
		{on: v2, by: "Echo", fields: facts{"Param[id]": "é"}, why: pathDecoded},
	}},
	{name: "unicode beyond the basic plane", path: "/files/caf%C3%A9/%F0%9F%98%8A"},
	{name: "unicode not encoded", path: "/users/é", losses: []loss{
		{on: every, fields: facts{"URL.RawPath": gone, "RequestURI": "/users/%C3%A9"}, why: onlyEscaped},
	}},
	{name: "invalid UTF-8 encoded", path: "/users/%FF%FE", losses: []loss{
		{on: v2, fields: facts{"URL.Path": "/users/\uFFFD\uFFFD", "URL.EscapedPath": "/users/%EF%BF%BD%EF%BF%BD", "Param[id]": "\uFFFD\uFFFD"}, why: utf8Only},
	}},
	{name: "characters outside RFC 3986", path: `/users/{a}|"b"^<c>`, losses: []loss{
		{on: every, fields: facts{"URL.RawPath": gone, "RequestURI": "/users/%7Ba%7D%7C%22b%22%5E%3Cc%3E"}, why: onlyEscaped},
	}},
	{name: "braces encoded", path: "/users/%7Bid%7D"},
	{name: "empty segments", path: "/files//a//b"},
	{name: "empty last segment", path: "/files/a//"},
	{name: "empty first segment", path: "//files/a", losses: []loss{
		{on: rests, fields: facts{"URL.Path": "/files/a", "URL.EscapedPath": "/files/a"}, why: oneLeadingSlash},
		{on: rests, by: "Echo", fields: facts{"Route": "/files/*", "Param[*]": "a"}, why: oneLeadingSlash},
		{on: rests, by: "ServeMux", why: oneLeadingSlash, fields: facts{
			"Route": "/files/{rest...}", "Param[rest]": "a", "Reply.Status": "200", "Reply.Body": `"ok"`,
			"Reply.Header[Location]": gone, "Reply.Header[Content-Type]": `["text/plain; charset=utf-8"]`,
		}},
	}},
	{name: "dot segments", path: "/files/a/../b"},
	{name: "single dots", path: "/files/./a"},
	{name: "dot segments beyond the root", path: "/../hello"},
	{name: "encoded dot segments", path: "/files/%2e%2e/hello", losses: []loss{
		decoded("/files/../hello"),
		{on: v2, by: "Echo", fields: facts{"Param[*]": "../hello"}, why: pathDecoded},
		{on: v2, by: "ServeMux", why: pathDecoded, fields: facts{
			"Route": gone, "Param[rest]": gone, "Reply.Status": "307", "Reply.Header[Location]": `["/hello"]`,
			"Reply.Header[Content-Type]": `["text/html; charset=utf-8"]`,
			"Reply.Body":                 `"<a href=\"/hello\">Temporary Redirect</a>.\n\n"`,
		}},
	}},
	{name: "dots in a name", path: "/files/..a/b..c"},
	{name: "long path", path: "/files/" + strings.Repeat("0123456789/", 300)},
	{name: "absolute form", path: "http://" + host + "/hello?a=1", losses: []loss{
		{on: every, fields: facts{"URL.Scheme": gone, "URL.Host": gone, "RequestURI": "/hello?a=1"}, why: pathOnly},
	}},
	{name: "method without a route", path: "/posts"},
}
