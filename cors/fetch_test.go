package cors_test

import (
	"mime"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// This file is the browser's half of the CORS protocol, written from the Fetch
// standard and from nothing of package cors: the oracle of the tables in
// fetch_cases_test.go. Comments name the algorithm and its step.

// call is what a page asks its browser to fetch from another origin.
type call struct {
	origin  string
	include bool // credentials mode "include"
	upload  bool // listeners on the upload set the use-CORS-preflight flag
	method  string
	header  [][2]string
}

// outcome is what comes of it.
type outcome struct {
	preflight bool // one was sent
	status    int  // of the answer that the page can read; 0: a network error
	sent      bool // the request itself reached the API
	readable  http.Header
	maxAge    int // for which the preflight's answer is kept, in seconds
}

// fetch is "HTTP fetch" for a request with mode "cors" to another origin, with
// an empty CORS-preflight cache.
func (c call) fetch(api http.Handler) outcome {
	var o outcome
	c.method = normalizeMethod(c.method)
	if !slices.Contains([]string{"GET", "HEAD", "POST"}, c.method) || c.upload || len(unsafeNames(c.header)) > 0 {
		o.preflight = true
		if !c.preflight(api, &o) {
			return o
		}
	}
	r := httptest.NewRequest(c.method, "https://api.example.org/notes", nil)
	r.Header.Set("Origin", c.origin)
	for _, h := range c.header {
		r.Header.Add(h[0], h[1])
	}
	answer := serve(api, r)
	o.sent = true
	if !c.check(answer.Header) {
		return o
	}
	o.status, o.readable = answer.StatusCode, c.filter(answer.Header)
	return o
}

func serve(api http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w.Result()
}

// normalizeMethod is "normalize" for methods: PATCH is not among them.
func normalizeMethod(m string) string {
	if upper := strings.ToUpper(m); slices.Contains([]string{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"}, upper) {
		return upper
	}
	return m
}

// check is "CORS check".
func (c call) check(answer http.Header) bool {
	lines, ok := answer["Access-Control-Allow-Origin"]
	if !ok { // steps 1 and 2
		return false
	}
	origin := strings.Join(lines, ", ") // "get" combines lines
	if !c.include && origin == "*" {    // step 3
		return true
	}
	if origin != c.origin { // step 4
		return false
	}
	if !c.include { // step 5
		return true
	}
	return strings.Join(answer["Access-Control-Allow-Credentials"], ", ") == "true" // steps 6 to 8
}

// preflight is "CORS-preflight fetch".
func (c call) preflight(api http.Handler, o *outcome) bool {
	r := httptest.NewRequest("OPTIONS", "https://api.example.org/notes", nil) // step 1
	r.Header.Set("Origin", c.origin)
	r.Header.Set("Accept", "*/*")                           // step 2
	r.Header.Set("Access-Control-Request-Method", c.method) // step 3
	names := unsafeNames(c.header)                          // step 4
	if len(names) > 0 {                                     // step 5
		r.Header.Set("Access-Control-Request-Headers", strings.Join(names, ","))
	}
	answer := serve(api, r)                                                            // step 6
	if !c.check(answer.Header) || answer.StatusCode < 200 || answer.StatusCode > 299 { // step 7
		return false
	}
	methods, ok := extract(answer.Header, "Access-Control-Allow-Methods")  // steps 7.1 and 7.3
	headers, ok2 := extract(answer.Header, "Access-Control-Allow-Headers") // steps 7.2 and 7.3
	if !ok || !ok2 {
		return false
	}
	if methods == nil && c.upload { // step 7.4
		methods = []string{c.method}
	}
	o.maxAge = keep(answer.Header)
	return c.methodAllowed(methods) && c.headersAllowed(names, headers)
}

// methodAllowed is step 7.5 of "CORS-preflight fetch".
func (c call) methodAllowed(methods []string) bool {
	return slices.Contains(methods, c.method) ||
		slices.Contains([]string{"GET", "HEAD", "POST"}, c.method) ||
		!c.include && slices.Contains(methods, "*")
}

// headersAllowed is steps 7.6 and 7.7 of "CORS-preflight fetch".
func (c call) headersAllowed(unsafe, allowed []string) bool {
	for _, h := range c.header {
		if strings.EqualFold(h[0], "Authorization") && !hasFold(allowed, h[0]) {
			return false
		}
	}
	for _, name := range unsafe {
		if !hasFold(allowed, name) && (c.include || !slices.Contains(allowed, "*")) {
			return false
		}
	}
	return true
}

// keep is steps 7.8 and 7.9 of "CORS-preflight fetch".
func keep(answer http.Header) int {
	lines := answer["Access-Control-Max-Age"]
	if len(lines) != 1 || !regexp.MustCompile(`^[0-9]+$`).MatchString(lines[0]) {
		return 5
	}
	n, _ := strconv.Atoi(lines[0])
	return n
}

// filter is the "CORS filtered response", with the "CORS-exposed header-name
// list" as "main fetch" sets it.
func (c call) filter(answer http.Header) http.Header {
	names, _ := extract(answer, "Access-Control-Expose-Headers")
	all := !c.include && slices.Contains(names, "*")
	readable := make(http.Header)
	for name, values := range answer {
		if name == "Set-Cookie" || name == "Set-Cookie2" { // "forbidden response-header name"
			continue
		}
		if all || safelistedResponse(name) || hasFold(names, name) {
			readable[name] = values
		}
	}
	return readable
}

func safelistedResponse(name string) bool {
	return slices.Contains([]string{"Cache-Control", "Content-Language", "Content-Length",
		"Content-Type", "Expires", "Last-Modified", "Pragma"}, name)
}

// extract is "extract header list values" for lists of tokens; ok is false for
// failure, and the list nil for null.
func extract(h http.Header, name string) (list []string, ok bool) {
	for _, line := range h[name] {
		for element := range strings.SplitSeq(line, ",") {
			element = strings.Trim(element, " \t")
			if !regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]*$").MatchString(element) {
				return nil, false
			}
			if element != "" {
				list = append(list, element)
			}
		}
	}
	return list, true
}

