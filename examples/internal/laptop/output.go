package laptop

import (
	"bytes"
	"sync"
)

// Output keeps what a program prints. It may be read while the program prints more. Its
// zero value is empty and ready to use.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends b to the output. Its error is always nil.
func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

// String returns what has been printed so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
