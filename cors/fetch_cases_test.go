package cors_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/cors"
)

// Every row states a rule of the Fetch standard's CORS protocol in our words,
// names the algorithm and step it comes from, and says what must become of a
// page's request when the oracle of fetch_test.go sends it to one of policies.

var policies = map[string]cors.Config{
	"default": {AllowOrigins: []string{page}},
	"api": {
		AllowOrigins:  []string{page, "https://*.preview.example.com", "http://localhost:*", "https://[2001:db8::1]:8443"},
		AllowMethods:  []string{"GET", "PUT", "PATCH", "DELETE"},
		AllowHeaders:  []string{"Authorization", "content-type", "X-Request-Id"},
		ExposeHeaders: []string{"etag", "X-Total"},
		MaxAge:        600,
	},
	"cookies": {
		AllowOrigins:     []string{page, "https://*.preview.example.com", "http://localhost:*"},
		AllowMethods:     []string{"PUT"},
		AllowHeaders:     []string{"Content-Type"},
		ExposeHeaders:    []string{"ETag"},
		AllowCredentials: true,
		MaxAge:           -1,
	},
	"open": {
		AllowOrigins: []string{"*"}, AllowMethods: []string{"*"},
		AllowHeaders: []string{"*"}, ExposeHeaders: []string{"*"},
	},
	"all, cookies": {
		AllowOrigins: []string{page}, AllowMethods: []string{"*"},
		AllowHeaders: []string{"*"}, AllowCredentials: true,
	},
	"https":   {AllowOrigins: []string{"https://*"}},
	"mock":    {AllowOrigins: []string{page}, Owner: cors.OwnerGatewayPreflight},
	"gateway": {AllowOrigins: []string{page}, Owner: cors.OwnerGateway},
}

// handlers are the handlers inside Wrap; "" behaves well.
var handlers = map[string]http.HandlerFunc{
	"": func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK) },
	"401": func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "who are you?", http.StatusUnauthorized)
	},
	"503":       func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusServiceUnavailable) },
	"redirects": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) },
	"says *": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		answer(w, http.StatusOK)
	},
	"adds its own": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Add("Access-Control-Allow-Credentials", "true")
		w.Header().Add("Access-Control-Expose-Headers", "X-Secret")
		answer(w, http.StatusOK)
	},
	"clears its header": func(w http.ResponseWriter, _ *http.Request) {
		clear(w.Header())
		answer(w, http.StatusOK)
	},
	"silent": func(http.ResponseWriter, *http.Request) {},
}

func answer(w http.ResponseWriter, status int) {
	h := w.Header()
	h.Set("Content-Type", "text/plain")
	h.Set("Etag", `"7"`)
	h.Set("X-Total", "3")
	h.Set("X-Secret", "s")
	h.Set("Set-Cookie", "a=b")
	w.WriteHeader(status)
}

// What can become of a request.
const (
	read        = "read"
	unreadable  = "sent, unreadable"
	readAfter   = "preflight, read"
	hiddenAfter = "preflight, sent, unreadable"
	stopped     = "preflight, never sent"
)

func (o outcome) String() string {
	switch {
	case o.preflight && !o.sent:
		return stopped
	case o.preflight && o.status == 0:
		return hiddenAfter
	case o.preflight:
		return readAfter
	case o.status == 0:
		return unreadable
	}
	return read
}

type row struct {
	rule, step string
	policy     string
	handler    string
	call       call
	want       string
	readable   string // names of the answer's own headers a page must be able to read
	maxAge     int    // for rows about it
}

func TestFetch(t *testing.T) {
	rows := slices.Concat(checkRows, preflightRows, exposeRows, handlerRows)
	if len(rows) < 100 {
		t.Fatalf("%d rows, want at least 100", len(rows))
	}
	for _, row := range rows {
		t.Run(row.policy+"/"+row.rule, func(t *testing.T) {
			var told reports
			config := policies[row.policy]
			config.Report = told.add
			got := row.call.fetch(cors.MustNew(config).Wrap(handlers[row.handler]))
			if got.String() != row.want {
				t.Errorf("%s: %q, want %q", row.step, got, row.want)
			}
			if names := ownHeaders(got.readable); row.readable != "" && names != row.readable {
				t.Errorf("%s: page reads %q, want %q", row.step, names, row.readable)
			}
			// Whether a page wants credentials to count, no server can know.
			if kept := got.status == 0; config.Owner == cors.OwnerApp && !row.call.include && kept != (len(told) > 0) {
				t.Errorf("%s: %q, and Report is told %q", row.step, got, told)
			}
			if row.maxAge != 0 && got.maxAge != row.maxAge {
				t.Errorf("%s: preflight kept for %d s, want %d", row.step, got.maxAge, row.maxAge)
			}
		})
	}
}

// ownHeaders lists the readable headers that function answer sets.
func ownHeaders(h http.Header) string {
	var names []string
	for _, name := range []string{"Content-Type", "Etag", "Set-Cookie", "X-Secret", "X-Total"} {
		if h.Get(name) != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// ask is a request without credentials; header holds names and values in turn.
func ask(origin, method string, header ...string) call {
	c := call{origin: origin, method: method}
	for i := 0; i < len(header); i += 2 {
		c.header = append(c.header, [2]string{header[i], header[i+1]})
	}
	return c
}

func (c call) cookies() call {
	c.include = true
	return c
}

func (c call) uploads() call {
	c.upload = true
	return c
}
