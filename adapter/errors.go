package adapter

import "errors"

// EventError reports an event that Handler does not serve; the handler was not
// called. It says what the event looks like and never holds a value of it.
type EventError struct {
	// Kind is a Format's name if the event is one of a front that
	// Options.Formats leaves out, or one of "malformed JSON", "Lambda
	// authorizer", "Bedrock agent" and "unknown".
	Kind   string
	format Format

	// Err is the cause, if there is more to say than Kind does. It names the
	// kind as well.
	Err error
}

var errTwice = errors.New("two requestContexts")

func (e *EventError) Error() string {
	if e.Err != nil {
		return "adapter: event not served: " + e.Err.Error()
	}
	return "adapter: event not served: " + e.Kind
}

// Unwrap returns Err.
func (e *EventError) Unwrap() error { return e.Err }
