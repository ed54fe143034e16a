package cors_test

import "strings"

const evil = "https://evil.example.net"

// checkRows are about which origins may read answers.
var checkRows = []row{
	{rule: "the listed origin reads", step: "CORS check 4", policy: "api", call: ask(page, "GET"), want: read},
	{rule: "the listed origin reads without a list of methods", step: "CORS check 4", policy: "default", call: ask(page, "GET"), want: read},
	{rule: "another origin gets no Allow-Origin", step: "CORS check 2", policy: "api", call: ask(evil, "GET"), want: unreadable},
	{rule: "scheme is part of the origin", step: "CORS check 4", policy: "api", call: ask("http://app.example.com", "GET"), want: unreadable},
	{rule: "port is part of the origin", step: "CORS check 4", policy: "api", call: ask("https://app.example.com:8443", "GET"), want: unreadable},
	{rule: "host is compared as a whole, end", step: "CORS check 4", policy: "api", call: ask("https://app.example.com.evil.net", "GET"), want: unreadable},
	{rule: "host is compared as a whole, start", step: "CORS check 4", policy: "api", call: ask("https://evilapp.example.com", "GET"), want: unreadable},
	{rule: "a parent domain is another origin", step: "CORS check 4", policy: "api", call: ask("https://example.com", "GET"), want: unreadable},
	{rule: "a root dot makes another origin", step: "CORS check 4", policy: "api", call: ask("https://app.example.com.", "GET"), want: unreadable},
	{rule: "comparison is case-sensitive", step: "CORS check 4", policy: "api", call: ask("https://APP.example.com", "GET"), want: unreadable},
	{rule: "an opaque origin is not in a list", step: "CORS check 4", policy: "api", call: ask("null", "GET"), want: unreadable},
	{rule: "an opaque origin is not an https one", step: "CORS check 4", policy: "https", call: ask("null", "GET"), want: unreadable},
	{rule: "an IPv6 origin with its port", step: "CORS check 4", policy: "api", call: ask("https://[2001:db8::1]:8443", "GET"), want: read},
	{rule: "an IPv6 origin without its port", step: "CORS check 4", policy: "api", call: ask("https://[2001:db8::1]", "GET"), want: unreadable},

	{rule: "a pattern stands for a label", step: "CORS check 4", policy: "api", call: ask("https://pr-7.preview.example.com", "GET"), want: read},
	{rule: "a pattern needs a label", step: "CORS check 4", policy: "api", call: ask("https://preview.example.com", "GET"), want: unreadable},
	{rule: "a pattern does not stand for two labels", step: "CORS check 4", policy: "api", call: ask("https://a.b.preview.example.com", "GET"), want: unreadable},
	{rule: "a pattern's label ends at a dot", step: "CORS check 4", policy: "api", call: ask("https://evilpreview.example.com", "GET"), want: unreadable},
	{rule: "a pattern's scheme counts", step: "CORS check 4", policy: "api", call: ask("http://pr-7.preview.example.com", "GET"), want: unreadable},
	{rule: "a pattern's missing port counts", step: "CORS check 4", policy: "api", call: ask("https://pr-7.preview.example.com:444", "GET"), want: unreadable},
	{rule: "a pattern's end is the host's", step: "CORS check 4", policy: "api", call: ask("https://pr-7.preview.example.com.evil.net", "GET"), want: unreadable},
	{rule: "a pattern's star is not a path", step: "CORS check 4", policy: "api", call: ask("https://evil.net/.preview.example.com", "GET"), want: unreadable},
	{rule: "a pattern's star is not a userinfo", step: "CORS check 4", policy: "api", call: ask("https://evil.net@.preview.example.com", "GET"), want: unreadable},
	{rule: "loopback on one port", step: "CORS check 4", policy: "api", call: ask("http://localhost:3000", "GET"), want: read},
	{rule: "loopback on another port", step: "CORS check 4", policy: "api", call: ask("http://localhost:65535", "GET"), want: read},
	{rule: "loopback on the default port", step: "CORS check 4", policy: "api", call: ask("http://localhost", "GET"), want: read},
	{rule: "loopback with another scheme", step: "CORS check 4", policy: "api", call: ask("https://localhost:3000", "GET"), want: unreadable},
	{rule: "loopback by number is another host", step: "CORS check 4", policy: "api", call: ask("http://127.0.0.1:3000", "GET"), want: unreadable},
	{rule: "loopback is not a prefix", step: "CORS check 4", policy: "api", call: ask("http://localhost.evil.net:3000", "GET"), want: unreadable},
	{rule: "a port is not a userinfo", step: "CORS check 4", policy: "api", call: ask("http://localhost:3000@evil.net", "GET"), want: unreadable},
	{rule: "a port has 16 bits", step: "CORS check 4", policy: "api", call: ask("http://localhost:65536", "GET"), want: unreadable},
	{rule: "any https origin", step: "CORS check 4", policy: "https", call: ask(evil, "GET"), want: read},
	{rule: "any https origin with a port", step: "CORS check 4", policy: "https", call: ask(evil+":8443", "GET"), want: read},
	{rule: "no http origin", step: "CORS check 4", policy: "https", call: ask("http://evil.example.net", "GET"), want: unreadable},
	{rule: "no origin of an app", step: "CORS check 4", policy: "https", call: ask("capacitor://localhost", "GET"), want: unreadable},

	{rule: "a star is for everybody", step: "CORS check 3", policy: "open", call: ask(evil, "GET"), want: read},
	{rule: "a star is for opaque origins", step: "CORS check 3", policy: "open", call: ask("null", "GET"), want: read},
	{rule: "a star is for apps", step: "CORS check 3", policy: "open", call: ask("capacitor://localhost", "GET"), want: read},
	{rule: "a star is not for credentials", step: "CORS check 4", policy: "open", call: ask(page, "GET").cookies(), want: unreadable},
	{rule: "a star is not for credentials of opaque origins", step: "CORS check 4", policy: "open", call: ask("null", "GET").cookies(), want: unreadable},
	{rule: "credentials where they are allowed", step: "CORS check 7", policy: "cookies", call: ask(page, "GET").cookies(), want: read},
	{rule: "credentials by pattern", step: "CORS check 7", policy: "cookies", call: ask("https://pr-7.preview.example.com", "GET").cookies(), want: read},
	{rule: "credentials on loopback", step: "CORS check 7", policy: "cookies", call: ask("http://localhost:5173", "GET").cookies(), want: read},
	{rule: "credentials where they are not allowed", step: "CORS check 8", policy: "api", call: ask(page, "GET").cookies(), want: unreadable},
	{rule: "credentials of any https origin", step: "CORS check 8", policy: "https", call: ask(page, "GET").cookies(), want: unreadable},
	{rule: "credentials of another origin", step: "CORS check 2", policy: "cookies", call: ask(evil, "GET").cookies(), want: unreadable},
	{rule: "credentials that are allowed need not be sent", step: "CORS check 5", policy: "cookies", call: ask(page, "GET"), want: read},
}

