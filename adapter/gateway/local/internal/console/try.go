package console

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// attempt is a request that the page asks to be sent, as curl would.
type attempt struct {
	Method string `json:"method"`
	Path   string `json:"path"` // below the API's own URL
	Token  string `json:"token"`
	Body   string `json:"body"`
}

// result is its answer. The page that asked has the token anyway, so that
// nothing is redacted here.
type result struct {
	Status  int         `json:"status"`
	Headers [][2]string `json:"headers"`
	Body    string      `json:"body"`
	Note    string      `json:"note"`
}

// A try takes no longer and shows no more than this.
const (
	tryTime = 35 * time.Second
	tryBody = 64 << 10
)

var (
	methodForm = regexp.MustCompile(`^[!#$%&'*+.^_|~0-9A-Za-z-]{1,32}$`) // RFC 9110 section 5.6.2
	pathForm   = regexp.MustCompile(`^/[!-~]*$`)
	tokenForm  = regexp.MustCompile(`^[!-~]*$`)
)

// serveTry sends a request to this gateway and to nothing else.
func (c *Console) serveTry(w http.ResponseWriter, r *http.Request) {
	var a attempt
	if !readJSON(w, r, &a) {
		return
	}
	if !methodForm.MatchString(a.Method) || !pathForm.MatchString(a.Path) || strings.Contains(a.Path, "#") || !tokenForm.MatchString(a.Token) {
		http.Error(w, "the method, the path or the token has a character that cannot be sent; a path begins with a slash", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), tryTime)
	defer cancel()
	answer, err := c.try(ctx, a)
	if err != nil {
		http.Error(w, "the gateway gave no whole answer", http.StatusBadGateway)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// tryClient follows no redirect: the answer is what is to be seen.
var tryClient = &http.Client{
	Transport:     &http.Transport{Proxy: nil, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (c *Console) try(ctx context.Context, a attempt) (result, error) {
	var body io.Reader
	if a.Body != "" {
		body = strings.NewReader(a.Body)
	}
	r, err := http.NewRequestWithContext(ctx, a.Method, *c.api.Load()+a.Path, body)
	if err != nil {
		return result{}, err
	}
	if a.Token != "" {
		r.Header.Set("Authorization", "Bearer "+a.Token)
	}
	if a.Body != "" {
		r.Header.Set("Content-Type", contentType(a.Body))
	}
	response, err := tryClient.Do(r)
	if err != nil {
		return result{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, tryBody+1))
	if err != nil {
		return result{}, err
	}
	return resultOf(response, text), nil
}

func resultOf(response *http.Response, text []byte) result {
	answer := result{Status: response.StatusCode, Headers: plainHeaders(response.Header)}
	if len(text) > tryBody {
		text, answer.Note = wholeRunes(text[:tryBody]), "the beginning"
	}
	if bytes.ContainsRune(text, 0) || !utf8.Valid(text) {
		answer.Note = "not text"
		return answer
	}
	answer.Body = string(text)
	return answer
}

func plainHeaders(h http.Header) [][2]string {
	var list [][2]string
	for _, name := range sortedNames(h) {
		for _, value := range h[name] {
			list = append(list, [2]string{name, value})
		}
	}
	return list
}

func contentType(body string) string {
	if json.Valid([]byte(body)) {
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}
