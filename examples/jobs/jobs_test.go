package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/jobs"
)

const (
	issuer   = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
	pool     = "eu-west-1:0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"
	queueARN = "arn:aws:sqs:eu-west-1:123456789012:jobs"
	ruleARN  = "arn:aws:events:eu-west-1:123456789012:rule/sweep"
)

// A queue keeps what is sent.
type queue struct {
	mu   sync.Mutex
	sent []string
	err  error
}

func (q *queue) Send(_ context.Context, message string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return q.err
	}
	q.sent = append(q.sent, message)
	return nil
}

func (q *queue) take() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	sent := q.sent
	q.sent = nil
	return sent
}

// A function is the whole program but its main.
type function struct {
	t       *testing.T
	service *jobs.Service
	queue   *queue
	store   jobs.Store
	mux     *authz.Mux
	handler *adapter.Handler
}

func newFunction(t *testing.T, work func(ctx context.Context, id, text string) (string, error)) *function {
	t.Helper()
	f := &function{t: t, queue: new(queue), store: &jobs.Memory{}}
	f.service = &jobs.Service{Store: f.store, Queue: f.queue, Work: work}
	f.mux = f.service.Handler(claims.MustNew(claims.Config{Issuers: []string{issuer}}))
	pools := claims.MustNew(claims.Config{Sources: []claims.Source{claims.IdentityPool}, Issuers: []string{pool}})
	f.handler = adapter.New(f.mux, &adapter.Options{Fallback: f.service.Fallback(queueARN, ruleARN, pools).Handle})
	return f
}

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

func upper(_ context.Context, _, text string) (string, error) { return strings.ToUpper(text), nil }

func (f *function) call(caller, method, path, body string, keys ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header["Idempotency-Key"] = keys
	if caller != "" {
		r = authztest.FrontOf(f.mux).As(r, map[string]any{"sub": caller, "token_use": "access", "scope": jobs.ReadScope + " " + jobs.WriteScope})
	}
	w := httptest.NewRecorder()
	f.mux.ServeHTTP(w, r)
	return w
}

