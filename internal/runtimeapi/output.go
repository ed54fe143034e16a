package runtimeapi

import (
	"bytes"
	"io"
)

// tail passes output on and keeps the end of it for ExitError.
type tail struct {
	to   io.Writer // nil: nowhere
	last bytes.Buffer
}

const tailSize = 4 << 10

// Write never fails: a broken Options.Output must not break the function.
func (t *tail) Write(b []byte) (int, error) {
	if t.to != nil {
		t.to.Write(b)
	}
	t.last.Write(b)
	if excess := t.last.Len() - tailSize; excess > 0 {
		t.last.Next(excess)
	}
	return len(b), nil
}

func (t *tail) String() string { return t.last.String() }
