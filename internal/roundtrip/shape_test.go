package roundtrip

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// reply is a reply as gateways read it: encoding/json refuses a member of
// another type.
type reply struct {
	StatusCode        *int
	StatusDescription string
	Headers           members[string]
	MultiValueHeaders members[[]string]
	Cookies           []string
	Body              string
	IsBase64Encoded   bool
}

// members is a JSON object with every member it has: in a map one of two equal
// names would hide the other.
type members[V any] []member[V]

type member[V any] struct {
	name  string
	value V
}

func (m *members[V]) UnmarshalJSON(data []byte) error {
	var values map[string]V
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		one := member[V]{name: name.(string)}
		if err := d.Decode(&one.value); err != nil {
			return err
		}
		*m = append(*m, one)
	}
	return nil
}

// checkReply reports why a gateway would answer a reply to a request of the
// given method with a 5xx of its own, or make something else of it than the
// function meant.
func (f front) checkReply(method string, data []byte) error {
	data, body, err := f.cut(data)
	if err != nil {
		return err
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return fmt.Errorf("no JSON object: %w", err)
	}
	for key := range keys {
		if !slices.Contains(f.replyKeys, key) {
			return fmt.Errorf("unknown key %q", key)
		}
	}
	var r reply
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	if r.StatusCode == nil {
		return errors.New("no statusCode: the whole reply would be the body")
	}
	r.Body += body
	return errors.Join(f.checkStatus(r), r.checkHeader(f.has("cookies")), r.checkBody(method), f.checkSize(data))
}

// endOfPrelude stands between the JSON and the body of a stream.
const endOfPrelude = "\x00\x00\x00\x00\x00\x00\x00\x00"

// cut takes a stream apart; other replies have all in their JSON.
func (f front) cut(data []byte) (prelude []byte, body string, err error) {
	if f.id&streamed == 0 {
		return data, "", nil
	}
	prelude, rest, found := bytes.Cut(data, []byte(endOfPrelude))
	if !found {
		return nil, "", errors.New("a stream without a body's beginning")
	}
	return prelude, string(rest), nil
}

func (f front) has(key string) bool { return slices.Contains(f.replyKeys, key) }

// checkStatus looks at the description, too, which an ALB documents as code and
// text.
func (f front) checkStatus(r reply) error {
	status := *r.StatusCode
	if status < 200 || status > 599 {
		return fmt.Errorf("statusCode %d", status)
	}
	want := strings.TrimSpace(fmt.Sprint(status, " ", http.StatusText(status)))
	if f.has("statusDescription") && r.StatusDescription != want {
		return fmt.Errorf("statusDescription %q, want %q", r.StatusDescription, want)
	}
	return nil
}

// checkHeader looks for what is sent twice or mangled: a name again, in the
// same map or the other and in whatever case, a name that is no token, a header
// of one hop.
func (r reply) checkHeader(cookies bool) error {
	var problems []error
	seen := map[string]bool{}
	check := func(name string, values ...string) {
		key := strings.ToLower(name)
		switch {
		case seen[key]:
			problems = append(problems, fmt.Errorf("header %q twice", name))
		case !token(name):
			problems = append(problems, fmt.Errorf("header name %q", name))
		case slices.Contains(framing, key), key == "set-cookie" && cookies:
			problems = append(problems, fmt.Errorf("header %q in a reply", name))
		case strings.ContainsAny(strings.Join(values, ""), "\r\n"):
			problems = append(problems, fmt.Errorf("line end in header %q", name))
		}
		seen[key] = true
	}
	for _, m := range r.Headers {
		check(m.name, m.value)
	}
	for _, m := range r.MultiValueHeaders {
		check(m.name, m.value...)
	}
	if strings.ContainsAny(strings.Join(r.Cookies, ""), "\r\n") {
		problems = append(problems, errors.New("line end in a cookie"))
	}
	return errors.Join(problems...)
}

// framing is what only the server that talks to the client can know.
var framing = []string{"connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}

func token(name string) bool {
	odd := func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	}
	return name != "" && !strings.ContainsFunc(name, odd)
}