// preflightRows are about what may be sent.
var preflightRows = []row{
	{rule: "GET needs no permission", step: "CORS-safelisted method", policy: "api", call: ask(page, "GET"), want: read},
	{rule: "HEAD needs no permission", step: "CORS-safelisted method", policy: "api", call: ask(page, "HEAD"), want: read},
	{rule: "POST needs no permission", step: "CORS-safelisted method", policy: "api", call: ask(page, "POST"), want: read},
	{rule: "lower case is normalized", step: "normalize a method", policy: "api", call: ask(page, "put"), want: readAfter},
	{rule: "lower-case patch is not normalized", step: "normalize a method", policy: "api", call: ask(page, "patch"), want: stopped},
	{rule: "a listed method", step: "CORS-preflight fetch 7.5", policy: "api", call: ask(page, "PUT"), want: readAfter},
	{rule: "the last listed method", step: "CORS-preflight fetch 7.5", policy: "api", call: ask(page, "DELETE"), want: readAfter},
	{rule: "a method not listed", step: "CORS-preflight fetch 7.5", policy: "api", call: ask(page, "PURGE"), want: stopped},
	{rule: "OPTIONS of the page's own is preflighted", step: "CORS-preflight fetch 7.5", policy: "api", call: ask(page, "OPTIONS"), want: stopped},
	{rule: "OPTIONS of the page's own reaches the handler", step: "HTTP fetch", policy: "open", call: ask(page, "OPTIONS"), want: readAfter},
	{rule: "no list of methods", step: "CORS-preflight fetch 7.5", policy: "default", call: ask(page, "PUT"), want: stopped},
	{rule: "no list of methods, safelisted", step: "CORS-preflight fetch 7.5", policy: "default", call: ask(page, "POST").uploads(), want: readAfter},
	{rule: "any method", step: "CORS-preflight fetch 7.5", policy: "open", call: ask(page, "PURGE"), want: readAfter},
	{rule: "any method with credentials", step: "CORS-preflight fetch 7.5", policy: "all, cookies", call: ask(page, "PURGE").cookies(), want: readAfter},
	{rule: "any method, credentials allowed but not sent", step: "CORS-preflight fetch 7.5", policy: "all, cookies", call: ask(page, "PURGE"), want: readAfter},
	{rule: "a listed method with credentials", step: "CORS-preflight fetch 7.5", policy: "cookies", call: ask(page, "PUT").cookies(), want: readAfter},
	{rule: "a method not listed with credentials", step: "CORS-preflight fetch 7.5", policy: "cookies", call: ask(page, "DELETE").cookies(), want: stopped},
	{rule: "an upload listener asks for GET", step: "HTTP fetch, use-CORS-preflight flag", policy: "api", call: ask(page, "GET").uploads(), want: readAfter},
	{rule: "an upload listener asks for POST", step: "HTTP fetch, use-CORS-preflight flag", policy: "api", call: ask(page, "POST").uploads(), want: readAfter},
	{rule: "an upload listener with credentials", step: "CORS-preflight fetch 7", policy: "cookies", call: ask(page, "POST").uploads().cookies(), want: readAfter},
	{rule: "an upload from another origin", step: "CORS-preflight fetch 7", policy: "api", call: ask(evil, "POST").uploads(), want: stopped},

	{rule: "a refused origin's preflight", step: "CORS-preflight fetch 7", policy: "api", call: ask(evil, "PUT"), want: stopped},
	{rule: "a refused origin's token", step: "CORS-preflight fetch 7", policy: "api", call: ask(evil, "GET", "Authorization", "Bearer t"), want: stopped},
	{rule: "an opaque origin's preflight", step: "CORS-preflight fetch 7", policy: "api", call: ask("null", "PUT"), want: stopped},
	{rule: "credentials that are not allowed stop at the preflight", step: "CORS-preflight fetch 7", policy: "api", call: ask(page, "PUT").cookies(), want: stopped},
	{rule: "a star stops credentials at the preflight", step: "CORS-preflight fetch 7", policy: "open", call: ask(page, "PUT").cookies(), want: stopped},
	{rule: "a pattern's preflight", step: "CORS-preflight fetch 7", policy: "api", call: ask("https://pr-7.preview.example.com", "PUT"), want: readAfter},
	{rule: "any https origin's preflight", step: "CORS-preflight fetch 7", policy: "https", call: ask(evil, "POST").uploads(), want: readAfter},

	{rule: "a listed header", step: "CORS-preflight fetch 7.7", policy: "api", call: ask(page, "GET", "X-Request-Id", "7"), want: readAfter},
	{rule: "header names have no case", step: "CORS-preflight fetch 7.7", policy: "api", call: ask(page, "GET", "x-REQUEST-id", "7"), want: readAfter},
	{rule: "a header not listed", step: "CORS-preflight fetch 7.7", policy: "api", call: ask(page, "GET", "X-Other", "7"), want: stopped},
	{rule: "one of several not listed", step: "CORS-preflight fetch 7.7", policy: "api", call: ask(page, "PUT", "X-Request-Id", "7", "X-Other", "7"), want: stopped},
	{rule: "several listed", step: "CORS-preflight fetch 7.7", policy: "api", call: ask(page, "PUT", "X-Request-Id", "7", "Content-Type", "application/json", "Authorization", "Bearer t"), want: readAfter},
	{rule: "no list of headers", step: "CORS-preflight fetch 7.7", policy: "default", call: ask(page, "GET", "X-Other", "7"), want: stopped},
	{rule: "any header", step: "CORS-preflight fetch 7.7", policy: "open", call: ask(page, "GET", "X-Other", "7"), want: readAfter},
	{rule: "any header with credentials", step: "CORS-preflight fetch 7.7", policy: "all, cookies", call: ask(page, "GET", "X-Other", "7", "X-More", "8").cookies(), want: readAfter},
	{rule: "any header, none asked for", step: "CORS-preflight fetch 7.7", policy: "all, cookies", call: ask(page, "PUT").cookies(), want: readAfter},
	{rule: "a listed header with credentials", step: "CORS-preflight fetch 7.7", policy: "cookies", call: ask(page, "POST", "Content-Type", "application/json").cookies(), want: readAfter},
	{rule: "a header not listed with credentials", step: "CORS-preflight fetch 7.7", policy: "cookies", call: ask(page, "POST", "X-Other", "7").cookies(), want: stopped},
	{rule: "Authorization is listed", step: "CORS-preflight fetch 7.6", policy: "api", call: ask(page, "GET", "authorization", "Bearer t"), want: readAfter},
	{rule: "Authorization is not listed", step: "CORS-preflight fetch 7.6", policy: "cookies", call: ask(page, "GET", "Authorization", "Bearer t"), want: stopped},
	{rule: "Authorization beside a star", step: "CORS-preflight fetch 7.6", policy: "open", call: ask(page, "GET", "Authorization", "Bearer t"), want: readAfter},
	{rule: "Authorization where all are allowed, with credentials", step: "CORS-preflight fetch 7.6", policy: "all, cookies", call: ask(page, "GET", "Authorization", "Bearer t").cookies(), want: readAfter},
	{rule: "JSON needs permission", step: "CORS-safelisted request-header", policy: "default", call: ask(page, "POST", "Content-Type", "application/json"), want: stopped},
	{rule: "JSON is permitted", step: "CORS-safelisted request-header", policy: "api", call: ask(page, "POST", "Content-Type", "application/json"), want: readAfter},
	{rule: "a form needs no permission", step: "CORS-safelisted request-header", policy: "default", call: ask(page, "POST", "Content-Type", "application/x-www-form-urlencoded"), want: read},
	{rule: "plain text with a charset needs no permission", step: "CORS-safelisted request-header", policy: "default", call: ask(page, "POST", "Content-Type", "text/plain;charset=utf-8"), want: read},
	{rule: "a quoted boundary is unsafe", step: "CORS-unsafe request-header byte", policy: "default", call: ask(page, "POST", "Content-Type", `multipart/form-data; boundary="x"`), want: stopped},
	{rule: "Accept needs no permission", step: "CORS-safelisted request-header", policy: "default", call: ask(page, "GET", "Accept", "application/json"), want: read},
	{rule: "an unsafe byte in Accept", step: "CORS-unsafe request-header byte", policy: "default", call: ask(page, "GET", "Accept", "application/json;x={}"), want: stopped},
	{rule: "Accept-Language needs no permission", step: "CORS-safelisted request-header", policy: "default", call: ask(page, "GET", "Accept-Language", "de, en;q=0.5"), want: read},
	{rule: "an unsafe byte in Content-Language", step: "CORS-safelisted request-header", policy: "default", call: ask(page, "GET", "Content-Language", "de_DE"), want: stopped},
	{rule: "a simple range needs no permission", step: "CORS-safelisted request-header", policy: "default", call: ask(page, "GET", "Range", "bytes=0-99"), want: read},
	{rule: "a suffix range needs permission", step: "CORS-safelisted request-header", policy: "default", call: ask(page, "GET", "Range", "bytes=-99"), want: stopped},
	{rule: "a value over 128 bytes is unsafe", step: "CORS-safelisted request-header", policy: "default", call: ask(page, "GET", "Accept", strings.Repeat("a", 129)), want: stopped},
	{rule: "safe values over 1024 bytes together are unsafe", step: "CORS-unsafe request-header names", policy: "default", call: longHeaders(), want: stopped},

	{rule: "the preflight's answer is kept as configured", step: "CORS-preflight fetch 7.8", policy: "api", call: ask(page, "PUT"), want: readAfter, maxAge: 600},
	{rule: "the preflight's answer is kept for 5 s without Max-Age", step: "CORS-preflight fetch 7.9", policy: "all, cookies", call: ask(page, "PUT"), want: readAfter, maxAge: 5},
}

