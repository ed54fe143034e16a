package roundtrip

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestReplyShape gives every answer of the table, and random ones, on every
// format, and looks at the JSON as the fronts do.
func TestReplyShape(t *testing.T) {
	for _, f := range frontTable {
		t.Run(f.String(), func(t *testing.T) {
			for _, r := range slices.Concat(replyRows, small(streamRows), randomRows(300)) {
				t.Run(r.name, func(t *testing.T) { f.reply(t, r) })
			}
		})
	}
}

// TestOversizedReplyIs500: what the front or the Lambda runtime would refuse is
// an answer of the adapter's own.
func TestOversizedReplyIs500(t *testing.T) {
	for _, f := range frontTable {
		for _, r := range f.oversized() {
			t.Run(f.String()+"/"+r.name, func(t *testing.T) {
				if got := f.reply(t, r); got.StatusCode != nil && *got.StatusCode != http.StatusInternalServerError {
					t.Errorf("statusCode %d, want 500", *got.StatusCode)
				}
			})
		}
	}
}

// invoke runs h as the runtime does for this front, up to the end of a stream.
func (f front) invoke(ctx context.Context, h *adapter.Handler, event []byte) ([]byte, error) {
	if f.id&streamed == 0 {
		return h.Invoke(ctx, event)
	}
	reply, err := h.Stream(ctx, event)
	if err != nil {
		return nil, err
	}
	defer reply.Close()
	return io.ReadAll(reply)
}

// reply is the row's reply, after checkReply has seen it.
func (f front) reply(t *testing.T, r row) (decoded reply) {
	t.Helper()
	answer := r.answer
	if answer == nil {
		answer = ok
	}
	data, err := f.invoke(context.Background(), adapter.New(answer, quiet()), f.event(t, r))
	if broken := r.breaksOff && f.id&streamed != 0; (err != nil) != broken {
		t.Fatalf("invoked: %v, and the row says %v", err, broken)
	}
	if err := f.checkReply(r.verb(), data); err != nil {
		t.Errorf("%v in reply %.300q", err, data)
		return decoded
	}
	head, body, _ := f.cut(data)
	if err := json.Unmarshal(head, &decoded); err != nil {
		t.Error(err)
	}
	decoded.Body += body
	return decoded
}

// event is the row's request as the front hands it to the function.
func (f front) event(t *testing.T, r row) []byte {
	t.Helper()
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(r.raw())))
	if err != nil {
		t.Fatalf("ReadRequest: %v", err)
	}
	request.RemoteAddr = "203.0.113.7:50000"
	event, err := f.gateway(nil).Event(request)
	if err != nil {
		t.Fatalf("Event: %v", err)
	}
	return event
}

// oversized are answers that do not fit into a reply. In a stream only the
// header can be too much.
func (f front) oversized() []row {
	rows := []row{{name: "too much header", answer: says(200, "ok", "X-Large", strings.Repeat("a", f.limit))}}
	if f.id&streamed != 0 {
		return rows
	}
	return append(rows,
		row{name: "too much text", answer: says(200, strings.Repeat("a", f.limit), "Content-Type", "text/plain")},
		row{name: "too much when escaped", answer: says(200, strings.Repeat("\x01", f.limit/5), "Content-Type", "text/plain")},
		row{name: "too much when in base64", answer: says(200, strings.Repeat("\xff", f.limit*3/4), "Content-Type", "image/png")},
	)
}

// randomRows are answers no one would write, the same ones in every run.
func randomRows(n int) []row {
	rnd := rand.New(rand.NewPCG(1, 2))
	rows := make([]row, n)
	for i := range rows {
		seed := rnd.Uint64()
		rows[i] = row{name: fmt.Sprintf("random %d", i), answer: func(w http.ResponseWriter, _ *http.Request) {
			answerAnything(rand.New(rand.NewPCG(seed, 0)), w)
		}}
	}
	return rows
}

func answerAnything(rnd *rand.Rand, w http.ResponseWriter) {
	names := []string{"Content-Type", "content-type", "Set-Cookie", "set-cookie", "Content-Length", "Transfer-Encoding", "X-A", "x-a", "Content-Encoding", "Date", ""}
	for range rnd.IntN(6) {
		name := names[rnd.IntN(len(names))]
		if rnd.IntN(4) == 0 {
			name = noise(rnd, 5)
		}
		w.Header()[name] = append(w.Header()[name], noise(rnd, 12))
	}
	if rnd.IntN(3) > 0 {
		w.WriteHeader(rnd.IntN(1100) - 10)
	}
	for range rnd.IntN(3) {
		_, _ = w.Write([]byte(noise(rnd, 700)))
		if rnd.IntN(3) == 0 {
			flush(w)
		}
	}
}

// noise is up to n bytes, half of the time ASCII.
func noise(rnd *rand.Rand, n int) string {
	limit := 256
	if rnd.IntN(2) == 0 {
		limit = 128
	}
	var b bytes.Buffer
	for range rnd.IntN(n) {
		b.WriteByte(byte(rnd.IntN(limit)))
	}
	return b.String()
}
