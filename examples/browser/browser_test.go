// Package browser holds no code, only a test: the notes API behind each kind of
// front and each owner of CORS, asked by the script of a page in Chromium, and the
// chat between three browsers. What a page may read is the browser's decision,
// which no test in Go can make.
//
//	cd examples/browser && npm ci && go test -v .
//
// It needs node, a Chromium (/usr/bin/chromium or another on PATH) and npm's
// playwright-core, in the folder node_modules here or in the one that the
// environment variable GATEHOUSE_BROWSER names. Where one of them is missing it
// is skipped, and says so. Everything happens on loopback.
package browser_test

import (
	"cmp"
	"maps"
	"strings"
	"testing"
)

// A check is a request that a page's script sends, what the script is then
// given, and what has reached the front.
type check struct {
	name   string
	page   string // of pages; "": app, which the API allows
	method string // "": GET
	path   string
	token  string            // of tokens; "": none
	header map[string]string // set by the script, beside Authorization
	body   string

	credentials bool // the script asks for them to be sent
	cookie      bool // the browser has one for the API, of SameSite=Lax
	upload      bool // the script listens to the progress of its upload
	times       int  // 0: once

	status  int               // that the page sees, 0 where it is given nothing
	blocked string            // why, in the words of CorsError of the DevTools protocol
	says    string            // a part of the body that the page reads
	reads   map[string]string // headers, "" for those it may not read
	seen    string            // method and status of each request, who answered if not the function, and whether with a cookie
}

// A suite is one front and the checks that are made with it.
type suite struct {
	name   string
	front  func(*scene) *front
	checks []check
}

func TestBrowser(t *testing.T) {
	browser := start(t)
	defer browser.stop()
	s := newScene(t)
	for _, suites := range [][]suite{restAPI, httpAPI, functionURL, policies} {
		for _, suite := range suites {
			front := suite.front(s)
			front.serve(t)
			for _, c := range suite.checks {
				t.Run(suite.name+"/"+c.name, func(t *testing.T) {
					c.compare(t, browser.run(t, s.task(front, c)), front.seen())
				})
			}
		}
	}
}

func (s *scene) task(f *front, c check) task {
	header := map[string]string{}
	maps.Copy(header, c.header)
	if c.token != "" {
		header["Authorization"] = "Bearer " + s.tokens[c.token]
	}
	task := task{
		Page:        s.pages[cmp.Or(c.page, "app")],
		URL:         f.url + c.path,
		Method:      cmp.Or(c.method, "GET"),
		Header:      header,
		Credentials: "same-origin",
		Cookie:      c.cookie,
		Upload:      c.upload,
		Times:       max(c.times, 1),
	}
	if c.body != "" {
		task.Body = &c.body
	}
	if c.credentials {
		task.Credentials = "include"
	}
	return task
}

func (c check) compare(t *testing.T, got answer, seen string) {
	t.Helper()
	if got.Status != c.status || got.Blocked != c.blocked {
		t.Errorf("the page is given status %d, blocked %q; want %d, %q", got.Status, got.Blocked, c.status, c.blocked)
	}
	if !strings.Contains(got.Body, c.says) {
		t.Errorf("the page reads %q, want %q in it", got.Body, c.says)
	}
	for name, want := range c.reads {
		if got.Header[name] != want {
			t.Errorf("the page reads %s: %q, want %q", name, got.Header[name], want)
		}
	}
	if seen != c.seen {
		t.Errorf("the front has seen %q, want %q", seen, c.seen)
	}
}
