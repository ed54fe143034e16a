package console

import (
	"strings"
	"testing"
)

func BenchmarkRedact(b *testing.B) {
	for name, text := range map[string]string{
		"header": "application/json; charset=utf-8",
		"body":   strings.Repeat(`{"title":"Groceries","content":"Milk and bread"},`, 80),
		"word":   strings.Repeat("wordtoken-", 400),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				redact(text)
			}
		})
	}
}
