package main

import (
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
)

// publish writes the table for docs and its plot.
func (r *results) publish(dir string) error {
	var b strings.Builder
	b.WriteString("| program |")
	for _, c := range columns {
		b.WriteString(" " + c.title + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---:|", len(columns)) + "\n")
	for _, name := range variants {
		b.WriteString("| " + name + " |")
		for _, c := range columns {
			b.WriteString(" " + c.cell(r, name) + " |")
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\nMedians with quartiles of %d interleaved rounds of %d requests; %s, %s/%s, %d processors. "+
		"Made by `.ci/bench publish`.\n", r.rounds, r.requests, goruntime.Version(), goruntime.GOOS, goruntime.GOARCH, goruntime.NumCPU())
	if err := os.WriteFile(filepath.Join(dir, "performance-table.md"), []byte(b.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "performance.svg"), []byte(r.plot()), 0o644)
}

// plot draws the CPU time per request over bare as bars. Its colors follow the
// reader's light or dark setting.
func (r *results) plot() string {
	const left, width, row = 96, 460, 34
	names := variants[1:]
	value := func(name string) float64 { return r.over(name, func(s sample) float64 { return µs(s.cpu) }).median }
	most := 1.0
	for _, name := range names {
		most = max(most, value(name))
	}
	height := row*len(names) + 50
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d" role="img" aria-label="CPU time per request over a bare function">`, left+width+84, height)
	b.WriteString("\n<style>text{font:13px system-ui,sans-serif;fill:#1f2328}.bar{fill:#8c959f}.ours{fill:#0969da}" +
		"@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#6e7681}.ours{fill:#4493f8}}</style>\n")
	fmt.Fprintf(&b, `<text x="0" y="18">CPU per request over a bare function, µs (small GET, lower is better)</text>`+"\n")
	for i, name := range names {
		y := 34 + i*row
		class := "bar"
		if name == "adapter" || name == "chain" || name == "jwtverify" {
			class += " ours"
		}
		length := max(value(name), 0) / most * width
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text><rect class="%s" x="%d" y="%d" width="%.1f" height="20" rx="3"/><text x="%.1f" y="%d">%.0f</text>`+"\n",
			left-8, y+15, name, class, left, y, length, left+length+6, y+15, value(name))
	}
	b.WriteString("</svg>\n")
	return b.String()
}
