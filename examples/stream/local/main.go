// Command local runs the stream example on a laptop, behind something that
// behaves like a function URL that streams. With -buffered it behaves like an HTTP
// API, which sends replies whole.
package main

import (
	"flag"
	"log"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/stream"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "address to listen on")
	expose := flag.Bool("expose", false, "allow an address beyond loopback")
	timeout := flag.Duration("timeout", 0, "how long a request may take; 0: what the gateway allows; -1s: as long as it likes, for a debugger")
	buffered := flag.Bool("buffered", false, "behave like an HTTP API")
	flag.Parse()

	format, broken := adapter.FunctionURL, http.StatusOK
	if *buffered {
		format, broken = adapter.HTTPAPIV2, http.StatusInternalServerError
	}
	err := local.ListenAndServe(*addr, stream.Handler(), &local.Options{
		Format:    format,
		Streaming: !*buffered,
		Try: []local.Try{
			{Path: "/events?count=5", Want: http.StatusOK},
			{Path: "/rows?count=5", Want: http.StatusOK},
			{Path: "/broken", Want: broken},
		},
		Expose:  *expose,
		Timeout: *timeout,
	})
	if err != nil {
		log.Fatal(err)
	}
}
