// Command local runs the hello-echo example on a laptop, behind something that
// behaves like API Gateway.
package main

import (
	"flag"
	"log"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	helloecho "github.com/gatehouse-go/gatehouse/examples/hello-echo"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "address to listen on")
	expose := flag.Bool("expose", false, "allow an address beyond loopback")
	timeout := flag.Duration("timeout", 0, "how long a request may take; 0: what the gateway allows; -1s: as long as it likes, for a debugger")
	flag.Parse()

	err := local.ListenAndServe(*addr, helloecho.Handler(), &local.Options{
		Try:     []local.Try{{Path: "/hello", Want: http.StatusOK}},
		Expose:  *expose,
		Timeout: *timeout,
	})
	if err != nil {
		log.Fatal(err)
	}
}
