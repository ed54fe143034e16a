package scan_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

var texts = []string{
	`{}`, `[]`, `{"a":1}`, `{"a":[1,2,{"b":null}],"c":"d"}`, ` { "a" : true , "b" : false } `,
	`""`, `"a"`, `"\"\\\/\b\f\n\r\t"`, `"\u0041\u00e9\u20ac"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00x"`, `"\ud83d\u0041"`,
	`"0123456789abcdef\n0123456789"`, `"αβγ"`, "\"\xff\"", "\"ok\\n\xff\xfe\"", "\"\x1f\"", `"\u12"`, `"\x"`, `"`, `"\`,
	`0`, `-0`, `10`, `01`, `-`, `1.`, `1.5e+10`, `1e`, `.5`, `1E-2`, `+1`, `NaN`,
	`{`, `[`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[1 2]`, `[1}`, `{"a":1]`, `{1:2}`, `{"a":1}x`, `nul`, `nullx`, `tru`, ``, ` `, "\ufeff{}",
	strings.Repeat("[", 10000) + strings.Repeat("]", 10000),
	strings.Repeat("[", 10001) + strings.Repeat("]", 10001),
}

// FuzzAgreesWithEncodingJSON: the two accept the same texts, and where the text
// is a string decode it alike, whole or in pieces.
func FuzzAgreesWithEncodingJSON(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := scan.New(data)
		start, end := s.Skip()
		err := s.End()
		if got, want := err == nil, json.Valid(data); got != want {
			t.Fatalf("accepted: %v, want %v (%v)", got, want, err)
		}
		if err != nil {
			return
		}
		if got, want := string(data[start:end]), strings.Trim(string(data), " \t\r\n"); got != want {
			t.Fatalf("span %q, want %q", got, want)
		}
		checkString(t, data)
	})
}

func checkString(t *testing.T, data []byte) {
	var want string
	s := scan.New(data)
	if s.Kind() != '"' || json.Unmarshal(data, &want) != nil {
		return
	}
	text := s.String()
	if got := string(text.Bytes(data)); got != want || text.Len() != len(want) || !text.Is(data, want) {
		t.Fatalf("decoded %q (size %d), want %q", got, text.Len(), want)
	}
	if text.Plain() && !bytes.Equal(text.Raw(data), []byte(want)) {
		t.Fatalf("plain, but %q decodes to %q", text.Raw(data), want)
	}
	for _, buffer := range [][]byte{nil, make([]byte, 0, 8), make([]byte, 9, 1000)} {
		body, checked, next := scan.Body(buffer, data, scan.Start(data))
		if !checked {
			var err error
			if body, err = scan.CheckBody(body); err != nil {
				t.Fatalf("as a body: %v", err)
			}
		}
		if string(body) != want || scan.End(data, next) != nil {
			t.Fatalf("as a body: %q, want %q", body, want)
		}
	}
}

// FuzzObject: walking the members of a text gives what encoding/json finds, the
// last of several members of one name winning.
func FuzzObject(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Add([]byte(`{"a":1,"a":[2]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var want map[string]json.RawMessage
		valid := json.Unmarshal(data, &want) == nil && want != nil
		got, err := members(data)
		if s := scan.New(data); s.Kind() != '{' {
			return
		}
		if (err == nil) != valid {
			t.Fatalf("error %v, valid %v", err, valid)
		}
		if err != nil {
			return
		}
		if len(got) != len(want) {
			t.Fatalf("%d members, want %d", len(got), len(want))
		}
		for name, value := range want {
			if !bytes.Equal(got[name], value) {
				t.Fatalf("member %q: %q, want %q", name, got[name], value)
			}
		}
	})
}

func members(data []byte) (map[string]json.RawMessage, error) {
	found := map[string]json.RawMessage{}
	s := scan.New(data)
	s.Enter()
	for s.Next() {
		name := s.Name()
		start, end := s.Skip()
		if s.Err() == nil {
			found[string(name.Bytes(data))] = data[start:end]
		}
	}
	return found, s.End()
}

func TestEnterGoesSixtyFourDeep(t *testing.T) {
	for depth, ok := range map[int]bool{64: true, 65: false} {
		s := scan.New([]byte(strings.Repeat("[", depth) + strings.Repeat("]", depth)))
		for range depth {
			s.Enter()
			s.Next()
		}
		for range depth - 1 {
			s.Next()
		}
		if err := s.Err(); (err == nil) != ok {
			t.Errorf("depth %d: %v", depth, err)
		}
	}
}

func TestMixedClosingBytes(t *testing.T) {
	for _, text := range []string{`{"a":[1}`, `[{"a":1]`, `[[1]`, `[1]]`} {
		s := scan.New([]byte(text))
		for s.Enter(); s.Next(); {
			s.Skip()
		}
		if s.End() == nil {
			t.Errorf("%s: accepted", text)
		}
	}
}

// FuzzAppendString: encoding/json reads back what was written.
func FuzzAppendString(f *testing.F) {
	for _, text := range []string{"", "plain", "\"\\/\b\f\n\r\t", "\x00\x01\x1f\x7f", "αβγ\u2028", strings.Repeat("a\"b\n", 40)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "\uFFFD")
		got := scan.AppendString([]byte("x"), text)[1:]
		var back string
		if err := json.Unmarshal(got, &back); err != nil || back != text {
			t.Fatalf("read back %q (%v), want %q", back, err, text)
		}
	})
}

// FuzzBase64: both directions agree with encoding/base64, short and long.
func FuzzBase64(f *testing.F) {
	f.Add([]byte("any bytes"), 1, 0, byte('!'))
	f.Add([]byte("long enough for the tables"), 400, 7, byte('\n'))
	f.Fuzz(func(t *testing.T, seed []byte, times, at int, bad byte) {
		data := bytes.Repeat(seed, max(0, min(times, 1000)))
		want := base64.StdEncoding.EncodeToString(data)
		if got := string(scan.AppendBase64([]byte("x"), data)[1:]); got != want {
			t.Fatalf("encoded %q, want %q", got, want)
		}
		groups := []byte(want)[:len(data)/3*4]
		out := make([]byte, len(data)/3*3)
		if !scan.DecodeBase64(out, groups) || !bytes.Equal(out, data[:len(out)]) {
			t.Fatalf("decoded %q, want %q", out, data[:len(out)])
		}
		if len(groups) == 0 || strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", bad) >= 0 {
			return
		}
		groups[uint(at)%uint(len(groups))] = bad
		if scan.DecodeBase64(out, groups) {
			t.Fatalf("accepted %q", groups)
		}
	})
}

// In is the decoded text of a scanned string, whether that holds escapes or not.
func TestTextIn(t *testing.T) {
	for text, want := range map[string]string{
		`""`: "", `"ada"`: "ada", `"é"`: "é", `"\u0061\n\/"`: "a\n/", `"\ud83d\ude00"`: "😀", `"\ud800x"`: "\ufffdx", "\"\xffx\"": "\ufffdx",
	} {
		data := `["before",` + text + `]`
		s := scan.New([]byte(data))
		s.Enter()
		s.Next()
		s.Skip()
		s.Next()
		if got := s.String().In(data); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
