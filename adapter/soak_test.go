package adapter_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

const (
	soakWorkers  = 8
	soakRequests = 20_000
)

// TestSoak: one Handler, eight invocations at once as on a managed instance,
// mixed formats and sizes, and a payload buffer that each worker uses again, as
// the runtime does. Every answer belongs to its request, no goroutine is left,
// and memory stays what it was after the first quarter.
func TestSoak(t *testing.T) {
	before := runtime.NumGoroutine()
	h := adapter.New(http.HandlerFunc(answerToken), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
	var workers sync.WaitGroup
	var early, late uint64
	round := func(requests int) uint64 {
		for w := range soakWorkers {
			workers.Go(func() { soak(t, h, w, requests/soakWorkers) })
		}
		workers.Wait()
		return heap()
	}
	early = round(soakRequests / 4)
	late = round(soakRequests / 4 * 3)
	t.Logf("heap in use after a quarter %d KB, at the end %d KB; resident %s", early/1024, late/1024, resident())
	if late > early+early/2+8<<20 {
		t.Errorf("the heap grew from %d to %d bytes", early, late)
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // pools keep their memory for one more
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

func resident() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown: no /proc here"
	}
	for line := range strings.Lines(string(status)) {
		if size, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strings.TrimSpace(size)
		}
	}
	return "unknown"
}

// answerToken answers with the request's token and a checksum of its body, so
// that no other reply fits; some requests go wrong instead.
func answerToken(w http.ResponseWriter, r *http.Request) {
	token := r.Header.Get("X-Token")
	sum := fnv.New64a()
	n, _ := io.Copy(sum, r.Body)
	switch r.URL.Query().Get("do") {
	case "panic":
		panic("asked to")
	case "outlive":
		go func() {
			<-r.Context().Done()
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, "late")
			_ = r.Header.Get("X-Token")
		}()
	}
	w.Header().Set("X-Token", token)
	w.Header().Set("Content-Type", r.Header.Get("X-Type"))
	fmt.Fprintf(w, "%s %s %d %x\n", token, r.URL.Path, n, sum.Sum64())
	_, _ = io.WriteString(w, strings.Repeat(token, int(n%1000)))
}

// soaked is a Handler, in this process or in another.
type soaked interface {
	Invoke(context.Context, []byte) ([]byte, error)
	Stream(context.Context, json.RawMessage) (io.ReadCloser, error)
}

func soak(t *testing.T, h soaked, worker, requests int) {
	random := rand.New(rand.NewPCG(uint64(worker), 1))
	payload := make([]byte, 0, 1<<20)
	for i := range requests {
		token := fmt.Sprintf("w%d-%d", worker, i)
		body := make([]byte, random.IntN(2000))
		if random.IntN(100) == 0 {
			body = make([]byte, random.IntN(200_000))
		}
		for j := range body {
			body[j] = byte('a' + (j*7+i)%26)
		}
		do := ""
		if k := random.IntN(50); k < 2 {
			do = []string{"panic", "outlive"}[k]
		}
		payload = append(payload[:0], soakEvent(random, token, do, body)...)
		ctx, cancel := context.Background(), context.CancelFunc(func() {})
		if random.IntN(2) == 0 {
			ctx, cancel = context.WithTimeout(ctx, time.Minute)
		}
		out, err := soakInvoke(ctx, h, payload, random.IntN(4) == 0)
		cancel()
		for j := range payload {
			payload[j] = '#'
		}
		if err != nil {
			t.Errorf("%s: %v", token, err)
			return
		}
		checkSoak(t, token, do, body, out)
	}
}

// soakInvoke streams some replies; of what cannot stream, that is the same.
func soakInvoke(ctx context.Context, h soaked, payload []byte, streamed bool) ([]byte, error) {
	if !streamed {
		return h.Invoke(ctx, payload)
	}
	st, err := h.Stream(ctx, payload)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	return io.ReadAll(st)
}

func checkSoak(t *testing.T, token, do string, body, out []byte) {
	if do == "panic" {
		if !bytes.Contains(out, []byte(`"statusCode":500`)) {
			t.Errorf("%s panicked: %.200q", token, out)
		}
		return
	}
	head, streamed, ok := bytes.Cut(out, make([]byte, 8))
	var r struct {
		Body            string
		IsBase64Encoded bool
	}
	if err := json.Unmarshal(head, &r); err != nil {
		t.Errorf("%s: %v in %.200q", token, err, out)
		return
	}
	content := []byte(r.Body)
	if r.IsBase64Encoded {
		content, _ = base64.StdEncoding.DecodeString(r.Body)
	}
	if ok {
		content = streamed
	}
	sum := fnv.New64a()
	_, _ = sum.Write(body)
	want := fmt.Sprintf("%s /%s %d %x\n%s", token, token, len(body), sum.Sum64(), strings.Repeat(token, len(body)%1000))
	if string(content) != want {
		t.Errorf("%s: answered %.200q, want %.200q", token, content, want)
	}
}

// soakEvent makes an event of a random format.
func soakEvent(random *rand.Rand, token, do string, body []byte) []byte {
	types := []string{"text/plain", "application/octet-stream"}
	header := map[string]any{"host": "api.example.com", "x-token": token, "x-type": types[random.IntN(2)], "x-forwarded-proto": "https"}
	event := map[string]any{"body": string(body), "isBase64Encoded": false}
	if random.IntN(2) == 0 {
		event["body"], event["isBase64Encoded"] = base64.StdEncoding.EncodeToString(body), true
	}
	query := map[string]any{"do": do}
	switch random.IntN(6) {
	case 0:
		event["httpMethod"], event["path"], event["headers"], event["queryStringParameters"] = "POST", "/"+token, header, query
		event["requestContext"] = map[string]any{"identity": map[string]any{"sourceIp": "198.51.100.24"}}
	case 1:
		event["version"], event["httpMethod"], event["path"], event["headers"], event["queryStringParameters"] = "1.0", "POST", "/"+token, header, query
		event["requestContext"] = map[string]any{}
	case 2, 3:
		event["rawPath"], event["rawQueryString"], event["headers"] = "/"+token, "do="+do, header
		domain := []string{"api.example.com", "x.lambda-url.eu-west-1.on.aws"}[random.IntN(2)]
		event["requestContext"] = map[string]any{"domainName": domain, "http": map[string]any{"method": "POST"}}
	case 4:
		event["httpMethod"], event["path"], event["headers"], event["queryStringParameters"] = "POST", "/"+token, header, query
		event["requestContext"] = map[string]any{"elb": map[string]any{}}
	case 5:
		event["method"], event["path"], event["headers"], event["queryStringParameters"] = "POST", "/"+token, header, query
		event["requestContext"] = map[string]any{"serviceArn": "arn"}
	}
	out, _ := json.Marshal(event)
	return out
}
