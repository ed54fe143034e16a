package before

import (
	"context"
	"os"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
)

func BenchmarkReading(b *testing.B) {
	for _, file := range []string{"http-api-2.0-jwt", "rest-cognito", "rest-jwt", "rest-lambda-request", "http-api-2.0-iam-pool", "rest-iam", "http-api-2.0-mtls-jwt"} {
		event, err := os.ReadFile("../../testdata/events/" + file + ".json")
		if err != nil {
			b.Fatal(err)
		}
		parse := func() context.Context {
			parsed, err := adapter.ParseEvent(event)
			if err != nil {
				b.Fatal(err)
			}
			return adapter.NewContext(context.Background(), parsed)
		}
		r := readers[0]
		b.Run("parse/"+file, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				parse()
			}
		})
		b.Run("before/"+file, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.old.IdentifyContext(parse()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("now/"+file, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.now.IdentifyContext(parse()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
