package runtimeapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrClosed is what an invocation gets from a Process that was closed.
var ErrClosed = errors.New("runtimeapi: process closed")

// ExitError says that the process ended although nobody closed it.
type ExitError struct {
	Err    error  // of exec.Cmd.Wait; nil: exit status 0
	Output string // the last 4 KiB of what the process wrote
}

// Error returns the exit status and the last output.
func (e *ExitError) Error() string {
	status := "exit status 0"
	if e.Err != nil {
		status = e.Err.Error()
	}
	return fmt.Sprintf("runtimeapi: function ended: %s\n%s", status, e.Output)
}

// Unwrap returns the error of exec.Cmd.Wait.
func (e *ExitError) Unwrap() error { return e.Err }

// FunctionError is what the caller of the Lambda Invoke API gets instead of a
// response: an error the function reported, or one the platform made for it.
type FunctionError struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

// Error returns type and message.
func (e *FunctionError) Error() string {
	return "runtimeapi: function error " + e.Type + ": " + e.Message
}

// parseFunctionError reads the error document of the Runtime API. A document
// that is not one becomes the message, as the platform passes it on unread.
func parseFunctionError(errorType string, document []byte) *FunctionError {
	e := &FunctionError{}
	if json.Unmarshal(document, e) != nil {
		e.Message = string(document)
	}
	if e.Type == "" {
		e.Type = errorType
	}
	return e
}

// The platform's own function errors, worded as the Invoke API words them.
func timedOut(id string, after time.Duration) *FunctionError {
	return &FunctionError{
		Type:    "Sandbox.Timedout",
		Message: fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", id, after.Seconds()),
	}
}

func responseTooLarge() *FunctionError {
	return &FunctionError{
		Type:    "Function.ResponseSizeTooLarge",
		Message: fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxResponse),
	}
}
