package adapter

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

var errBase64 = errors.New("adapter: the request's body is not valid base64")

// body reads a request's body out of the event, decoding base64 as it goes. It is
// safe for concurrent use, so that a handler's goroutine that reads on after the
// handler's part has ended gets an error, and never a byte of the next event.
type body struct {
	exchange *exchange // whose lock guards what follows

	src      []byte // what is left of it
	size     int    // decoded, in bytes
	inBase64 bool
	closed   bool
	invalid  bool // a byte that is not base64 was met

	aside       [3]byte // decoded, for reads too short to take it whole
	first, last uint8   // what is left in aside
}

// open makes the body ready to be read. It reports false if its length or
// padding cannot be base64's (RFC 4648, section 4).
func (b *body) open(f *fields) bool {
	b.src, b.size, b.inBase64 = f.body, len(f.body), f.base64
	return !b.inBase64 || b.measure()
}

func (b *body) measure() bool {
	n := len(b.src)
	b.size = n / 4 * 3
	for i := 1; i <= 2 && n >= 4 && b.src[n-i] == '='; i++ {
		b.size--
	}
	return n%4 == 0
}

// Read returns http.ErrBodyReadAfterClose after Close and once the handler's part
// has ended.
func (b *body) Read(p []byte) (n int, err error) {
	b.exchange.mu.Lock()
	defer b.exchange.mu.Unlock()
	switch {
	case b.closed || b.exchange.state >= closing:
		return 0, http.ErrBodyReadAfterClose
	case b.invalid:
		return 0, errBase64
	case b.empty():
		return 0, io.EOF
	case len(p) == 0:
		return 0, nil
	}
	if !b.inBase64 {
		n = copy(p, b.src)
		b.src = b.src[n:]
	} else {
		n = b.decode(p)
	}
	switch {
	case b.invalid:
		return 0, errBase64
	case b.empty():
		return n, io.EOF
	}
	return n, nil
}

func (b *body) empty() bool { return len(b.src) == 0 && b.first == b.last }

// decode fills p with whole groups of four characters. The last, which may be
// padded, and what p is too short for goes aside first.
func (b *body) decode(p []byte) (n int) {
	if b.first == b.last {
		read := min(len(p)/3, (len(b.src)-1)/4) * 4
		if b.invalid = !scan.DecodeBase64(p, b.src[:read]); b.invalid || read > 0 {
			b.src = b.src[read:]
			return read / 4 * 3
		}
		b.first, b.last = 0, uint8(b.group())
	}
	n = copy(p, b.aside[b.first:b.last])
	b.first += uint8(n)
	return n
}

// group decodes four characters, which may be the padded last.
func (b *body) group() int {
	group := b.src[:4]
	b.src = b.src[4:]
	n, err := base64.StdEncoding.Decode(b.aside[:], group)
	// encoding/base64 passes over line ends.
	if err != nil || n == 0 || bytes.ContainsAny(group, "\r\n") {
		b.invalid = true
		return 0
	}
	return n
}

// Close ends reading. It never fails.
func (b *body) Close() error {
	b.exchange.mu.Lock()
	b.closed, b.src = true, nil
	b.exchange.mu.Unlock()
	return nil
}

// refused reports whether reading the body met what is not base64.
func (b *body) refused() bool {
	b.exchange.mu.Lock()
	defer b.exchange.mu.Unlock()
	return b.invalid
}
