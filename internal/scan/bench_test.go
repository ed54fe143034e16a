package scan_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

const mega = 1 << 20

var (
	binary = bytes.Repeat([]byte{0x1f, 0x8b, 0xff, 0x00, 0x7a, 0x41, 0x9c}, 4*mega/7)
	record = []byte(`{"id":42,"name":"Ada Lovelace","tags":["a","b"],"note":"first line"},`)
	dense  = bytes.Repeat(record, 4*mega/len(record))
)

func BenchmarkString(b *testing.B) {
	quoted, _ := json.Marshal(string(dense))
	b.SetBytes(int64(len(quoted)))
	for b.Loop() {
		s := scan.New(quoted)
		s.String()
	}
}

func BenchmarkBody(b *testing.B) {
	quoted, _ := json.Marshal(string(dense))
	buffer := make([]byte, len(quoted))
	b.SetBytes(int64(len(dense)))
	for b.Loop() {
		scan.Body(buffer, quoted, 0)
	}
}

func BenchmarkAppendString(b *testing.B) {
	dst := make([]byte, 0, 2*len(dense))
	b.SetBytes(int64(len(dense)))
	for b.Loop() {
		dst = scan.AppendString(dst[:0], dense)
	}
}

func BenchmarkAppendBase64(b *testing.B) {
	dst := make([]byte, 0, 2*len(binary))
	coders := map[string]func(dst, src []byte) []byte{"tables": scan.AppendBase64, "standard": base64.StdEncoding.AppendEncode}
	for name, encode := range coders {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(binary)))
			for b.Loop() {
				dst = encode(dst[:0], binary)
			}
		})
	}
}

func BenchmarkDecodeBase64(b *testing.B) {
	src := base64.StdEncoding.AppendEncode(nil, binary[:len(binary)/3*3])
	dst := make([]byte, len(binary))
	b.Run("tables", func(b *testing.B) {
		b.SetBytes(int64(len(binary)))
		for b.Loop() {
			scan.DecodeBase64(dst, src)
		}
	})
	b.Run("standard", func(b *testing.B) {
		b.SetBytes(int64(len(binary)))
		for b.Loop() {
			_, _ = base64.StdEncoding.Decode(dst, src)
		}
	})
}
