package local

import (
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// noLimit stands for a limit that nobody waits for: a gateway and a Lambda
// deadline cannot do without one.
const noLimit = 365 * 24 * time.Hour

// timeout is the gateway's; 0 leaves it to the front.
func (o *Options) timeout() time.Duration {
	if o.Timeout < 0 {
		return noLimit
	}
	return o.Timeout
}

// adapterOptions let the gateway's deadline alone count where Timeout changes
// it: by itself the adapter gives up when an undisturbed front would.
func (o *Options) adapterOptions() *adapter.Options {
	if o.Timeout == 0 {
		return o.Adapter
	}
	var options adapter.Options
	if o.Adapter != nil {
		options = *o.Adapter
	}
	if options.Timeout == 0 {
		options.Timeout = -1
	}
	return &options
}
