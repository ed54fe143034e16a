package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/examples/internal/standin"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// operations is how many each load has: GATEHOUSE_FULL=1 runs them all.
func operations() int {
	if os.Getenv("GATEHOUSE_FULL") != "" {
		return 20_000
	}
	return 1_000
}

// TestFunctionOverDynamoDB sends mixed operations, eight at once, through gateway
// and compiled function to a stand-in for DynamoDB, as it is and when it fails:
// every answer is right, and no note is lost, doubled or half written.
func TestFunctionOverDynamoDB(t *testing.T) {
	database := standin.DynamoDB(t)
	client := standin.Client(database)
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range []struct {
		name   string
		faults *faults
		share  int // of the operations, one in
	}{
		{"well", &faults{}, 1},
		{"fails before it acts", &faults{before: 5}, 4},
		{"fails after it acted", &faults{after: 5}, 4},
		{"answers slowly", &faults{slow: 20 * time.Millisecond}, 8},
		{"fails always", &faults{before: 1}, 50},
	} {
		t.Run(row.name, func(t *testing.T) {
			table := fmt.Sprintf("notes-%d", i)
			standin.Table(t, client, table)
			row.faults.start(t, database)
			process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{
				Env: append(standin.Env(row.faults.url),
					"NOTES_ISSUER="+issuer, "NOTES_API="+api, "NOTES_TABLE="+table),
				Concurrency: 8,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer process.Close()
			l := load{function: runtimeapi.Function{Process: process}, faulty: row.faults.before == 1}
			l.run(t, operations()/row.share)
			t.Logf("%d answers by status: %v; %d calls of the database, %d failed on purpose", l.total.Load(), l.statuses(), row.faults.calls.Load(), row.faults.failed.Load())
		})
	}
}

// faults is a proxy before the database that fails one call in so many.
type faults struct {
	before, after int // 0: none
	slow          time.Duration
	url           string
	calls, failed atomic.Int64
}

func (f *faults) start(t *testing.T, database string) {
	target, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := f.calls.Add(1)
		time.Sleep(f.slow)
		switch {
		case f.before > 0 && n%int64(f.before) == 0:
			f.failed.Add(1)
			http.Error(w, `{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}`, http.StatusInternalServerError)
		case f.after > 0 && n%int64(f.after) == 0:
			f.failed.Add(1)
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			http.Error(w, `{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}`, http.StatusInternalServerError)
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	f.url = server.URL
}

// load is what eight clients do at once, each with notes of its own.
type load struct {
	function gateway.Function
	faulty   bool // no operation is expected to succeed

	total  atomic.Int64
	counts [600]atomic.Int64
}

func (l *load) run(t *testing.T, operations int) {
	var clients sync.WaitGroup
	for i := range 8 {
		clients.Go(func() {
			c := &writerClient{load: l, name: fmt.Sprintf("client-%d", i), rand: rand.New(rand.NewPCG(uint64(i), 7)), known: map[string]string{}}
			c.gateway = gateway.MustNew(gateway.Config{Function: l.function, APIID: api, Authorizer: vouchFor(issuer, c.name)})
			for range operations / 8 {
				c.step(t)
			}
			c.compare(t)
		})
	}
	clients.Wait()
}

func (l *load) statuses() map[int]int64 {
	counted := map[int]int64{}
	for status := range l.counts {
		if n := l.counts[status].Load(); n > 0 {
			counted[status] = n
		}
	}
	return counted
}

// writerClient remembers what it was told.
type writerClient struct {
	*load
	gateway http.Handler
	name    string
	rand    *rand.Rand
	serial  int
	known   map[string]string // titles by ID
	ids     []string
}

func (c *writerClient) ask(method, target, body, key string) (int, []byte) {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	w := httptest.NewRecorder()
	c.gateway.ServeHTTP(w, r)
	c.total.Add(1)
	c.counts[w.Code].Add(1)
	content, _ := io.ReadAll(w.Result().Body)
	return w.Code, content
}

func (c *writerClient) step(t *testing.T) {
	switch n := c.rand.IntN(10); {
	case n < 4 || len(c.ids) == 0:
		c.create(t)
	case n < 8:
		c.read(t)
	default:
		status, body := c.ask("GET", "/notes?limit=5", "", "")
		c.expect(t, "GET /notes", status, http.StatusOK, body)
	}
}

// create sends the same request until it is answered, as a client with an
// idempotency key may.
func (c *writerClient) create(t *testing.T) {
	c.serial++
	title := fmt.Sprintf("%s %d", c.name, c.serial)
	for range 20 {
		status, body := c.ask("POST", "/notes", `{"title":"`+title+`"}`, title)
		if status == http.StatusServiceUnavailable {
			if c.faulty {
				return
			}
			continue
		}
		var created notes.Created
		if err := json.Unmarshal(body, &created); err != nil || status != http.StatusCreated || created.Note.Title != title {
			t.Errorf("POST %q: %d %s", title, status, body)
			return
		}
		c.known[created.Note.ID] = title
		c.ids = append(c.ids, created.Note.ID)
		return
	}
	t.Errorf("POST %q: 20 times 503", title)
}

func (c *writerClient) read(t *testing.T) {
	id := c.ids[c.rand.IntN(len(c.ids))]
	status, body := c.ask("GET", "/notes/"+id, "", "")
	var found notes.Found
	if c.expect(t, "GET /notes/{id}", status, http.StatusOK, body); status == http.StatusOK {
		if err := json.Unmarshal(body, &found); err != nil || found.Note.Title != c.known[id] || found.Note.OwnerSub != c.name {
			t.Errorf("GET %s: %s, want %q", id, body, c.known[id])
		}
	}
}

// expect allows for a database that failed more often than the SDK tries.
func (c *writerClient) expect(t *testing.T, what string, got, want int, body []byte) {
	if got != http.StatusServiceUnavailable && (c.faulty || got != want) {
		t.Errorf("%s: %d %s", what, got, body)
	}
}

// compare reads all pages: they hold what was created, and nothing else.
func (c *writerClient) compare(t *testing.T) {
	if c.faulty {
		return
	}
	listed := map[string]string{}
	for cursor, pages := "", 0; ; pages++ {
		status, body := c.ask("GET", "/notes?limit=25&cursor="+cursor, "", "")
		if status == http.StatusServiceUnavailable && pages < 10_000 {
			continue
		}
		var page notes.Page
		if err := json.Unmarshal(body, &page); err != nil || status != http.StatusOK {
			t.Errorf("GET /notes: %d %s", status, body)
			return
		}
		for _, n := range page.Notes {
			if _, twice := listed[n.ID]; twice {
				t.Errorf("%s is listed twice", n.ID)
			}
			listed[n.ID] = n.Title
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	for id, title := range c.known {
		if listed[id] != title {
			t.Errorf("%s: listed as %q, created as %q", id, listed[id], title)
		}
	}
	if len(listed) != len(c.known) {
		t.Errorf("%d notes are listed, %d were created", len(listed), len(c.known))
	}
}

// vouchFor is vouch for a subject.
func vouchFor(issuer, subject string) gateway.Authorizer {
	claims := map[string]string{"iss": issuer, "sub": subject, "scope": "notes-api/read notes-api/write", "exp": "4102444800"}
	return gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
		return &gateway.Authorization{Authorizer: map[string]any{"jwt": map[string]any{"claims": claims}}}, nil
	})
}
