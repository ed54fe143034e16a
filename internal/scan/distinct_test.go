package scan_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

func TestDistinct(t *testing.T) {
	many := func(n int, last string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"name%d":%d,`, i, i)
		}
		return "{" + b.String() + last + "}"
	}
	nested := func(n int) string { return strings.Repeat(`[`, n) + strings.Repeat(`]`, n) }
	for value, want := range map[string]bool{
		`1`: true, `"a"`: true, `null`: true, `{}`: true, `[]`: true,
		`{"a":1,"b":2}`:                 true,
		`{"a":1,"A":2}`:                 true,
		`{"a":1,"a":2}`:                 false,
		`{"a":1,"\u0061":2}`:            false,
		`{"\u0061":1,"a":2}`:            false,
		`{"\ud800":1,"\ufffd":2}`:       false, // both are decoded to U+FFFD
		`{"":1,"":2}`:                   false,
		`{"a":{"a":{"a":1}}}`:           true,
		`{"a":{"b":1},"b":{"b":1}}`:     true,
		`[{"a":1},{"a":1}]`:             true,
		`[{"a":1},{"a":1,"a":1}]`:       false,
		`{"x":[{"y":{"a":1,"a":2}}]}`:   false,
		`{"a":{"b":1,"b":2},"c":3}`:     false,
		many(63, `"name63":0`):          true,
		many(63, `"name62":0`):          false,
		many(64, `"name64":0`):          true,
		many(64, `"name0":0`):           false,
		many(500, `"n\u0061me250":0`):   false,
		many(500, `"x":{"name1":null}`): true,
		nested(64):                      true,
		nested(65):                      false,
		`{"x":` + nested(63) + `}`:      true,
		`{"x":` + nested(64) + `}`:      false,
	} {
		text := " " + value + " "
		next, ok := scan.Distinct([]byte(text), 1)
		if ok != want || next != len(value)+1 {
			t.Errorf("%.60s: ends at %d, %v, want %d, %v", value, next, ok, len(value)+1, want)
		}
	}
	for _, malformed := range []string{`{"a":1`, `{"a"}`, `[1,]`, `{"a":[}`, `tru`, ``, `{"a":1,}`} {
		if next, _ := scan.Distinct([]byte(malformed), 0); next >= 0 {
			t.Errorf("%s ends at %d, want an error", malformed, next)
		}
	}
}

// Names differ to Distinct exactly where they do to encoding/json's tokens.
func FuzzDistinct(f *testing.F) {
	for _, seed := range []string{`{"a":1,"a":2}`, `[{"a":{"b":[{}]}},{"a":1}]`, `{"\u0061":1,"a":"\ud800"}`, `{"ab":1,"ba":1,"x":{"x":{}}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		next, ok := scan.Distinct([]byte(text), 0)
		want, err := distinctTokens(text)
		if err != nil || next != len(text) {
			return
		}
		if ok != want && strings.Count(text, "[")+strings.Count(text, "{") <= 64 {
			t.Errorf("%q: %v, want %v", text, ok, want)
		}
	})
}

func distinctTokens(text string) (bool, error) {
	d := json.NewDecoder(strings.NewReader(text))
	ok := true
	var value func() error
	value = func() error {
		token, err := d.Token()
		if err != nil {
			return err
		}
		open, _ := token.(json.Delim)
		seen := map[string]bool{}
		for open != 0 && d.More() {
			if open == '{' {
				name, err := d.Token()
				if err != nil {
					return err
				}
				ok = ok && !seen[name.(string)]
				seen[name.(string)] = true
			}
			if err := value(); err != nil {
				return err
			}
		}
		if open != 0 {
			_, err = d.Token()
		}
		return err
	}
	if err := value(); err != nil {
		return false, err
	}
	if _, err := d.Token(); err != io.EOF {
		return false, fmt.Errorf("more than one value: %v", err)
	}
	return ok, nil
}
