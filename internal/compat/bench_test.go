package compat

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdaurl"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

const eventFolder = "../../adapter/testdata/events"

// BenchmarkInvoke runs each scenario on package adapter and on the archived
// aws-lambda-go-api-proxy, which most teams used, in turns.
func BenchmarkInvoke(b *testing.B) {
	for _, s := range scenario.All(b, eventFolder) {
		b.Run(s.Name+"/gatehouse", func(b *testing.B) {
			s.Benchmark(b, lambda.NewHandler(adapter.New(s.Handler, nil)))
		})
		b.Run(s.Name+"/archived", func(b *testing.B) {
			s.Benchmark(b, archived(s))
		})
	}
}

func archived(s scenario.Scenario) lambda.Handler {
	switch {
	case s.REST:
		return lambda.NewHandler(httpadapter.New(s.Handler).ProxyWithContext)
	case s.ALB:
		return lambda.NewHandler(httpadapter.NewALB(s.Handler).ProxyWithContext)
	}
	return lambda.NewHandler(httpadapter.NewV2(s.Handler).ProxyWithContext)
}

// BenchmarkGET is the small GET with the deadline that every invocation has, on
// everything that a program can be made of.
func BenchmarkGET(b *testing.B) {
	for _, deadline := range []bool{true, false} {
		s := get(b)
		s.Limited = deadline
		name := map[bool]string{true: "deadline/", false: "none/"}[deadline]
		for _, peer := range peers {
			b.Run(name+peer.name, func(b *testing.B) { s.Benchmark(b, peer.make()) })
		}
	}
}

// BenchmarkStream streams 20 MB in writes of 32 KB.
func BenchmarkStream(b *testing.B) {
	const size, step = 20 << 20, 32 << 10
	content := bytes.Repeat([]byte{0xa5}, step)
	send := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range size / step {
			_, _ = w.Write(content)
		}
	})
	event := scenario.EventFile(b, eventFolder, "httpapi_v2_get.json")
	event = bytes.Replace(event, []byte(".execute-api.eu-central-1.amazonaws.com"), []byte(".lambda-url.eu-central-1.on.aws"), -1)
	for _, peer := range []struct {
		name string
		open func(context.Context) (io.Reader, error)
	}{
		{"gatehouse", func(ctx context.Context) (io.Reader, error) {
			return adapter.New(send, nil).Stream(ctx, event)
		}},
		{"lambdaurl", func(ctx context.Context) (io.Reader, error) {
			var request events.LambdaFunctionURLRequest
			if err := json.Unmarshal(event, &request); err != nil {
				return nil, err
			}
			return lambdaurl.Wrap(send)(ctx, &request)
		}},
	} {
		b.Run(peer.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(size)
			for b.Loop() {
				ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
				r, err := peer.open(ctx)
				if err != nil {
					b.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, r); err != nil || n < size {
					b.Fatalf("%d bytes, %v", n, err)
				}
				cancel()
			}
		})
	}
}