// unsafeNames is "CORS-unsafe request-header names".
func unsafeNames(header [][2]string) []string {
	var unsafe, potentially []string
	size := 0
	for _, h := range header {
		if !safelistedRequest(strings.ToLower(h[0]), h[1]) {
			unsafe = append(unsafe, strings.ToLower(h[0]))
			continue
		}
		potentially = append(potentially, strings.ToLower(h[0]))
		size += len(h[1])
	}
	if size > 1024 {
		unsafe = append(unsafe, potentially...)
	}
	slices.Sort(unsafe)
	return slices.Compact(unsafe)
}

// safelistedRequest is "CORS-safelisted request-header".
func safelistedRequest(name, value string) bool {
	if len(value) > 128 {
		return false
	}
	switch name {
	case "accept":
		return !hasUnsafeByte(value)
	case "accept-language", "content-language":
		return regexp.MustCompile(`^[0-9A-Za-z *,.;=-]*$`).MatchString(value)
	case "content-type":
		essence, _, err := mime.ParseMediaType(value)
		return err == nil && !hasUnsafeByte(value) && slices.Contains([]string{
			"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}, essence)
	case "range":
		return regexp.MustCompile(`^bytes=[0-9]+-[0-9]*$`).MatchString(value)
	}
	return false
}

// hasUnsafeByte looks for a "CORS-unsafe request-header byte".
func hasUnsafeByte(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool {
		return c < 0x20 && c != '\t' || c == 0x7f || strings.ContainsRune(`"():<>?@[\]{}`, c)
	})
}

func hasFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(e string) bool { return strings.EqualFold(e, s) })
}
