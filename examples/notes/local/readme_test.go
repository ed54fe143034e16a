package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/examples/internal/laptop"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

var (
	requestLine = regexp.MustCompile(`(?m)^([A-Z]+) "([^"]*)" .* [0-9.]+m?s$`)
	duration    = regexp.MustCompile(` [0-9.]+m?s$`)
)

// TestReadmeLines: the lines about requests that README quotes are those that the program
// prints of such requests, but for their times.
func TestReadmeLines(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	quoted := requestLine.FindAllStringSubmatch(string(readme), -1)
	if len(quoted) == 0 {
		t.Fatal("README quotes no line")
	}
	var want []string
	var begin string
	var output func() string
	serve(t, flags{}, &notes.Memory{}, func(printed func() string) {
		begin, output = printed(), printed
		_, url, _ := strings.Cut(begin, "HTTP API payload 2.0: ")
		url, _, _ = strings.Cut(url, "\n")
		_, token, _ := strings.Cut(begin, "READER=")
		token, _, _ = strings.Cut(token, "\n")
		for _, line := range quoted {
			sent := token
			if strings.Contains(line[0], "no token") {
				sent = ""
			}
			laptop.Do(t, laptop.Request(t, line[1], url+line[2], sent, "{}"))
			want = append(want, duration.ReplaceAllString(line[0], ""))
		}
	})
	var got []string
	for _, line := range requestLine.FindAllString(strings.TrimPrefix(output(), begin), -1) {
		got = append(got, duration.ReplaceAllString(line, ""))
	}
	slices.Sort(want) // a line may come after the next request
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-README +printed:\n%s", diff)
	}
}
