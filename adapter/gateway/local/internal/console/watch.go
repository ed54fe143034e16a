package console

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	e, _ := ctx.Value(exchangeKey{}).(*exchange)
	return e
}

// Watch returns next, a gateway, with each of its requests shown.
func (c *Console) Watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := c.begin(r)
		r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, e))
		request := &body{ReadCloser: r.Body}
		if r.Body != nil {
			r.Body = request
		}
		tap := &writer{ResponseWriter: w, ring: c.ring, exchange: e}
		completed := false
		defer func() { c.end(e, request, tap, completed) }()
		next.ServeHTTP(tap, r)
		completed = true
	})
}

func (c *Console) end(e *exchange, request *body, w *writer, completed bool) {
	headers := headersOf(w.Header(), "")
	asked, answered := request.kept.message(), w.kept.message()
	c.ring.change(e.ID, func() {
		e.running, e.broken = false, !completed
		e.duration = time.Since(e.At)
		asked.Headers, answered.Headers = e.request.Headers, headers
		e.request, e.response = asked, answered
	})
}

// Observe is for gateway.Config.
func (c *Console) Observe(r *http.Request, record gateway.Record) {
	e := exchangeOf(r.Context())
	if e == nil {
		return
	}
	c.ring.change(e.ID, func() {
		e.gateway, e.answered = frontOf(record), true
		if record.InvocationID == "" || c.ring.find(e.ID) == nil {
			return
		}
		e.invocation = record.InvocationID
		c.ring.byCall[e.invocation] = e
		if f, ok := c.ring.early.take(e.invocation); ok {
			e.function, e.invoked = f, true
		}
	})
}

// Done is for adapter.Options.
func (c *Console) Done(ctx context.Context, o *adapter.Outcome) {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return
	}
	f := functionOf(o)
	c.ring.mu.Lock()
	defer c.ring.mu.Unlock()
	e := c.ring.byCall[lc.AwsRequestID]
	if e == nil {
		c.ring.early.put(lc.AwsRequestID, f)
		return
	}
	e.function, e.invoked = f, true
	c.ring.touch(e.ID)
}

// Authorizer returns a with the time that it takes shown; name is the issuer's.
func (c *Console) Authorizer(name string, a gateway.Authorizer) gateway.Authorizer {
	return gateway.AuthorizerFunc(func(r *http.Request, route gateway.Route) (*gateway.Authorization, error) {
		began := time.Now()
		admitted, err := a.Authorize(r, route)
		if e := exchangeOf(r.Context()); e != nil {
			took := time.Since(began)
			c.ring.change(e.ID, func() { e.asked, e.asker, e.needs = took, name, route.Scopes })
		}
		return admitted, err
	})
}

// writer passes an answer on, counts it and keeps its beginning.
type writer struct {
	http.ResponseWriter
	ring     *ring
	exchange *exchange
	wrote    bool
	kept     kept
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *writer) WriteHeader(status int) {
	if !w.wrote && status >= 200 {
		w.wrote = true
		w.ring.change(w.exchange.ID, func() { w.exchange.status = status })
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(b []byte) (int, error) {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(b)
	w.kept.add(b[:n])
	w.ring.change(w.exchange.ID, func() { w.exchange.sent += int64(n) })
	return n, err
}

// FlushError is what http.ResponseController calls.
func (w *writer) FlushError() error {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	w.ring.change(w.exchange.ID, func() { w.exchange.flushed = true })
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Flush is for writers that look for an http.Flusher.
func (w *writer) Flush() { _ = w.FlushError() }

// body passes a request's body on and keeps its beginning.
type body struct {
	io.ReadCloser
	kept kept
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.kept.add(p[:n])
	return n, err
}

// outcomes keeps what functions said before the gateway did, the latest of them.
type outcomes struct {
	size  int
	ids   []string
	found map[string]function
}

func newOutcomes(size int) *outcomes { return &outcomes{size: size, found: map[string]function{}} }

func (o *outcomes) put(id string, f function) {
	o.ids, o.found[id] = append(o.ids, id), f
	if len(o.ids) > o.size {
		delete(o.found, o.ids[0])
		o.ids = o.ids[1:]
	}
}

func (o *outcomes) take(id string) (function, bool) {
	f, ok := o.found[id]
	delete(o.found, id)
	return f, ok
}
