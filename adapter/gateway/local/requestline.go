package local

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// requestLine is what is printed about a request. Of the request itself it has
// the method and the path, still percent-encoded so that /a%2Fb and /a/b stay
// apart; the query may hold secrets.
func requestLine(r *http.Request, record gateway.Record, said verdict) string {
	words := []string{
		plain(r.Method),
		strconv.Quote(r.URL.EscapedPath()),
		plain(cmp.Or(record.Route, "-")),
		strconv.Itoa(record.Status),
	}
	if who := refusal(r, record, said); who != "" {
		words = append(words, who)
	}
	words = append(words, fmt.Sprintf("%.1fms", float64(record.Duration)/float64(time.Millisecond)))
	return strings.Join(words, " ")
}

// refusal is "function: needs scope notes-api/write", "gateway: token expired",
// "adapter: the handler took too long", or only the name where nobody said why.
// "cors: the origin is not in AllowOrigins" may follow any status: it says why the
// browser keeps the answer from its page. It is "" for an answer that the handler
// made as it wanted, as far as no page misses it.
func refusal(r *http.Request, record gateway.Record, said verdict) string {
	who, reason := record.RefusedBy, string(record.Reason)
	switch {
	case who == "gateway" && record.Status == http.StatusUnauthorized && isPreflight(r):
		reason += ": a CORS preflight never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the handler"
	case who == "gateway":
	case said.who == "adapter", said.who == "cors":
		who, reason = said.who, said.reason
	case who == "function":
		reason = cmp.Or(said.reason, challengeReason(record.FunctionHeader))
	case said.reason != "" && record.Status >= 400:
		who, reason = said.who, said.reason
	}
	if record.Err != nil {
		reason = strings.TrimPrefix(reason+": "+record.Err.Error(), ": ")
	}
	if reason == "" {
		return who
	}
	if who == "" {
		return plain(reason)
	}
	return who + ": " + plain(reason)
}

// isPreflight follows the Fetch standard: https://fetch.spec.whatwg.org/#cors-preflight-request.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// plain quotes text that could break out of its line.
func plain(text string) string {
	for _, c := range text {
		if !strconv.IsPrint(c) || c > '~' {
			return strconv.QuoteToASCII(text)
		}
	}
	return text
}
