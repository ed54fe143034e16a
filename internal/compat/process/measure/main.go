// Command measure runs Lambda functions as processes under a Runtime API of its
// own, one after another in shuffled rounds, and prints what each costs: from
// exec to the first poll and to the first reply, CPU and wall time per request,
// memory, size and package initialization.
//
//	measure [-rounds 15] [-requests 2000] [-procs 0] [-publish DIR]
//
// Run it as .ci/bench process.
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// variants are the programs below internal/compat/process; the first is what the
// surplus of the others is taken over.
var variants = []string{"bare", "typed", "adapter", "chain", "jwtverify", "archived"}

func main() {
	log.SetFlags(0)
	log.SetPrefix("measure: ")
	rounds := flag.Int("rounds", 15, "interleaved `rounds`")
	requests := flag.Int("requests", 2000, "`requests` of each process in a round")
	procs := flag.Int("procs", 0, "GOMAXPROCS of the functions; 0: the default")
	event := flag.String("event", "adapter/testdata/events/httpapi_v2_get.json", "the `file` with the event")
	publish := flag.String("publish", "", "write performance-table.md and performance.svg to this `folder`")
	flag.Parse()
	results, err := measure(*rounds, *requests, *procs, *event)
	if err != nil {
		log.Fatal(err)
	}
	results.print(os.Stdout)
	if *publish != "" {
		if err := results.publish(*publish); err != nil {
			log.Fatal(err)
		}
	}
}

func measure(rounds, requests, procs int, file string) (*results, error) {
	dir, err := os.MkdirTemp("", "measure")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	signed, err := sign(content)
	if err != nil {
		return nil, err
	}
	r := &results{rounds: rounds, requests: requests, procs: procs, samples: map[string][]sample{}}
	for _, name := range variants {
		binary := filepath.Join(dir, name)
		build := exec.Command("go", "build", "-C", "internal/compat", "-tags", "lambda.norpc", "-trimpath",
			"-ldflags=-s -w", "-o", binary, "./process/"+name)
		build.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("go build %s: %w\n%s", name, err, out)
		}
		if err := r.describe(name, binary, signed); err != nil {
			return nil, err
		}
	}
	for range rounds {
		for _, i := range rand.Perm(len(variants)) {
			s, err := run(filepath.Join(dir, variants[i]), signed, requests, procs)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", variants[i], err)
			}
			r.samples[variants[i]] = append(r.samples[variants[i]], s)
		}
	}
	return r, nil
}

// sample is one process of one variant.
type sample struct {
	next, first time.Duration // from exec
	cpu, wall   time.Duration // of one request
	rss         int           // KiB, at the end
}
