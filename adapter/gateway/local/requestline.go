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
func requestLine(r *http.Request, record gateway.Record) string {
	words := []string{
		plain(r.Method),
		strconv.Quote(r.URL.EscapedPath()),
		plain(cmp.Or(record.Route, "-")),
		strconv.Itoa(record.Status),
	}
	if who := refusal(record); who != "" {
		words = append(words, who)
	}
	words = append(words, fmt.Sprintf("%.1fms", float64(record.Duration)/float64(time.Millisecond)))
	return strings.Join(words, " ")
}

// refusal is "function: needs notes-api/write", "gateway: token expired" or
// "gateway" where nobody said why; "" if nobody refused.
func refusal(record gateway.Record) string {
	reason := string(record.Reason)
	if record.RefusedBy == "function" {
		reason = challengeReason(record.FunctionHeader)
	}
	if record.Err != nil {
		reason = strings.TrimPrefix(reason+": "+record.Err.Error(), ": ")
	}
	if reason == "" {
		return record.RefusedBy
	}
	return record.RefusedBy + ": " + plain(reason)
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