func longHeaders() call {
	c := ask(page, "GET")
	for range 9 {
		c.header = append(c.header, [2]string{"Accept", strings.Repeat("a", 128)})
	}
	return c
}

// exposeRows are about which headers of an answer a page can read.
var exposeRows = []row{
	{rule: "the safelisted ones", step: "CORS-safelisted response-header name", policy: "default", call: ask(page, "GET"), want: read, readable: "Content-Type"},
	{rule: "the exposed ones, in any case", step: "main fetch, CORS-exposed header-name list", policy: "api", call: ask(page, "GET"), want: read, readable: "Content-Type Etag X-Total"},
	{rule: "the exposed ones after a preflight", step: "main fetch, CORS-exposed header-name list", policy: "api", call: ask(page, "PUT"), want: readAfter, readable: "Content-Type Etag X-Total"},
	{rule: "the exposed ones with credentials", step: "main fetch, CORS-exposed header-name list", policy: "cookies", call: ask(page, "GET").cookies(), want: read, readable: "Content-Type Etag"},
	{rule: "all but cookies", step: "forbidden response-header name", policy: "open", call: ask(evil, "GET"), want: read, readable: "Content-Type Etag X-Secret X-Total"},
}

// handlerRows are about handlers that know nothing of CORS, or too much.
var handlerRows = []row{
	{rule: "a refusal is read", step: "CORS check 4", policy: "api", handler: "401", call: ask(page, "GET"), want: read},
	{rule: "a refusal is read with credentials", step: "CORS check 7", policy: "cookies", handler: "401", call: ask(page, "GET").cookies(), want: read},
	{rule: "a refusal is read after a preflight, which needs no token", step: "CORS-preflight fetch 7", policy: "api", handler: "401", call: ask(page, "PUT"), want: readAfter},
	{rule: "a failure is read", step: "CORS check 4", policy: "api", handler: "503", call: ask(page, "GET"), want: read, readable: "Content-Type Etag X-Total"},
	{rule: "a failure does not reach the preflight", step: "CORS-preflight fetch 7", policy: "api", handler: "503", call: ask(page, "PUT"), want: readAfter},
	{rule: "a redirect passes the check", step: "HTTP fetch", policy: "api", handler: "redirects", call: ask(page, "GET"), want: read},
	{rule: "nothing written is read", step: "CORS check 4", policy: "api", handler: "silent", call: ask(page, "GET"), want: read},
	{rule: "a cleared header is read", step: "CORS check 4", policy: "cookies", handler: "clears its header", call: ask(page, "GET").cookies(), want: read},
	{rule: "a handler's star does not spoil credentials", step: "CORS check 4", policy: "cookies", handler: "says *", call: ask(page, "GET").cookies(), want: read},
	{rule: "a handler's star opens nothing", step: "CORS check 2", policy: "api", handler: "says *", call: ask(evil, "GET"), want: unreadable},
	{rule: "a handler's own headers are not doubled", step: "CORS check 4", policy: "api", handler: "adds its own", call: ask(page, "GET"), want: read, readable: "Content-Type Etag X-Total"},
	{rule: "a handler's own headers grant no credentials", step: "CORS check 8", policy: "api", handler: "adds its own", call: ask(page, "GET").cookies(), want: unreadable},
	{rule: "a handler's own headers open nothing", step: "CORS check 2", policy: "api", handler: "adds its own", call: ask(evil, "GET"), want: unreadable},

	{rule: "a MOCK method is missing, and the handler answers OPTIONS", step: "CORS-preflight fetch 7.5", policy: "mock", call: ask(page, "PUT"), want: stopped},
	{rule: "the function's answers carry the headers", step: "CORS check 4", policy: "mock", call: ask(page, "GET"), want: read},
	{rule: "the function's refusals carry the headers", step: "CORS check 4", policy: "mock", handler: "401", call: ask(page, "GET"), want: read},
	{rule: "the gateway's headers are not the function's", step: "CORS check 2", policy: "gateway", call: ask(page, "GET"), want: unreadable},
	{rule: "the gateway's headers are not the handler's", step: "CORS check 2", policy: "gateway", handler: "adds its own", call: ask(page, "GET"), want: unreadable},
	{rule: "the gateway's preflight is not the function's", step: "CORS-preflight fetch 7", policy: "gateway", call: ask(page, "PUT"), want: stopped},
}