// post makes a job and returns its path.
func (f *function) post(caller, text string, keys ...string) string {
	f.t.Helper()
	w := f.call(caller, "POST", "/jobs", fmt.Sprintf(`{"text":%q}`, text), keys...)
	if w.Code != http.StatusAccepted {
		f.t.Fatalf("status %d, body %s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func (f *function) job(caller, path string) (j jobs.Job) {
	f.t.Helper()
	w := f.call(caller, "GET", path, "")
	if err := json.Unmarshal(w.Body.Bytes(), &j); w.Code != http.StatusOK || err != nil {
		f.t.Fatalf("status %d, body %s, %v", w.Code, w.Body, err)
	}
	return j
}

// deliver invokes the function with messages, as SQS does, and returns the IDs of
// those that it wants again: 0 for the first, and so on.
func (f *function) deliver(received int, messages ...string) []string {
	f.t.Helper()
	var batch events.SQSEvent
	for i, m := range messages {
		batch.Records = append(batch.Records, events.SQSMessage{
			MessageId: fmt.Sprint(i), Body: m, EventSource: "aws:sqs", EventSourceARN: queueARN,
			Attributes: map[string]string{"ApproximateReceiveCount": fmt.Sprint(received)},
		})
	}
	event, err := json.Marshal(batch)
	if err != nil {
		f.t.Fatal(err)
	}
	reply, err := f.handler.Invoke(f.t.Context(), event)
	var response events.SQSEventResponse
	if err := errors.Join(err, json.Unmarshal(reply, &response)); err != nil || response.BatchItemFailures == nil {
		f.t.Fatalf("reply %s, %v", reply, err)
	}
	var failed []string
	for _, item := range response.BatchItemFailures {
		failed = append(failed, item.ItemIdentifier)
	}
	return failed
}

func TestPost(t *testing.T) {
	f := newFunction(t, upper)
	path := f.post("ada", "hello")
	if j := f.job("ada", path); j.State != jobs.Queued {
		t.Errorf("state %q", j.State)
	}
	if failed := f.deliver(1, f.queue.take()...); failed != nil {
		t.Errorf("again: %v", failed)
	}
	if j := f.job("ada", path); j.State != jobs.Done || j.Result != "HELLO" {
		t.Errorf("%+v", j)
	}
	for what, test := range map[string]struct {
		caller, method, path, body string
		keys                       []string
		want                       int
	}{
		"another's job": {"eve", "GET", path, "", nil, 404},
		"no such job":   {"ada", "GET", "/jobs/none", "", nil, 404},
		"a stranger":    {"", "GET", path, "", nil, 401},
		"too large":     {"ada", "POST", "/jobs", `{"text":"` + strings.Repeat("x", jobs.MaxText) + `"}`, nil, 413},
		"not UTF-8":     {"ada", "POST", "/jobs", `{"text":"` + strings.Repeat("\xff", jobs.MaxText/2) + `"}`, nil, 413},
		"no text":       {"ada", "POST", "/jobs", `{}`, nil, 400},
		"no JSON":       {"ada", "POST", "/jobs", `text`, nil, 400},
		"two keys":      {"ada", "POST", "/jobs", `{"text":"x"}`, []string{"a", "b"}, 400},
		"an empty key":  {"ada", "POST", "/jobs", `{"text":"x"}`, []string{""}, 400},
	} {
		w := f.call(test.caller, test.method, test.path, test.body, test.keys...)
		if w.Code != test.want {
			t.Errorf("%s: status %d, want %d", what, w.Code, test.want)
		}
		if test.want == 413 && !strings.Contains(w.Body.String(), "262144") {
			t.Errorf("%s: the limit is not named: %s", what, w.Body)
		}
	}
	if sent := f.queue.take(); sent != nil {
		t.Errorf("sent %q", sent)
	}
}

// TestIdempotencyKey: owner, route and key name one job, and one body.
func TestIdempotencyKey(t *testing.T) {
	f := newFunction(t, upper)
	first := f.post("ada", "one", "k")
	if again := f.post("ada", "one", "k"); again != first {
		t.Errorf("%s, then %s", first, again)
	}
	if w := f.call("ada", "POST", "/jobs", `{"text":"two"}`, "k"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("another body: status %d", w.Code)
	}
	if other := f.post("ada", "one", "l"); other == first {
		t.Error("another key, the same job")
	}
	if other := f.post("eve", "one", "k"); other == first {
		t.Error("another caller, the same job")
	}
	if other := f.post("ada", "one"); other == first {
		t.Error("no key, the same job")
	}
	f.deliver(1, f.queue.take()...)
	if again := f.post("ada", "one", "k"); again != first {
		t.Errorf("%s, then %s", first, again)
	}
	if sent := f.queue.take(); sent != nil {
		t.Errorf("a job that is done was sent again: %q", sent)
	}
}

// TestSendFails: the job is there and its message is not. The client's second
// request sends it, and so does the schedule.
func TestSendFails(t *testing.T) {
	f := newFunction(t, upper)
	f.queue.err = errors.New("unreachable")
	if w := f.call("ada", "POST", "/jobs", `{"text":"x"}`, "k"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("status %d, %v", w.Code, w.Header())
	}
	f.queue.err = nil
	path := f.post("ada", "x", "k")
	f.deliver(1, f.queue.take()...)
	if j := f.job("ada", path); j.State != jobs.Done {
		t.Errorf("state %q", j.State)
	}

	old := jobs.Job{Owner: "o", ID: "old", State: jobs.Queued, Created: time.Now().Add(-time.Hour), Text: "x"}
	if err := f.store.Add(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	f.post("ada", "young")
	f.queue.take()
	if _, err := f.handler.Invoke(t.Context(), []byte(schedule(ruleARN))); err != nil {
		t.Fatal(err)
	}
	if sent := f.queue.take(); len(sent) != 1 || !strings.Contains(sent[0], `"old"`) {
		t.Errorf("sent %q", sent)
	}
}

func schedule(rule string) string {
	return `{"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","detail-type":"Scheduled Event","source":"aws.events","account":"123456789012","time":"2026-11-26T15:00:00Z","region":"eu-west-1","resources":["` + rule + `"],"detail":{}}`
}

// TestDelivery: however messages come, each job has one result, and every message is
// forgotten in the end.
func TestDelivery(t *testing.T) {
	var ran atomic.Int32
	work := func(_ context.Context, _, text string) (string, error) {
		return fmt.Sprintf("%s, run %d", text, ran.Add(1)), nil
	}
	t.Run("one after another", func(t *testing.T) {
		f := newFunction(t, work)
		path := f.post("ada", "x")
		m := f.queue.take()[0]
		f.deliver(1, m, m)
		first := f.job("ada", path)
		if failed := f.deliver(2, m); failed != nil || f.job("ada", path) != first || first.State != jobs.Done {
			t.Errorf("again %v; %+v, first %+v", failed, f.job("ada", path), first)
		}
	})
	t.Run("at the same time", func(t *testing.T) {
		f := newFunction(t, func(ctx context.Context, id, text string) (string, error) {
			time.Sleep(time.Millisecond)
			return work(ctx, id, text)
		})
		const count = 50
		ran.Store(0)
		var paths []string
		for i := range count {
			paths = append(paths, f.post("ada", fmt.Sprint(i)))
		}
		var workers sync.WaitGroup
		for _, m := range f.queue.take() {
			for range 2 {
				workers.Go(func() {
					for received := 1; f.deliver(received, m) != nil; received = 1 {
						time.Sleep(time.Millisecond) // the queue's visibility timeout
					}
				})
			}
		}
		workers.Wait()
		for i, path := range paths {
			if j := f.job("ada", path); j.State != jobs.Done || !strings.HasPrefix(j.Result, fmt.Sprint(i, ",")) {
				t.Errorf("job %d: %+v", i, j)
			}
		}
		if got := ran.Load(); got != count {
			t.Errorf("%d runs of %d jobs", got, count)
		}
	})
	t.Run("a crash in between", func(t *testing.T) {
		f := newFunction(t, work)
		path := f.post("ada", "x")
		m := f.queue.take()[0]
		var at struct{ Owner, ID string }
		if err := json.Unmarshal([]byte(m), &at); err != nil {
			t.Fatal(err)
		}
		// The worker that took it two minutes ago was not heard of again.
		crashed := time.Now().Add(-2 * time.Minute)
		if _, err := f.store.Take(t.Context(), at.Owner, at.ID, "crashed", crashed, time.Minute); err != nil {
			t.Fatal(err)
		}
		if failed := f.deliver(2, m); failed != nil {
			t.Errorf("again: %v", failed)
		}
		done := f.job("ada", path)
		if err := f.store.End(t.Context(), at.Owner, at.ID, "crashed", jobs.Done, "late"); !errors.Is(err, jobs.ErrTaken) {
			t.Errorf("the crashed worker ended it: %v", err)
		}
		if j := f.job("ada", path); j != done || j.State != jobs.Done {
			t.Errorf("%+v, then %+v", done, j)
		}
	})
	t.Run("a worker still has it", func(t *testing.T) {
		f := newFunction(t, work)
		f.post("ada", "x")
		m := f.queue.take()[0]
		var at struct{ Owner, ID string }
		_ = json.Unmarshal([]byte(m), &at)
		if _, err := f.store.Take(t.Context(), at.Owner, at.ID, "other", time.Now(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if failed := f.deliver(1, m); len(failed) != 1 {
			t.Error("the message is forgotten while the worker may yet crash")
		}
	})
}

// TestPoison: what cannot be done does not hold up what can. It comes again until
// the queue gives up, and then its owner can see that.
func TestPoison(t *testing.T) {
	f := newFunction(t, func(_ context.Context, _, text string) (string, error) {
		switch text {
		case "poison":
			return "", errors.New("cannot be done")
		case "panic":
			panic("cannot be done")
		}
		return text, nil
	})
	good, poison, panics, last := f.post("ada", "good"), f.post("ada", "poison"), f.post("ada", "panic"), f.post("ada", "last")
	messages := append(f.queue.take(), "not a message", `{"owner":"o","id":"i","more":1}`, `{"owner":"o","id":"none"}`)
	for received := 1; received <= 3; received++ {
		if failed := f.deliver(received, messages...); strings.Join(failed, " ") != "1 2 4 5 6" {
			t.Errorf("delivery %d: again %v", received, failed)
		}
		want := jobs.Queued
		if received == 3 {
			want = jobs.Failed
		}
		for _, path := range []string{poison, panics} {
			if j := f.job("ada", path); j.State != want {
				t.Errorf("delivery %d: %q, want %q", received, j.State, want)
			}
		}
	}
	for _, path := range []string{good, last} {
		if j := f.job("ada", path); j.State != jobs.Done {
			t.Errorf("%q", j.State)
		}
	}
}

// TestCrashes: a job that ends whoever works on it is tried three times and no more,
// although the schedule sends it again, and its owner can see that.
func TestCrashes(t *testing.T) {
	var ran atomic.Int32
	f := newFunction(t, func(_ context.Context, _, text string) (string, error) {
		ran.Add(1)
		return text, nil
	})
	path := f.post("ada", "x")
	m := f.queue.take()[0]
	var at struct{ Owner, ID string }
	if err := json.Unmarshal([]byte(m), &at); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		crashed := time.Now().Add(time.Duration(i-4) * time.Hour)
		if _, err := f.store.Take(t.Context(), at.Owner, at.ID, fmt.Sprint(i), crashed, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	sweep := func() []string {
		t.Helper()
		if _, err := f.handler.Invoke(t.Context(), []byte(schedule(ruleARN))); err != nil {
			t.Fatal(err)
		}
		return f.queue.take()
	}
	again := sweep()
	if len(again) != 1 || again[0] != m {
		t.Fatalf("sent again: %q", again)
	}
	if failed := f.deliver(1, again...); failed != nil || ran.Load() != 0 {
		t.Errorf("again %v, %d more tries", failed, ran.Load())
	}
	if j := f.job("ada", path); j.State != jobs.Failed {
		t.Errorf("state %q", j.State)
	}
	if again := sweep(); again != nil {
		t.Errorf("sent again: %q", again)
	}
}

// TestLease: nobody gets a job while its worker may yet be at it.
func TestLease(t *testing.T) {
	var took jobs.Job
	var f *function
	f = newFunction(t, func(ctx context.Context, id, text string) (string, error) {
		stuck, err := f.store.Stuck(ctx, time.Now().Add(24*time.Hour))
		if len(stuck) == 1 {
			took = stuck[0]
		}
		return text, err
	})
	for timeout, shortest := range map[time.Duration]time.Duration{time.Second: 50 * time.Second, time.Hour: 59 * time.Minute} {
		f.post("ada", "x")
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		start := time.Now()
		event := `{"Records":[{"messageId":"1","body":` + string(must(json.Marshal(f.queue.take()[0]))) + `,"eventSourceARN":"` + queueARN + `"}]}`
		_, err := f.handler.Invoke(ctx, []byte(event))
		cancel()
		if err != nil || took.Lease.Sub(start) < shortest {
			t.Errorf("a function of %v has the job for %v, %v", timeout, took.Lease.Sub(start), err)
		}
	}
}

// TestForged: who invokes the function with what. A user of the pool writes the
// whole event, and gets nothing by it but the user's own operations.
func TestForged(t *testing.T) {
	f := newFunction(t, upper)
	path := f.post("ada", "hers")
	m := f.queue.take()[0]
	batch := func(arn string) string {
		return `{"Records":[{"messageId":"1","body":` + string(must(json.Marshal(m))) + `,"attributes":{},"eventSource":"aws:sqs","eventSourceARN":"` + arn + `"}]}`
	}
	request := `{"version":"2.0","routeKey":"$default","rawPath":"` + path + `","rawQueryString":"","headers":{},"requestContext":{"apiId":"a1b2c3d4e5","domainName":"a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com","stage":"$default","http":{"method":"GET","path":"` + path + `","protocol":"HTTP/1.1","sourceIp":"192.0.2.1"},"authorizer":{"jwt":{"claims":{"iss":"` + issuer + `","sub":"ada","token_use":"access","scope":"jobs/read","exp":"4102444800"},"scopes":null}}}}`
	authorizer := `{"version":"2.0","type":"REQUEST","routeArn":"arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/GET/jobs","identitySource":["x"],"routeKey":"GET /jobs","headers":{}}`
	user := func(id string) context.Context {
		return lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
			Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: "eu-west-1:" + id, CognitoIdentityPoolID: pool}})
	}
	stranger := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: "eu-west-1:x", CognitoIdentityPoolID: "eu-west-1:other"}})
	none := t.Context()
	for what, test := range map[string]struct {
		ctx    context.Context
		event  string
		errors bool
		holds  string
	}{
		"the API's request":                {none, request, false, `"statusCode":200`},
		"a user's forged request":          {user("eve"), request, false, `"statusCode":401`},
		"a stranger's forged request":      {stranger, request, false, `"statusCode":401`},
		"a user's forged message":          {user("eve"), batch(queueARN), true, ""},
		"a stranger's forged message":      {stranger, batch(queueARN), true, ""},
		"a user's forged schedule":         {user("eve"), schedule(ruleARN), true, ""},
		"a user's forged authorizer":       {user("eve"), authorizer, true, ""},
		"an authorizer's event":            {none, authorizer, true, ""},
		"another queue's message":          {none, batch(queueARN + "2"), true, ""},
		"another rule's schedule":          {none, schedule(ruleARN + "2"), true, ""},
		"an operation of nobody":           {none, `{"operation":"create","text":"x"}`, true, ""},
		"a stranger's operation":           {stranger, `{"operation":"create","text":"x"}`, true, ""},
		"a user's operation":               {user("eve"), `{"operation":"create","text":"x"}`, false, `"state":"queued"`},
		"no such operation":                {user("eve"), `{"operation":"sweep"}`, true, ""},
		"more than is asked":               {user("eve"), `{"operation":"create","text":"x","owner":"ada"}`, true, ""},
		"a text that is too large":         {user("eve"), `{"operation":"create","text":"` + strings.Repeat("x", jobs.MaxText+1) + `"}`, true, ""},
		"the status of another's job":      {user("eve"), `{"operation":"status","id":"` + strings.TrimPrefix(path, "/jobs/") + `"}`, true, ""},
		"a user's event that is no object": {user("eve"), `[]`, true, ""},
	} {
		reply, err := f.handler.Invoke(test.ctx, []byte(test.event))
		if (err != nil) != test.errors || !strings.Contains(string(reply), test.holds) {
			t.Errorf("%s: reply %s, error %v", what, reply, err)
		}
		if err != nil && (strings.Contains(err.Error(), queueARN) || strings.Contains(err.Error(), path)) {
			t.Errorf("%s: the error holds what was sent: %v", what, err)
		}
	}
	if j := f.job("ada", path); j.State != jobs.Queued {
		t.Errorf("a forged event moved the job: %+v", j)
	}
}

// TestPoolUsers: what one identity of the pool makes, another does not see.
func TestPoolUsers(t *testing.T) {
	f := newFunction(t, upper)
	ask := func(user, event string) (j jobs.Job, err error) {
		ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
			Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: "eu-west-1:" + user, CognitoIdentityPoolID: pool}})
		reply, err := f.handler.Invoke(ctx, []byte(event))
		if err == nil {
			err = json.Unmarshal(reply, &j)
		}
		return j, err
	}
	made, err := ask("ada", `{"operation":"create","text":"x"}`)
	if err != nil {
		t.Fatal(err)
	}
	f.deliver(1, f.queue.take()...)
	status := `{"operation":"status","id":"` + made.ID + `"}`
	if j, err := ask("ada", status); err != nil || j.Result != "X" {
		t.Errorf("%+v, %v", j, err)
	}
	if j, err := ask("eve", status); err == nil {
		t.Errorf("another user sees %+v", j)
	}
	if w := f.call("eu-west-1:ada", "GET", "/jobs/"+made.ID, ""); w.Code != http.StatusNotFound {
		t.Errorf("a token with the same subject: status %d", w.Code)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