// checkBody: what a front does with a body where HTTP allows none is
// unconfirmed.
func (r reply) checkBody(method string) error {
	bodiless := method == http.MethodHead || *r.StatusCode == http.StatusNoContent || *r.StatusCode == http.StatusNotModified
	if bodiless && r.Body != "" {
		return fmt.Errorf("body in a reply to %s with status %d", method, *r.StatusCode)
	}
	if !r.IsBase64Encoded {
		return nil
	}
	_, err := base64.StdEncoding.DecodeString(r.Body)
	return err
}

func (f front) checkSize(data []byte) error {
	if len(data) > f.limit {
		return fmt.Errorf("%d bytes of JSON", len(data))
	}
	return nil
}

// TestReplyShapeSeesFaults holds checkReply against replies that fronts are
// known to answer with a 5xx (recorded), or to misunderstand.
func TestReplyShapeSeesFaults(t *testing.T) {
	for of, replies := range faultyReplies {
		for name, data := range replies {
			if err := tableRow(t, of).checkReply(http.MethodGet, []byte(data)); err == nil {
				t.Errorf("%s: checkReply(%s) = nil", name, data)
			}
		}
	}
}

func tableRow(t *testing.T, id fronts) front {
	t.Helper()
	i := slices.IndexFunc(frontTable, func(f front) bool { return f.id == id })
	if i < 0 {
		t.Fatalf("no front %b in the table", id)
	}
	return frontTable[i]
}

var faultyReplies = map[fronts]map[string]string{
	rest: {
		"unknown key":            `{"statusCode":200,"wrongValue":"value"}`,
		"no status":              `{"headers":{}}`,
		"status zero":            `{"statusCode":0}`,
		"status as float":        `{"statusCode":200.5}`,
		"status as string":       `{"statusCode":"200"}`,
		"multi value no array":   `{"statusCode":200,"multiValueHeaders":{"a":"b"}}`,
		"header value no string": `{"statusCode":200,"headers":{"a":1}}`,
		"header value a list":    `{"statusCode":200,"headers":{"a":["b"]}}`,
		"header in both maps":    `{"statusCode":200,"headers":{"a":"1"},"multiValueHeaders":{"A":["2"]}}`,
		"header twice":           `{"statusCode":200,"headers":{"a":"1","a":"2"}}`,
		"body of a 204":          `{"statusCode":204,"body":"a"}`,
		"length":                 `{"statusCode":200,"headers":{"Content-Length":"1"}}`,
		"bad base64":             `{"statusCode":200,"body":"a","isBase64Encoded":true}`,
		"no object":              `"just a string"`,
		"no JSON":                `{"statusCode":200,`,
	},
	alb: {
		"lists in single mode":     `{"statusCode":200,"statusDescription":"200 OK","multiValueHeaders":{"a":["b"]}}`,
		"no description":           `{"statusCode":200,"headers":{}}`,
		"description of the other": `{"statusCode":404,"statusDescription":"200 OK","headers":{}}`,
		"cookie list":              `{"statusCode":200,"statusDescription":"200 OK","headers":{},"cookies":[]}`,
	},
	albLists: {
		"single values in list mode": `{"statusCode":200,"statusDescription":"200 OK","headers":{"a":"b"}}`,
	},
	lattice1: {
		"lists":       `{"statusCode":200,"multiValueHeaders":{"a":["b"]}}`,
		"description": `{"statusCode":200,"statusDescription":"200 OK","headers":{}}`,
	},
	restStream: {
		"buffered reply":   `{"statusCode":200,"headers":{},"body":"a"}`,
		"body in the JSON": `{"statusCode":200,"body":"a"}` + endOfPrelude,
		"seven NULs":       `{"statusCode":200}` + endOfPrelude[1:] + "a",
		"body of a 304":    `{"statusCode":304}` + endOfPrelude + "a",
	},
	furlStream: {
		"lists": `{"statusCode":200,"multiValueHeaders":{"a":["b"]}}` + endOfPrelude,
	},
}
