package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

const apidiff = "golang.org/x/exp/cmd/apidiff@v0.0.0-20250819193227-8b4c13bb791b"

// printAPI compares the exported API with that of the latest tag. Before the
// first release there is none: then it prints how much each package exports.
func printAPI(modules []module) error {
	latest, err := exec.Command("git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*").Output()
	if err == nil {
		return compareAPI(strings.TrimSpace(string(latest)))
	}
	fmt.Println("exported names, no earlier release to compare with:")
	for _, m := range modules {
		if err := m.printExported(); err != nil {
			return err
		}
	}
	return nil
}

func (m module) printExported() error {
	list := exec.Command("go", "list", "./...")
	list.Dir, list.Env = m.dir, append(os.Environ(), "GOWORK=off")
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("%s: go list: %w", m.dir, err)
	}
	for pkg := range strings.FieldsSeq(string(out)) {
		if strings.Contains(pkg, "/internal") {
			continue
		}
		doc := exec.Command("go", "doc", "-short", pkg)
		doc.Dir, doc.Env = m.dir, list.Env
		names, err := doc.Output()
		if err != nil {
			continue // a package of tests, or a program
		}
		count := strings.Count(string(names), "\n")
		fmt.Printf("  %3d  %s\n", count, pkg)
		for line := range strings.Lines(string(names)) {
			fmt.Print("         ", line)
		}
	}
	return nil
}

// compareAPI has apidiff name every incompatible change since the tag.
func compareAPI(tag string) error {
	dir, err := os.MkdirTemp("", "apidiff")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, args := range [][]string{
		{"git", "worktree", "add", "--detach", dir, tag},
		{"sh", "-c", "cd " + dir + " && go run " + apidiff + " -m -w old.api " + root},
		{"go", "run", apidiff, "-m", dir + "/old.api", root},
		{"git", "worktree", "remove", "--force", dir},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		}
	}
	return nil
}
