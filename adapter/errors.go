package adapter

// EventError reports an event that Handler does not serve; the handler was not
// called. It says what the event looks like and never holds a value of it.
type EventError struct {
	Format Format // the format of the event if Reason is ReasonFormat; else 0
	Reason Reason
	Err    error // the cause, if there is more to say than Reason does
}

func (e *EventError) Error() string {
	message := string(e.Reason)
	if e.Format != 0 {
		message += ": " + e.Format.String()
	}
	if e.Err != nil {
		message += ": " + e.Err.Error()
	}
	return "adapter: event not served: " + message
}

// Unwrap returns Err.
func (e *EventError) Unwrap() error { return e.Err }
