package roundtrip

import (
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/textproto"
	"strconv"
)

// facts is what one side of an exchange saw, flattened to text so that two
// sides are compared, and a loss is named, field by field:
//
//	"URL.Path" "/a b"    "Header[X-Id]" ["1" "2"]    "Reply.Status" 200
//
// A field that does not exist on a side has no entry.
type facts map[string]string

// with returns a copy of f with the entries of more over its own.
func (f facts) with(more facts) facts {
	out := maps.Clone(f)
	maps.Copy(out, more)
	return out
}

// set notes value unless it is empty: nothing said and nothing there are one.
func (f facts) set(field, value string) {
	if value != "" {
		f[field] = value
	}
}

func (f facts) lists(kind string, values map[string][]string) {
	for name, of := range values {
		f[kind+"["+name+"]"] = list(of...)
	}
}

// requestFacts reads r, its body included.
func requestFacts(r *http.Request) (facts, []byte) {
	body, err := io.ReadAll(r.Body)
	f := facts{
		"Method":          r.Method,
		"URL.Path":        r.URL.Path,
		"URL.EscapedPath": r.URL.EscapedPath(),
		"RequestURI":      r.RequestURI,
		"Proto":           r.Proto,
		"Remote":          remote(r.RemoteAddr),
		"TLS":             strconv.FormatBool(r.TLS != nil && r.TLS.HandshakeComplete),
		"ContentLength":   strconv.FormatInt(r.ContentLength, 10),
		"NoBody":          strconv.FormatBool(r.Body == http.NoBody),
		"Body":            bodyFact(body),
	}
	f.set("URL.RawPath", r.URL.RawPath)
	f.set("URL.RawQuery", r.URL.RawQuery)
	f.set("URL.Host", r.URL.Host)
	f.set("URL.Scheme", r.URL.Scheme)
	f.set("Host", r.Host)
	f.set("Body.Err", errText(err))
	f.lists("Query", r.URL.Query())
	f.lists("Header", r.Header)
	f.lists("Trailer", r.Trailer)
	f.lists("Cookie", cookieValues(r))
	if len(r.TransferEncoding) > 0 {
		f["TransferEncoding"] = list(r.TransferEncoding...)
	}
	return f, body
}

// replyFacts reads what a client sees of a reply. Content-Length and
// Transfer-Encoding are left out: they frame one hop and belong to it. So is
// Date, which differs by itself.
func replyFacts(resp *http.Response, early []int) facts {
	body, err := io.ReadAll(resp.Body)
	f := facts{
		"Reply.Status": strconv.Itoa(resp.StatusCode),
		"Reply.Body":   bodyFact(body),
	}
	f.set("Reply.Body.Err", errText(err))
	if len(early) > 0 {
		f["Reply.Early"] = fmt.Sprint(early)
	}
	resp.Header.Del("Date")
	resp.Header.Del("Content-Length")
	f.lists("Reply.Header", resp.Header)
	f.lists("Reply.Trailer", resp.Trailer)
	return f
}

// remote is the client's address without the port, which no front keeps.
func remote(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "unparseable: " + strconv.Quote(addr)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "port unparseable: " + strconv.Quote(addr)
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return "not an IP: " + strconv.Quote(addr)
	}
	return host
}

func cookieValues(r *http.Request) map[string][]string {
	values := map[string][]string{}
	for _, c := range r.Cookies() {
		values[c.Name] = append(values[c.Name], c.Value)
	}
	return values
}

// bodyFact shows short bodies and identifies long ones.
func bodyFact(body []byte) string {
	if len(body) <= 512 {
		return strconv.Quote(string(body))
	}
	return fmt.Sprintf("%d bytes, sha256 %x", len(body), sha256.Sum256(body))
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func headerField(name string) string {
	return "Header[" + textproto.CanonicalMIMEHeaderKey(name) + "]"
}

// contentType is the field that most replies lose or win.
const contentType = "Reply.Header[Content-Type]"

func list(values ...string) string { return fmt.Sprintf("%q", values) }
