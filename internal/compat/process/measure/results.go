package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

type results struct {
	rounds, requests, procs int
	samples                 map[string][]sample
	size                    map[string]int64
	init                    map[string]float64 // ms
}

var initLine = regexp.MustCompile(`init (\S+) @[\d.]+ ms, ([\d.]+) ms clock`)

// describe notes what needs one start only.
func (r *results) describe(name, binary string, e *signedEvent) error {
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	if r.size == nil {
		r.size, r.init = map[string]int64{}, map[string]float64{}
	}
	r.size[name] = info.Size()
	cmd := exec.Command(binary)
	cmd.Env = append(e.env(), "GODEBUG=inittrace=1", "AWS_LAMBDA_RUNTIME_API=127.0.0.1:1")
	var output bytes.Buffer
	cmd.Stderr = &output
	_ = cmd.Run() // nobody answers at that address
	for _, line := range initLine.FindAllStringSubmatch(output.String(), -1) {
		ms, _ := strconv.ParseFloat(line[2], 64)
		r.init[name] += ms
	}
	return nil
}

// spread is a median with its quartiles.
type spread struct{ low, median, high float64 }

func spreadOf(values []float64) spread {
	slices.Sort(values)
	at := func(q float64) float64 { return values[int(q*float64(len(values)-1)+0.5)] }
	return spread{at(0.25), at(0.5), at(0.75)}
}

func (s spread) String() string { return fmt.Sprintf("%.2f (%.2f–%.2f)", s.median, s.low, s.high) }

func (r *results) of(name string, value func(sample) float64) spread {
	var values []float64
	for _, s := range r.samples[name] {
		values = append(values, value(s))
	}
	return spreadOf(values)
}

// over is the surplus over the first variant, round by round.
func (r *results) over(name string, value func(sample) float64) spread {
	var values []float64
	for i, s := range r.samples[name] {
		values = append(values, value(s)-value(r.samples[variants[0]][i]))
	}
	return spreadOf(values)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
func µs(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

type column struct {
	title string
	cell  func(*results, string) string
}

var columns = []column{
	{"exec → /next, ms", func(r *results, n string) string {
		return r.of(n, func(s sample) float64 { return ms(s.next) }).String()
	}},
	{"exec → first reply, ms", func(r *results, n string) string {
		return r.of(n, func(s sample) float64 { return ms(s.first) }).String()
	}},
	{"CPU per request, µs", func(r *results, n string) string {
		return r.of(n, func(s sample) float64 { return µs(s.cpu) }).String()
	}},
	{"over bare, µs", func(r *results, n string) string {
		return r.over(n, func(s sample) float64 { return µs(s.cpu) }).String()
	}},
	{"wall per request, µs", func(r *results, n string) string {
		return r.of(n, func(s sample) float64 { return µs(s.wall) }).String()
	}},
	{"RSS, MB", func(r *results, n string) string {
		return r.of(n, func(s sample) float64 { return float64(s.rss) / 1024 }).String()
	}},
	{"bytes", func(r *results, n string) string { return strconv.FormatInt(r.size[n], 10) }},
	{"init, ms", func(r *results, n string) string { return fmt.Sprintf("%.2f", r.init[n]) }},
}

func (r *results) print(w io.Writer) {
	procs := "by default"
	if r.procs > 0 {
		procs = strconv.Itoa(r.procs)
	}
	fmt.Fprintf(w, "%d rounds of %d requests, GOMAXPROCS %s; median (quartiles)\n\n", r.rounds, r.requests, procs)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "program")
	for _, c := range columns {
		fmt.Fprint(t, "\t", c.title)
	}
	fmt.Fprintln(t)
	for _, name := range variants {
		fmt.Fprint(t, name)
		for _, c := range columns {
			fmt.Fprint(t, "\t", c.cell(r, name))
		}
		fmt.Fprintln(t)
	}
	t.Flush()
}
